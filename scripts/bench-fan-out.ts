/**
 * The cost of a put that many watchers of its key hear of: from the hub to frames of HTTP/2, in one process, without
 * sockets, replication or a disk.
 *
 *   npx tsx scripts/bench-fan-out.ts [--streams 10] [--watchers 50] [--value-bytes 256]
 */
import { parseArgs } from 'node:util';
import { watchMethods } from '../src/api/etcd/watch.ts';
import { CallHead } from '../src/api/grpc/call-head.ts';
import { StreamCall } from '../src/api/grpc/calls.ts';
import { ByteBudget } from '../src/base/byte-budget.ts';
import { Stream } from '../src/http2/stream.ts';
import type { StreamOwner } from '../src/http2/stream.ts';
import { silentLogger } from '../src/base/logger.ts';
import { systemClock } from '../src/platform/clock.ts';
import { createMemoryStore } from '../src/storage/index.ts';
import { State } from '../src/state/index.ts';
import { WatchHub } from '../src/watch/index.ts';
import { watchedKey } from './lib/bench-rows.ts';
import { watchFrame } from './lib/bench-messages.ts';

const { values: options } = parseArgs({
  options: {
    streams: { type: 'string', default: '10' },
    watchers: { type: 'string', default: '50' },
    'value-bytes': { type: 'string', default: '256' },
  },
});

const state = State.create(createMemoryStore().engine, { members: [] });
const hub = new WatchHub(state);
const header = { clusterId: 'a1b2c3d4e5f60718', memberId: '1122334455667788' };
const [method] = watchMethods(
  {
    watch: (sink) => hub.open(sink),
    identify: () => undefined,
    header: () => ({ ...header, revision: state.revision, raftTerm: 3 }),
  },
  { fragmentBytes: 1 << 20 },
);
if (method?.kind !== 'stream') throw new Error('a watch is a stream');

let sentBytes = 0;
/** A connection to a client that takes everything. */
const owner: StreamOwner = {
  callerAddress: undefined,
  sendWindow: 1 << 30,
  frameBytesMax: 16_384,
  isCongested: false,
  send() {},
  respond: (frame) => void (sentBytes += frame.length),
  takeWindow() {},
  holds() {},
  queue() {},
  finished() {},
};
const callOptions = {
  clock: systemClock(),
  logger: silentLogger,
  messageBytesMax: 1 << 20,
  unread: new ByteBudget({ bytesMax: 1 << 20 }),
};
const path = { name: ':path', value: method.path };
const head = new CallHead([path], new Map([[method.path, method]]));
for (let at = 0; at < Number(options.streams); at++) {
  const stream = new Stream(2 * at + 1, owner, { send: 2 ** 31 - 1, receive: 65_535 });
  const call = new StreamCall(stream, method, head, callOptions);
  stream.listener = call;
  call.open();
  for (let count = 0; count < Number(options.watchers); count++) call.data(watchFrame(watchedKey));
}

const value = Buffer.alloc(Number(options['value-bytes']), 'v');
function put(): void {
  const request = { key: watchedKey, value, lease: 0n, prevKv: false };
  const { revision, events } = state.apply(state.appliedIndex + 1, {
    kind: 'put',
    request: { ...request, ignoreValue: false, ignoreLease: false },
  });
  hub.publish(revision, events);
  hub.flush();
}

const puts = 1000;
for (let round = 1; round <= 5; round++) {
  sentBytes = 0;
  const before = process.cpuUsage();
  for (let count = 0; count < puts; count++) put();
  const { user, system } = process.cpuUsage(before);
  console.log(
    `round ${round}: ${((user + system) / puts).toFixed(0)} µs for each put, ` +
      `${(sentBytes / puts / 1024).toFixed(0)} KiB in frames`,
  );
}
