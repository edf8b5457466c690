/**
 * What can be selected in a row, and how it compares.
 *
 * A `map` has texts by name, a `mapOf` objects by name; `list` is a list of texts, `listOf` one of objects.
 */
export type Schema =
  | { readonly kind: 'text' | 'number' | 'flag' | 'list' | 'map' }
  | {
      readonly kind: 'object' | 'mapOf' | 'listOf';
      readonly fields: Readonly<Record<string, Schema>>;
    };

const text: Schema = { kind: 'text' };
const number: Schema = { kind: 'number' };
const flag: Schema = { kind: 'flag' };
const list: Schema = { kind: 'list' };
const map: Schema = { kind: 'map' };

type Fields = Readonly<Record<string, Schema>>;

const place: Schema = { kind: 'mapOf', fields: { Address: text, Port: number } };
const weights: Schema = { kind: 'object', fields: { Passing: number, Warning: number } };
const connect: Schema = { kind: 'object', fields: { Native: flag } };
const proxy: Schema = {
  kind: 'object',
  fields: {
    DestinationServiceName: text,
    DestinationServiceID: text,
    LocalServiceAddress: text,
    LocalServicePort: number,
    Mode: text,
    MeshGateway: { kind: 'object', fields: { Mode: text } },
    TransparentProxy: {
      kind: 'object',
      fields: { OutboundListenerPort: number, DialedDirectly: flag },
    },
    Expose: { kind: 'object', fields: { Checks: flag } },
  },
};
const locality: Schema = { kind: 'object', fields: { Region: text, Zone: text } };
const ports: Schema = {
  kind: 'listOf',
  fields: { Name: text, Port: number, Default: flag },
};

const node: Fields = {
  ID: text,
  Node: text,
  Address: text,
  Datacenter: text,
  Partition: text,
  PeerName: text,
  TaggedAddresses: map,
  Meta: map,
  Locality: locality,
};

const service: Fields = {
  Kind: text,
  ID: text,
  Service: text,
  Tags: list,
  Address: text,
  TaggedAddresses: place,
  Meta: map,
  Port: number,
  Ports: ports,
  SocketPath: text,
  Weights: weights,
  EnableTagOverride: flag,
  Proxy: proxy,
  Connect: connect,
  Locality: locality,
  PeerName: text,
  Namespace: text,
  Partition: text,
  Datacenter: text,
};

const check: Fields = {
  Node: text,
  CheckID: text,
  Name: text,
  Status: text,
  Notes: text,
  Output: text,
  ServiceID: text,
  ServiceName: text,
  ServiceTags: list,
  Type: text,
  Interval: text,
  Timeout: text,
  ExposedPort: number,
  PeerName: text,
  Namespace: text,
  Partition: text,
};

const catalogService: Fields = {
  ID: text,
  Node: text,
  Address: text,
  Datacenter: text,
  TaggedAddresses: map,
  NodeMeta: map,
  ServiceKind: text,
  ServiceID: text,
  ServiceName: text,
  ServiceTags: list,
  ServiceAddress: text,
  ServiceTaggedAddresses: place,
  ServiceWeights: weights,
  ServiceMeta: map,
  ServicePort: number,
  ServicePorts: ports,
  ServiceSocketPath: text,
  ServiceEnableTagOverride: flag,
  ServiceProxy: proxy,
  ServiceConnect: connect,
  ServiceLocality: locality,
  PeerName: text,
  Namespace: text,
  Partition: text,
};

/** Kinds of rows that have selectors of their own. */
export type RowKind = 'catalog-service' | 'service' | 'node' | 'health' | 'check' | 'member';

export const schemas: Readonly<Record<RowKind, Fields>> = {
  'catalog-service': catalogService,
  service,
  node,
  health: {
    Node: { kind: 'object', fields: node },
    Service: { kind: 'object', fields: service },
    Checks: { kind: 'listOf', fields: check },
  },
  check,
  member: { Name: text, Addr: text, Port: number, Tags: map, Status: number },
};
