/**
 * How much memory a member needs: fills one with keys, opens watchers on it, and prints its resident memory right after each
 * step, and once it is at rest.
 *
 *   npm run bench:memory -- [--etcd PROGRAM] [--keys 100000] [--value-bytes 256] [--watchers 1000]
 *
 * `--etcd` measures etcd instead of Rollcall.
 */
import { setMaxListeners } from 'node:events';
import { parseArgs } from 'node:util';
import { Rollcall } from '../src/client/index.ts';
import {
  residentMb,
  residentMbAtRest,
  rollcall,
  startCluster,
  stopCluster,
} from './lib/bench-cluster.ts';

const { values: options } = parseArgs({
  options: {
    etcd: { type: 'string' },
    keys: { type: 'string', default: '100000' },
    'value-bytes': { type: 'string', default: '256' },
    watchers: { type: 'string', default: '1000' },
  },
});
const keys = Number(options.keys);
const watchers = Number(options.watchers);
const value = Buffer.alloc(Number(options['value-bytes']), 'v');
/** Puts under way at a time. */
const window = 500;

const command = options.etcd === undefined ? rollcall : [options.etcd];
const cluster = await startCluster('memory', command, 1);
const tell = async (what: string): Promise<void> => {
  const now = residentMb(cluster);
  console.log(`${what.padEnd(40)} ${now} MB, at rest ${await residentMbAtRest(cluster)} MB`);
};
const stop = new AbortController();
setMaxListeners(0, stop.signal);
try {
  await using client = new Rollcall({ endpoints: [...cluster.endpoints] });
  await tell('empty');
  const put = (number: number): Promise<unknown> =>
    client.put(`/services/service-${number % 1000}/instance-${number}`, value);
  for (let first = 0; first < keys; first += window) {
    const count = Math.min(window, keys - first);
    await Promise.all(Array.from({ length: count }, (_, at) => put(first + at)));
  }
  await tell(`${keys} keys of ${value.length} bytes`);
  let told = 0;
  const watch = async (number: number): Promise<void> => {
    const events = client.watchPrefix(`/services/service-${number % 1000}/`, {
      signal: stop.signal,
    });
    for await (const { type } of events) told += type === 'put' ? 1 : 0;
  };
  const watching = Array.from({ length: watchers }, (_, number) => watch(number));
  // One put for each watched prefix, until all watchers are there and have heard of one.
  for (let round = 0; told < watchers && round < 60; round++) {
    told = 0;
    for (let number = 0; number < Math.min(1000, watchers); number++) await put(number);
  }
  await tell(`and ${watchers} watchers`);
  if (told < watchers) throw new Error(`only ${told} of ${watchers} watchers were told`);
  stop.abort();
  await Promise.all(watching);
} finally {
  stopCluster(cluster);
}
