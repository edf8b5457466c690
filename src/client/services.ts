import type { CallOptions } from './options.ts';
import { errorOf } from './errors.ts';
import type { KeyValue, RangeResult } from './key-value.ts';
import { invalid } from './checks.ts';
import type { Lease, LeaseOptions } from './lease.ts';
import type { Watcher } from './watcher.ts';

/** One running instance of a service, as it stands under `/services/<service>/<instance>`. */
export interface Instance {
  readonly service: string;
  /** Its name, unique within the service. */
  readonly name: string;
  /** `host:port`, where to reach it. */
  readonly address: string;
  /** Further data that was registered with it. */
  readonly tags: readonly string[];
  readonly meta: Readonly<Record<string, string>>;
  /** Its share of the traffic, compared with the other instances; 1 if nothing else was registered. */
  readonly weight: number;
}

/** Data that is registered with the address, and its lifetime. */
export interface RegisterOptions extends CallOptions {
  /** Seconds that the registration outlives this program if it dies; 10 if left out. */
  readonly ttlSeconds?: number;
  readonly tags?: readonly string[];
  readonly meta?: Readonly<Record<string, string>>;
  /** A whole number from 1 to 65,535; 1 if left out. */
  readonly weight?: number;
}

const ttlSecondsDefault = 10;
const weightMax = 65_535;

/** The methods of the client that services need. */
interface Reader {
  getPrefix(prefix: string, options?: CallOptions): Promise<RangeResult>;
  watchPrefix(
    prefix: string,
    options: { fromRevision: number; onCompacted: 'resync'; signal?: AbortSignal },
  ): Watcher;
  lease(ttlSeconds: number, options?: LeaseOptions): Promise<Lease>;
}

/** @internal Use {@link Rollcall.registerInstance}. */
export async function registerInstance(
  client: Reader,
  service: string,
  instance: string,
  address: string,
  options: RegisterOptions,
): Promise<Lease> {
  const { ttlSeconds = ttlSecondsDefault, tags, meta, weight, ...callOptions } = options;
  const key = prefixOf(service) + checkedName('an instance', instance);
  const value = instanceValue(address, { tags, meta, weight });
  const lease = await client.lease(ttlSeconds, callOptions);
  try {
    await lease.put(key, value);
    return lease;
  } catch (error) {
    await lease.release().catch(() => {});
    throw error;
  }
}

/** @internal Use {@link Rollcall.instances}. */
export async function instances(
  client: Reader,
  service: string,
  options?: CallOptions,
): Promise<readonly Instance[]> {
  const { kvs } = await client.getPrefix(prefixOf(service), options);
  return listed(service, new Map(kvs.map((kv) => [kv.key, kv])));
}

/** @internal Use {@link Rollcall.watchInstances}. */
export async function* watchInstances(
  client: Reader,
  service: string,
  options: { readonly signal?: AbortSignal } = {},
): AsyncGenerator<readonly Instance[], void> {
  const prefix = prefixOf(service);
  const first = await client.getPrefix(prefix, options).catch((error: unknown) => {
    // As in a watch, the end that was asked for is no error.
    if (options.signal?.aborted === true && errorOf(error).code === 'canceled') return undefined;
    throw error;
  });
  if (first === undefined) return;
  const { kvs, revision } = first;
  const known = new Map(kvs.map((kv) => [kv.key, kv]));
  yield listed(service, known);
  await using watcher = client.watchPrefix(prefix, {
    ...options,
    fromRevision: revision + 1,
    onCompacted: 'resync',
  });
  for await (const event of watcher) {
    if (event.type === 'resync') {
      known.clear();
      for (const kv of event.kvs) known.set(kv.key, kv);
    } else if (event.type === 'put') known.set(event.kv.key, event.kv);
    else known.delete(event.kv.key);
    if (event.endsRevision) yield listed(service, known);
  }
}

/** `service` is a name, or `namespace/name` outside of the default namespace. */
function prefixOf(service: string): string {
  const words = typeof service === 'string' ? service.split('/') : [service];
  if (words.length > 2) {
    throw invalid(`"${service}" is not a service; write its name, or namespace/name`);
  }
  return `/services/${words.map((word) => checkedName('a service', word)).join('/')}/`;
}

/** A name is one segment of a key. An instance with an empty name, or a slash in it, would never be found. */
function checkedName(what: string, name: unknown): string {
  // oxlint-disable-next-line no-control-regex
  if (typeof name === 'string' && /^[^/\u0000-\u0020\u007f]+$/.test(name)) return name;
  throw invalid(
    `${what} must have a name without slashes, blanks and control characters, not ${JSON.stringify(name)}`,
  );
}

/** The value of an instance's key: the address alone, or JSON if there is more data. */
function instanceValue(
  address: string,
  {
    tags,
    meta,
    weight,
  }: { [Name in 'tags' | 'meta' | 'weight']: RegisterOptions[Name] | undefined },
): string {
  const { host, port } = hostAndPort(address);
  if (tags !== undefined && !(Array.isArray(tags) && tags.every(isText))) {
    throw invalid('tags must be a list of strings');
  }
  if (meta !== undefined && !(isRecord(meta) && Object.values(meta).every(isText))) {
    throw invalid('meta must be an object whose values are strings');
  }
  if (weight !== undefined && !(Number.isInteger(weight) && weight >= 1 && weight <= weightMax)) {
    throw invalid(`a weight is a whole number from 1 to ${weightMax}, not ${String(weight)}`);
  }
  if (tags === undefined && meta === undefined && weight === undefined) return address;
  const weights = weight === undefined ? undefined : { passing: weight };
  return JSON.stringify({ address: host, port, tags, meta, weights });
}

/** Splits `host:port` and `[IPv6]:port`; refuses addresses that no client could connect to. */
function hostAndPort(address: string): { host: string; port: number } {
  const [, bracketed, plain, portText] =
    /^(?:\[([0-9a-fA-F:.]+(?:%\w+)?)\]|([^\s:/[\]@?#]+)):(\d{1,5})$/.exec(address) ?? [];
  const host = bracketed ?? plain;
  const port = Number(portText);
  if (host === undefined || !(port >= 1 && port <= 65_535)) {
    throw invalid(
      `"${address}" is not the address of an instance; write host:port, or [address]:port for IPv6`,
    );
  }
  if (host === '0.0.0.0' || /^[0:]+$/.test(host)) {
    throw invalid(`nobody can connect to "${address}"; register an address that others can reach`);
  }
  return { host, port };
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function listed(service: string, known: ReadonlyMap<string, KeyValue>): readonly Instance[] {
  const found: Instance[] = [];
  for (const kv of known.values()) {
    const instance = instanceOf(service, kv);
    if (instance !== undefined) found.push(instance);
  }
  return found.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** An instance is `host:port` as plain text, or JSON with `address` and `port`; anything else is passed over. */
function instanceOf(service: string, kv: KeyValue): Instance | undefined {
  const name = kv.key.slice(prefixOf(service).length);
  if (name === '' || name.includes('/')) return undefined;
  const text = kv.value.trim();
  if (!text.startsWith('{')) {
    const plain = { service, name, address: text, tags: [], meta: {}, weight: 1 };
    return text.includes(':') ? plain : undefined;
  }
  const fields = parsed(text);
  if (typeof fields['address'] !== 'string' || typeof fields['port'] !== 'number') return undefined;
  const host = fields['address'].includes(':') ? `[${fields['address']}]` : fields['address'];
  return {
    service,
    name,
    address: `${host}:${fields['port']}`,
    tags: Array.isArray(fields['tags']) ? fields['tags'].map(String) : [],
    meta: textFields(fields['meta']),
    weight: weightOf(fields['weights']),
  };
}

function parsed(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

/** Its share while it is healthy. An invalid value, written by another client, counts as 1. */
function weightOf(weights: unknown): number {
  const passing = isRecord(weights) ? weights['passing'] : undefined;
  return typeof passing === 'number' && passing >= 0 ? passing : 1;
}

function textFields(value: unknown): Record<string, string> {
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(Object.entries(value).map(([key, text]) => [key, String(text)]));
}
