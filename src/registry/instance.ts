import type { InstanceName } from './keys.ts';

/** How much of the traffic an instance gets, by the worst of its checks; compared with the others of its service. */
export interface Weights {
  /** From 0 to 65,535. */
  readonly passing: number;
  readonly warning: number;
}

/** One instance of a service, as its registration says. */
export interface Instance extends InstanceName {
  /** An IP address or a host name; empty: that of its node. */
  readonly address: string;
  /** From 0 to 65,535; 0: none. */
  readonly port: number;
  readonly tags: readonly string[];
  readonly meta: Readonly<Record<string, string>>;
  readonly weights: Weights;
  /** Further ports by name. */
  readonly ports: Readonly<Record<string, number>>;
  /** The node that it runs on; empty: none was given. */
  readonly node: string;
  /** Of its registration. */
  readonly createRevision: number;
  readonly modRevision: number;
}

/** The value of a registration. */
export type Registration = Omit<Instance, keyof InstanceName | 'createRevision' | 'modRevision'>;

const portMax = 65_535;
const weightMax = 65_535;
const defaults: Registration = {
  address: '',
  port: 0,
  tags: [],
  meta: {},
  weights: { passing: 1, warning: 1 },
  ports: {},
  node: '',
};

/**
 * Reads the value of a registration. It is `host:port`, or one of these JSON objects, told apart by their fields:
 *
 * - ours: `{"address","port","tags","meta","weights":{"passing","warning"},"ports":{name: port},"node"}`;
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
  if (address === '' && node === '') return 'it has neither "address" nor "node"';
  return {
    address,
    port,
    tags,
    meta: textsOf(meta),
    weights: { passing, warning },
    ports: Object.fromEntries(Object.entries(ports).filter(hasPort)),
    node,
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

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((element) => typeof element === 'string');
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The fields as texts; those that are objects or lists as JSON. */
function textsOf(fields: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]),
  );
}
