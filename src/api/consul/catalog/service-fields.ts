import { isIPv4, isIPv6 } from 'node:net';
import { encodeRegistration, registrationOf } from '../../../registry/index.ts';
import type {
  InstanceName,
  Registration,
  TaggedAddress,
  Weights,
} from '../../../registry/index.ts';
import type { JsonFields, JsonValue } from '../frame/json-in.ts';
import { badRequest } from '../frame/refusals.ts';

/** An instance as a client registers it. */
export interface NewInstance {
  readonly name: InstanceName;
  readonly registration: Registration;
}

export interface ServiceContext {
  /** The field that has the name of the service. */
  readonly nameField: 'Name' | 'Service';
  readonly namespace: string;
  readonly node: string;
  /** For an instance that gives none; empty: that of the node. */
  readonly address: string;
  /** An IP address is added to the tagged addresses, as Consul's agents do. */
  readonly tagsAddress: boolean;
}

/** Reads a service as `agent/service/register` and `catalog/register` have it. */
export function serviceOf(fields: JsonFields, context: ServiceContext): NewInstance {
  const service = fields.text(context.nameField);
  if (service === '') throw badRequest('Missing service name');
  const given = fields.text('Address');
  if (isUnspecified(given)) throw badRequest('Invalid service address');
  const address = given === '' ? context.address : given;
  const ports = portsOf(fields);
  const port = ports.main ?? fields.whole('Port');
  const meta = fields.textMap('Meta');
  checkMeta(meta);
  const registration: Registration = {
    address,
    port,
    tags: fields.texts('Tags'),
    meta: sorted(meta),
    weights: weightsOf(fields.object('Weights'), context),
    ports: ports.named,
    taggedAddresses: taggedAddressesOf(fields, context.tagsAddress ? { address, port } : undefined),
    node: context.node,
    id: '',
    from: '',
    enableTagOverride: fields.flag('EnableTagOverride'),
    publishNotReady: fields.flag('PublishNotReady'),
    protectShare: fields.fraction('ProtectShare'),
    flapDamping: fields.text('FlapDamping'),
    consul: otherFieldsOf(fields),
  };
  const problem = registrationOf(encodeRegistration(registration));
  if (typeof problem === 'string') throw badRequest(`Invalid service: ${problem}`);
  const namespace = fields.text('Namespace');
  const id = fields.text('ID');
  return {
    name: {
      namespace: namespace === '' ? context.namespace : namespace,
      service,
      instance: id === '' ? service : id,
    },
    registration,
  };
}

/** An address that every machine has says nothing. */
function isUnspecified(address: string): boolean {
  return ['0.0.0.0', '::', '[::]'].includes(address);
}

const metaPairsMax = 64;
const metaNameMax = 128;
const metaValueMax = 512;

function checkMeta(meta: Readonly<Record<string, string>>): void {
  const pairs = Object.entries(meta);
  if (pairs.length > metaPairsMax) {
    throw wrongMeta(`Node metadata cannot contain more than ${metaPairsMax} key/value pairs`);
  }
  for (const [name, value] of pairs) {
    const why = faultOfPair(name, value);
    if (why !== undefined)
      throw wrongMeta(`Couldn't load metadata pair ('${name}', '${value}'): ${why}`);
  }
}

function wrongMeta(why: string): Error {
  return badRequest(`Invalid Service Meta: ${why}`);
}

function faultOfPair(name: string, value: string): string | undefined {
  if (name === '') return 'Key cannot be blank';
  if (!/^[\w-]+$/.test(name)) return 'Key contains invalid characters';
  if (name.length > metaNameMax) return `Key is too long (limit: ${metaNameMax} characters)`;
  if (name.startsWith('consul-')) return "Key prefix 'consul-' is reserved for internal use";
  if (value.length > metaValueMax) return `Value is too long (limit: ${metaValueMax} characters)`;
  return undefined;
}

const weightMax = 65_535;

function weightsOf(fields: JsonFields | undefined, { nameField }: ServiceContext): Weights {
  if (fields === undefined) return { passing: 1, warning: 1 };
  const [passing, warning] = [fields.whole('Passing'), fields.whole('Warning')];
  const why =
    passing < 1
      ? 'Passing must be greater than 0'
      : warning < 0
        ? 'Warning must be greater or equal than 0'
        : Math.max(passing, warning) > weightMax
          ? 'DNS Weight must be between 0 and 65535'
          : undefined;
  if (why === undefined) return { passing, warning };
  // As in Consul's catalog: its Go client sends zeros for weights that its program has not set.
  if (nameField === 'Service') return { passing: 1, warning: 1 };
  throw badRequest(`Invalid Weights: ${why}`);
}

/** Ports by name, of which one is the usual one. */
function portsOf(fields: JsonFields): {
  readonly main: number | undefined;
  readonly named: Readonly<Record<string, number>>;
} {
  const all = fields.objects('Ports').map((port) => ({
    name: port.text('Name'),
    port: port.whole('Port'),
    isMain: port.flag('Default'),
  }));
  if (all.length === 0) return { main: undefined, named: {} };
  const mains = all.filter(({ isMain }) => isMain);
  const why =
    fields.whole('Port') !== 0
      ? 'Port and Ports cannot both be specified'
      : mains.length !== 1
        ? 'exactly one of Ports must be the default'
        : new Set(all.map(({ name }) => name)).size !== all.length
          ? 'two of Ports have the same name'
          : all.some(({ name }) => name === '')
            ? 'each of Ports needs a name'
            : undefined;
  if (why !== undefined) throw badRequest(`Invalid Ports: ${why}`);
  return {
    main: mains[0]?.port,
    named: Object.fromEntries(all.map(({ name, port }) => [name, port])),
  };
}

/** `own`: added under the names that Consul gives it, if it is an IP address. */
function taggedAddressesOf(
  fields: JsonFields,
  own: TaggedAddress | undefined,
): Readonly<Record<string, TaggedAddress>> {
  const address = own?.address ?? '';
  const version = isIPv4(address) ? 'ipv4' : isIPv6(address) ? 'ipv6' : undefined;
  const usual: Record<string, TaggedAddress> =
    own === undefined || version === undefined
      ? {}
      : { [`lan_${version}`]: own, [`wan_${version}`]: own };
  const tagged = fields.object('TaggedAddresses');
  const given = (tagged?.names() ?? []).map((name) => {
    const one = tagged?.object(name);
    const taggedAddress = { address: one?.text('Address') ?? '', port: one?.whole('Port') ?? 0 };
    return [name, taggedAddress] as const;
  });
  return sorted({ ...usual, ...Object.fromEntries(given) });
}

/** With its names in the order in which Consul prints them. */
function sorted<T>(record: Readonly<Record<string, T>>): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(record).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** Fields that nothing here looks at, for the clients that do. */
function otherFieldsOf(fields: JsonFields): Readonly<Record<string, unknown>> {
  const kept: Record<string, unknown> = {};
  for (const name of ['Kind', 'SocketPath', 'Proxy', 'Connect', 'Locality']) {
    const value = fields.raw(name);
    if (value !== undefined && !isBlank(value)) kept[name] = plain(value);
  }
  return kept;
}

function isBlank(value: JsonValue): boolean {
  return value === '' || (typeof value === 'object' && Object.keys(value ?? {}).length === 0);
}

/** Without numbers that JSON cannot write. */
function plain(value: JsonValue): unknown {
  return JSON.parse(
    JSON.stringify(value, (_, each: unknown) => (typeof each === 'bigint' ? Number(each) : each)),
  );
}
