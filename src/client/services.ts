import type { CallOptions } from './caller.ts';
import type { KeyValue, RangeResult } from './key-value.ts';
import type { Lease } from './lease.ts';
import type { Watcher } from './watcher.ts';

/** One running instance of a service, as it stands under `/services/<service>/<instance>`. */
export interface Instance {
  readonly service: string;
  /** Its name, unique within the service. */
  readonly name: string;
  /** `host:port`, where to reach it. */
  readonly address: string;
  /** What else was registered with it, if it was registered as JSON. */
  readonly tags: readonly string[];
  readonly meta: Readonly<Record<string, string>>;
}

/** What finding services needs of the client. */
interface Reader {
  getPrefix(prefix: string, options?: CallOptions): Promise<RangeResult>;
  watchPrefix(
    prefix: string,
    options: { fromRevision: number; onCompacted: 'resync'; signal?: AbortSignal },
  ): Watcher;
  lease(ttlSeconds: number): Promise<Lease>;
}

/** @internal Use {@link Rollcall.registerInstance}. */
export async function registerInstance(
  client: Reader,
  service: string,
  instance: string,
  address: string,
  ttlSeconds: number,
): Promise<Lease> {
  const lease = await client.lease(ttlSeconds);
  try {
    await lease.put(prefixOf(service) + instance, address);
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
  const { kvs, revision } = await client.getPrefix(prefix, options);
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

function prefixOf(service: string): string {
  return `/services/${service}/`;
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
    return text.includes(':') ? { service, name, address: text, tags: [], meta: {} } : undefined;
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

function textFields(value: unknown): Record<string, string> {
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(Object.entries(value).map(([key, text]) => [key, String(text)]));
}
