import { isIPv4, isIPv6 } from 'node:net';
import { defaultNamespace, typeOfDefinition } from '../../../registry/index.ts';
import type { Check, Instance, Node, TaggedAddress } from '../../../registry/index.ts';
import { consulVersion } from '../cluster/servers.ts';

/** Nodes, instances and checks in the fields of Consul, in its order. */

type Json = Readonly<Record<string, unknown>>;

/** An index is never 0; members and nodes that instances only name have none of their own. */
function indexOf(revision: number): number {
  return Math.max(1, revision);
}

/** `instance`: the node is shown as the one that this instance is on. */
export function nodeJson(node: Node, datacenter: string, instance?: Instance): Json {
  const { id, name, createRevision, modRevision } = node;
  return {
    ID: id,
    Node: name,
    Address: addressOf(node, instance),
    Datacenter: datacenter,
    TaggedAddresses: taggedAddressesOf(node),
    Meta: nodeMetaJson(node),
    CreateIndex: indexOf(createRevision),
    ModifyIndex: indexOf(modRevision),
  };
}

/** The description of a node, without its address. */
export function nodeMetaJson({ isMember, meta }: Node): Readonly<Record<string, string>> {
  return isMember ? { ...memberMeta, ...meta } : meta;
}

const memberMeta = { 'consul-network-segment': '', 'consul-version': consulVersion };

/** Nothing is known of a node that an instance only names; many clients look at the node's address alone. */
function addressOf({ address }: Node, instance: Instance | undefined): string {
  return address === '' ? (instance?.address ?? '') : address;
}

function taggedAddressesOf({ address, taggedAddresses, isMember }: Node): Json {
  if (!isMember) return taggedAddresses;
  const version = isIPv4(address) ? '_ipv4' : isIPv6(address) ? '_ipv6' : undefined;
  const usual: Record<string, string> = {};
  for (const network of ['lan', 'wan']) {
    usual[network] = address;
    if (version !== undefined) usual[`${network}${version}`] = address;
  }
  return { ...usual, ...taggedAddresses };
}

/** A row of `catalog/service`. */
export function catalogServiceJson(instance: Instance, datacenter: string): Json {
  const { node, consul } = instance;
  return {
    ID: node.id,
    Node: node.name,
    Address: addressOf(node, instance),
    Datacenter: datacenter,
    TaggedAddresses: taggedAddressesOf(node),
    NodeMeta: nodeMetaJson(node),
    ServiceKind: consul['Kind'] ?? '',
    ServiceID: instance.id,
    ServiceName: instance.service,
    ServiceTags: instance.tags,
    ServiceAddress: instance.address,
    ...(hasFields(instance.taggedAddresses) && {
      ServiceTaggedAddresses: taggedJson(instance.taggedAddresses),
    }),
    ServiceWeights: weightsJson(instance),
    ServiceMeta: instance.meta,
    ServicePort: instance.port,
    ...(hasFields(instance.ports) && { ServicePorts: portsJson(instance) }),
    ServiceSocketPath: consul['SocketPath'] ?? '',
    ...(consul['Locality'] !== undefined && { ServiceLocality: consul['Locality'] }),
    ServiceEnableTagOverride: instance.enableTagOverride,
    ServiceProxy: consul['Proxy'] ?? emptyProxy,
    ServiceConnect: consul['Connect'] ?? {},
    ...namespaceJson(instance.namespace),
    CreateIndex: indexOf(instance.createRevision),
    ModifyIndex: indexOf(instance.modRevision),
  };
}

/** An instance in answers about health and nodes. */
export function serviceJson(instance: Instance): Json {
  const { consul } = instance;
  return {
    ...kindJson(consul),
    ID: instance.id,
    Service: instance.service,
    Tags: instance.tags,
    Address: instance.address,
    ...taggedField(instance),
    Meta: instance.meta,
    Port: instance.port,
    ...portsField(instance),
    ...socketJson(consul),
    Weights: weightsJson(instance),
    EnableTagOverride: instance.enableTagOverride,
    ...localityJson(consul),
    Proxy: consul['Proxy'] ?? emptyProxy,
    Connect: consul['Connect'] ?? {},
    ...namespaceJson(instance.namespace),
    CreateIndex: indexOf(instance.createRevision),
    ModifyIndex: indexOf(instance.modRevision),
  };
}

/** An instance in the answers of `agent/`. */
export function agentServiceJson(instance: Instance, datacenter: string, hash?: string): Json {
  const { consul } = instance;
  return {
    ...kindJson(consul),
    ID: instance.id,
    Service: instance.service,
    Tags: instance.tags,
    Meta: instance.meta,
    Port: instance.port,
    ...portsField(instance),
    Address: instance.address,
    ...socketJson(consul),
    ...taggedField(instance),
    Weights: weightsJson(instance),
    EnableTagOverride: instance.enableTagOverride,
    ...localityJson(consul),
    ...(consul['Proxy'] !== undefined && { Proxy: consul['Proxy'] }),
    ...(consul['Connect'] !== undefined && { Connect: consul['Connect'] }),
    ...(hash !== undefined && { ContentHash: hash }),
    ...namespaceJson(instance.namespace),
    Datacenter: datacenter,
  };
}

/** `instance`: the one that it is of; undefined for a check of a node. */
export function checkJson(check: Check, nodeName: string, instance: Instance | undefined): Json {
  const { definition } = check;
  // A check that nobody runs was registered in the catalog, and its definition is for a program that does.
  const isRun = check.type !== '';
  const isProbed = isRun && check.type !== 'ttl';
  return {
    Node: nodeName,
    CheckID: check.id,
    Name: check.name,
    Status: check.status,
    Notes: check.notes,
    Output: check.output,
    ServiceID: instance?.id ?? '',
    ServiceName: instance?.service ?? '',
    ServiceTags: instance?.tags ?? [],
    Type: isRun ? check.type : typeOfDefinition(definition),
    Interval: isProbed ? textOf(definition['Interval']) : '',
    Timeout: isProbed ? textOf(definition['Timeout']) : '',
    ExposedPort: 0,
    Definition: isRun ? {} : definition,
    ...(instance !== undefined && namespaceJson(instance.namespace)),
    CreateIndex: indexOf(check.createRevision),
    ModifyIndex: indexOf(check.modRevision),
  };
}

/** The check that a member has of itself: a member that is not well answers nobody. */
export function serfHealthJson(nodeName: string): Json {
  return {
    Node: nodeName,
    CheckID: serfHealthId,
    Name: 'Serf Health Status',
    Status: 'passing',
    Notes: '',
    Output: 'Agent alive and reachable',
    ServiceID: '',
    ServiceName: '',
    ServiceTags: [],
    Type: '',
    Interval: '',
    Timeout: '',
    ExposedPort: 0,
    Definition: {},
    CreateIndex: 1,
    ModifyIndex: 1,
  };
}

export const serfHealthId = 'serfHealth';

/** The checks of a node, with that of a member of itself; sorted by id. */
export function nodeChecksJson({ name, checks, isMember }: Node): readonly Json[] {
  const rows = checks.map((check) => checkJson(check, name, undefined));
  if (!isMember) return rows;
  const at = checks.findIndex(({ id }) => id > serfHealthId);
  return rows.toSpliced(at === -1 ? rows.length : at, 0, serfHealthJson(name));
}

/** A row of `health/service`. */
export function healthJson(instance: Instance, datacenter: string): Json {
  const { node, checks } = instance;
  return {
    Node: nodeJson(node, datacenter, instance),
    Service: serviceJson(instance),
    Checks: [
      ...nodeChecksJson(node),
      ...checks.map((check) => checkJson(check, node.name, instance)),
    ],
  };
}

const emptyProxy = { Mode: '', MeshGateway: {}, Expose: {} };

function weightsJson({ weights }: Instance): Json {
  return { Passing: weights.passing, Warning: weights.warning };
}

function taggedJson(tagged: Readonly<Record<string, TaggedAddress>>): Json {
  return Object.fromEntries(
    Object.entries(tagged).map(([name, { address, port }]) => [
      name,
      { Address: address, Port: port },
    ]),
  );
}

function portsJson({ ports, port }: Instance): readonly Json[] {
  return Object.entries(ports).map(([name, each]) => ({
    Name: name,
    Port: each,
    Default: each === port,
  }));
}

function taggedField({ taggedAddresses }: Instance): Json {
  return hasFields(taggedAddresses) ? { TaggedAddresses: taggedJson(taggedAddresses) } : {};
}

function portsField(instance: Instance): Json {
  return hasFields(instance.ports) ? { Ports: portsJson(instance) } : {};
}

function kindJson({ Kind }: Json): Json {
  return Kind === undefined ? {} : { Kind };
}

function socketJson({ SocketPath }: Json): Json {
  return SocketPath === undefined ? {} : { SocketPath };
}

function localityJson({ Locality }: Json): Json {
  return Locality === undefined ? {} : { Locality };
}

function namespaceJson(namespace: string): Json {
  return namespace === defaultNamespace ? {} : { Namespace: namespace };
}

function hasFields(record: Json): boolean {
  for (const _ in record) return true;
  return false;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
