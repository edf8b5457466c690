import { isFlapDamping } from '../base/flap-damping.ts';
import { isRecord, textsOf } from './json.ts';

/** How much of the traffic an instance gets, by the worst of its checks; compared with the others of its service. */
export interface Weights {
  /** From 0 to 65,535. */
  readonly passing: number;
  readonly warning: number;
}

/** An address under a name, such as `lan` or `wan`. */
export interface TaggedAddress {
  readonly address: string;
  readonly port: number;
}

/** The value of a registration. */
export interface Registration {
  /** An IP address or a host name; empty: that of its node. */
  readonly address: string;
  /** From 0 to 65,535; 0: none. */
  readonly port: number;
  readonly tags: readonly string[];
  readonly meta: Readonly<Record<string, string>>;
  readonly weights: Weights;
  /** Further ports by name. */
  readonly ports: Readonly<Record<string, number>>;
  readonly taggedAddresses: Readonly<Record<string, TaggedAddress>>;
  /** The node that it runs on; empty: none was given. */
  readonly node: string;
  /** Its ID for Consul's clients; empty: the name in its key. */
  readonly id: string;
  /** Its ID is the name of its service: the host that registered it, which tells it from those of other hosts. Else empty. */
  readonly from: string;
  /** Consul's flag, kept for its clients: others may change the tags. */
  readonly enableTagOverride: boolean;
  /** It is in answers before its checks pass, for clusters whose members must find each other first. */
  readonly publishNotReady: boolean;
  /** Its service is protected while more than this share of it fails; 0: never; undefined: as the member says. */
  readonly protectShare: number | undefined;
  /** Of its checks, as `5/10m`, or `off`; empty: as the member says. See `flapDampingOf`. */
  readonly flapDamping: string;
  /** Fields of Consul that nothing here looks at, such as `Kind` and `Proxy`, for its clients. */
  readonly consul: Readonly<Record<string, unknown>>;
}

const portMax = 65_535;
const weightMax = 65_535;
const defaults: Registration = {
  address: '',
  port: 0,
  tags: [],
  meta: {},
  weights: { passing: 1, warning: 1 },
  ports: {},
  taggedAddresses: {},
  node: '',
  id: '',
  from: '',
  enableTagOverride: false,
  publishNotReady: false,
  protectShare: undefined,
  flapDamping: '',
  consul: {},
};

/**
 * Reads the value of a registration. It is `host:port`, or one of these JSON objects, told apart by their fields:
 *
 * - ours: `{"address","port","tags","meta","weights":{"passing","warning"},"ports":{name: port},"node","id","from",
 *   "taggedAddresses":{name: {"address","port"}},"publishNotReady","protectShare","flapDamping","enableTagOverride",
 *   "consul"}`, all of it optional;
 * - that of gRPC's naming in etcd's client: `{"Op","Addr":"host:port","Metadata"}`;
 * - that of SkyDNS, which CoreDNS reads from etcd: `{"host","port","weight","text"}`.
 *
 * A string says why the value is none of them.
 */
export function registrationOf(value: Uint8Array): Registration | string {
  const text = Buffer.from(value.buffer, value.byteOffset, value.byteLength)
    .toString('utf8')
    .trim();
  if (!text.startsWith('{')) return plain(text);
  let fields: unknown;
  try {
    fields = JSON.parse(text);
  } catch {
    return 'it begins like JSON and is none';
  }
  if (!isRecord(fields)) return 'it is no JSON object';
  if (typeof fields['Addr'] === 'string') return grpcNaming(fields['Addr'], fields['Metadata']);
  if (typeof fields['host'] === 'string') return skyDns(fields['host'], fields);
  return own(fields);
}

function plain(text: string): Registration | string {
  const place = hostAndPort(text);
  return typeof place === 'string' ? place : { ...defaults, ...place };
}

function grpcNaming(address: string, metadata: unknown): Registration | string {
  const place = hostAndPort(address);
  if (typeof place === 'string') return place;
  return { ...defaults, ...place, meta: isRecord(metadata) ? textsOf(metadata) : {} };
}

function skyDns(host: string, fields: Record<string, unknown>): Registration | string {
  const port = fields['port'] ?? 0;
  if (!isPort(port)) return `"port" is no number from 0 to ${portMax}`;
  if (!isHost(host)) return `"host" is neither an IP address nor a host name`;
  const weight = fields['weight'];
  const weights = isWeight(weight) ? { passing: weight, warning: weight } : defaults.weights;
  const text = fields['text'];
  const meta: Record<string, string> = typeof text === 'string' ? { text } : {};
  return { ...defaults, address: host, port, weights, meta };
}

function own(fields: Record<string, unknown>): Registration | string {
  const {
    address = '',
    port = 0,
    tags = [],
    meta = {},
    weights = {},
    ports = {},
    node = '',
    id = '',
    from = '',
    taggedAddresses = {},
    enableTagOverride = false,
    publishNotReady = false,
    protectShare,
    flapDamping = '',
    consul = {},
  } = fields;
  if (typeof address !== 'string' || (address !== '' && !isHost(address))) {
    return '"address" is neither an IP address nor a host name';
  }
  if (!isPort(port)) return `"port" is no number from 0 to ${portMax}`;
  if (!isTexts(tags)) return '"tags" is no list of texts';
  if (!isRecord(meta)) return '"meta" is no object';
  if (!isRecord(ports) || !Object.values(ports).every(isPort)) {
    return `"ports" is no object of numbers from 0 to ${portMax}`;
  }
  if (!isRecord(weights)) return '"weights" is no object';
  const { passing = 1, warning = 1 } = weights;
  if (!isWeight(passing) || !isWeight(warning)) {
    return `"weights" has something else than whole numbers from 0 to ${weightMax}`;
  }
  if (typeof node !== 'string') return '"node" is no text';
  if (typeof id !== 'string') return '"id" is no text';
  if (typeof from !== 'string') return '"from" is no text';
  if (!isRecord(taggedAddresses) || !Object.values(taggedAddresses).every(isTagged)) {
    return '"taggedAddresses" is no object of {"address","port"}';
  }
  if (typeof enableTagOverride !== 'boolean')
    return '"enableTagOverride" is neither true nor false';
  if (typeof publishNotReady !== 'boolean') return '"publishNotReady" is neither true nor false';
  if (protectShare !== undefined && !isShare(protectShare)) {
    return '"protectShare" is no number from 0 (off) to below 1';
  }
  if (typeof flapDamping !== 'string' || !isFlapDamping(flapDamping)) {
    return '"flapDamping" is neither "off" nor a number of failures and a duration, as "5/10m"';
  }
  if (!isRecord(consul)) return '"consul" is no object';
  if (address === '' && node === '') return 'it has neither "address" nor "node"';
  return {
    address,
    port,
    tags,
    meta: textsOf(meta),
    weights: { passing, warning },
    ports: Object.fromEntries(Object.entries(ports).filter(hasPort)),
    taggedAddresses: Object.fromEntries(Object.entries(taggedAddresses).filter(hasTagged)),
    node,
    id,
    from,
    enableTagOverride,
    publishNotReady,
    protectShare,
    flapDamping,
    consul,
  };
}

/** Splits `host:port` and `[IPv6]:port`. A string says what is wrong. */
function hostAndPort(text: string): { address: string; port: number } | string {
  const [, bracketed, host, digits] =
    /^(?:\[([0-9a-fA-F:.]+)\]|([^\s:/[\]@?#]+)):(\d{1,5})$/.exec(text) ?? [];
  const address = bracketed ?? host;
  const port = Number(digits);
  if (address === undefined || !isPort(port) || port === 0) return 'it is no host:port';
  return { address, port };
}

/** Good enough to be given to a resolver: no blanks, slashes or other signs of a URL. */
function isHost(text: string): boolean {
  return (
    /^[^\s/[\]@?#]{1,255}$/.test(text) && (!text.includes(':') || /^[0-9a-fA-F:.]+$/.test(text))
  );
}

function isPort(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) <= portMax;
}

function hasPort(entry: [string, unknown]): entry is [string, number] {
  return isPort(entry[1]);
}

function isWeight(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) <= weightMax;
}

function isShare(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value < 1;
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((element) => typeof element === 'string');
}

function isTagged(value: unknown): value is TaggedAddress {
  return isRecord(value) && typeof value['address'] === 'string' && isPort(value['port']);
}

function hasTagged(entry: [string, unknown]): entry is [string, TaggedAddress] {
  return isTagged(entry[1]);
}

/** The value of a registration in our own format, without what is as by default. */
export function encodeRegistration(registration: Registration): Uint8Array {
  const usual = new Map(
    Object.entries(defaults).map(([name, value]) => [name, JSON.stringify(value)]),
  );
  const fields = Object.entries(registration).filter(
    ([name, value]) => JSON.stringify(value) !== usual.get(name),
  );
  return Buffer.from(JSON.stringify(Object.fromEntries(fields)));
}
