/** The rows of the benchmark: each measures one thing. */
import { putFrame, rangeFrame, txnFrame } from './bench-messages.ts';

export interface BenchRow {
  readonly name: string;
  readonly clients: number;
  readonly connections: number;
  /** The method that is called. */
  readonly path: string;
  /** The request of a client, encoded with its frame. */
  readonly body: (client: number) => Buffer;
  /** Watchers of the key that is put, on ten streams; their events are counted. */
  readonly watchers?: number;
}

const keysOf = (client: number): string => `/bench/${client}`;
export const watchedKey = '/bench/watched';

export function puts(clients: number, connections: number, valueBytes: number): BenchRow {
  const value = Buffer.alloc(valueBytes, 'v');
  return {
    name: `put, ${clients} clients, ${valueBytes} B`,
    clients,
    connections,
    path: '/etcdserverpb.KV/Put',
    body: (client) => putFrame(keysOf(client), value),
  };
}

function ranges(clients: number, kind: 'linearizable' | 'serializable'): BenchRow {
  return {
    name: `${kind} range, ${clients} clients`,
    clients,
    connections: 100,
    path: '/etcdserverpb.KV/Range',
    body: (client) => rangeFrame(keysOf(client), kind === 'serializable'),
  };
}

const small = Buffer.alloc(256, 'v');

/** In this order, so that ranges find the keys of puts. */
export const benchRows: readonly BenchRow[] = [
  puts(1, 1, 256),
  puts(16, 16, 256),
  puts(1000, 100, 256),
  puts(1000, 100, 4096),
  {
    name: 'transaction of 8 puts, 50 clients',
    clients: 50,
    connections: 10,
    path: '/etcdserverpb.KV/Txn',
    body: (client) =>
      txnFrame(
        Array.from({ length: 8 }, (_, at) => keysOf(8 * client + at)),
        small,
      ),
  },
  ranges(1000, 'linearizable'),
  ranges(1000, 'serializable'),
  {
    name: 'watch, 500 watchers of one key, 16 clients put',
    clients: 16,
    connections: 10,
    path: '/etcdserverpb.KV/Put',
    body: () => putFrame(watchedKey, small),
    watchers: 500,
  },
];
