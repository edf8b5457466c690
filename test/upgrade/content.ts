import type { Answer, EtcdClient } from '../cluster/etcd-client.ts';

/** All that a client can read of a cluster, as JSON; kept with data directories for comparison. */
export interface Content {
  readonly revision: number;
  readonly compactRevision: number;
  /** `HashKV` of the newest revision. */
  readonly hash: number;
  /** Every key now, and at the last compaction. */
  readonly keys: readonly string[];
  readonly oldKeys: readonly string[];
  /** Every change since the last compaction, as a watcher gets it. */
  readonly changes: readonly string[];
  readonly leases: readonly string[];
  readonly members: readonly string[];
  readonly alarms: readonly string[];
}

const everyKey = { key: Buffer.of(0), range_end: Buffer.of(0) };

export async function contentOf(client: EtcdClient): Promise<Content> {
  const now = await client.call('KV', 'Range', everyKey);
  const { revision } = now.header;
  const hashed = await client.call('Maintenance', 'HashKV', { revision });
  const compactRevision = Number(hashed['compact_revision']);
  const old = await client.call('KV', 'Range', { ...everyKey, revision: compactRevision });
  const { members } = await client.call('Cluster', 'MemberList', {});
  const { alarms } = await client.call('Maintenance', 'Alarm', { action: 'GET' });
  return {
    revision: Number(revision),
    compactRevision,
    hash: Number(hashed['hash']),
    keys: now.kvs.map(keyLine),
    oldKeys: old.kvs.map(keyLine),
    changes: await changesFrom(client, compactRevision + 1, Number(revision)),
    leases: await leasesOf(client),
    members: members.map(
      ({ ID, name, peerURLs, isLearner }) =>
        `${ID} ${name} ${peerURLs.join()}${isLearner ? ' learner' : ''}`,
    ),
    alarms: listOf(alarms).map(
      (alarm) => `${fieldOf(alarm, 'alarm')} ${fieldOf(alarm, 'memberID')}`,
    ),
  };
}

async function changesFrom(client: EtcdClient, from: number, to: number): Promise<string[]> {
  const stream = client.stream('Watch', 'Watch');
  const changes: string[] = [];
  stream.write({ create_request: { ...everyKey, start_revision: from, prev_kv: true } });
  try {
    for await (const message of stream) {
      const { events }: Answer = message;
      changes.push(...events.map(eventLine));
      if (Number(events.at(-1)?.kv.mod_revision ?? 0) >= to) break;
    }
  } finally {
    stream.on('error', () => {});
    stream.cancel();
  }
  return changes;
}

/** With the keys of each, and whether the cluster remembers that some of its time has gone. */
async function leasesOf(client: EtcdClient): Promise<string[]> {
  const { leases } = await client.call('Lease', 'LeaseLeases', {});
  const lines = listOf(leases).map(async (lease) => {
    const id = fieldOf(lease, 'ID');
    const found = await client.call('Lease', 'LeaseTimeToLive', { ID: id, keys: true });
    const granted = Number(found['grantedTTL']);
    const hasAged = granted - Number(found['TTL']) >= 2;
    const keys = listOf(found['keys']).map(textOf).join();
    return `${id} granted ${granted}${hasAged ? ', has aged' : ''}: ${keys}`;
  });
  return (await Promise.all(lines)).toSorted();
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function fieldOf(value: unknown, name: string): string {
  return typeof value === 'object' && value !== null ? String(Reflect.get(value, name)) : '';
}

function eventLine(event: unknown): string {
  if (typeof event !== 'object' || event === null) return 'none';
  const [type, kv, former]: unknown[] = ['type', 'kv', 'prev_kv'].map((name) =>
    Reflect.get(event, name),
  );
  return `${String(type)} ${keyLine(kv)} after ${keyLine(former)}`;
}

/** Key, value, revisions of creation and of this version, number of the version, lease. */
function keyLine(kv: unknown): string {
  if (typeof kv !== 'object' || kv === null) return 'none';
  const part = (name: string): unknown => Reflect.get(kv, name);
  const revisions = ['create_revision', 'mod_revision', 'version'].map((name) =>
    String(part(name)),
  );
  const lease = part('lease') === '0' ? '' : ` lease ${String(part('lease'))}`;
  return `${textOf(part('key'))} = ${textOf(part('value'))} @ ${revisions.join('/')}${lease}`;
}

/** Bytes as text where they are text. */
function textOf(bytes: unknown): string {
  if (!(bytes instanceof Uint8Array)) return String(bytes);
  const text = Buffer.from(bytes).toString();
  return Buffer.from(text).equals(bytes) ? text : `0x${Buffer.from(bytes).toString('hex')}`;
}
