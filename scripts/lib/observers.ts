/**
 * Observers of a service, as a process of its own that does little: blocking queries of Consul's API, each on a connection
 * of its own, and watches of etcd's API. They are read from sockets by hand, so that what is measured is the members.
 *
 * `Observers` starts the process; this file is also the program that it runs.
 */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { present } from '../../src/base/assert.ts';

export interface ObserverPlan {
  readonly endpoints: readonly string[];
  readonly service: string;
  readonly queries: number;
  readonly watches: number;
  /** Watches that share a connection and a stream, as in a program with several. */
  readonly watchesPerConnection: number;
}

/** The changes that observers have seen since they were asked last: times of the monotonic clock of this machine, in milliseconds. */
export interface Seen {
  readonly queriesMs: readonly number[];
  readonly watchesMs: readonly number[];
  readonly bytes: number;
}

export function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

export class Observers {
  readonly process: ChildProcess;

  private constructor(process: ChildProcess) {
    this.process = process;
  }

  /** Resolves when all of them wait for a change. */
  static async start(plan: ObserverPlan): Promise<Observers> {
    const child = fork(import.meta.filename, [], { execArgv: ['--import', 'tsx'] });
    child.send(plan);
    await messageOf(child);
    return new Observers(child);
  }

  async seen(): Promise<Seen> {
    this.process.send('seen');
    const seen = await messageOf(this.process);
    if (isSeen(seen)) return seen;
    throw new Error('the process of the observers said something else');
  }

  stop(): void {
    this.process.kill('SIGKILL');
  }
}

function messageOf(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const ended = (): void => reject(new Error('the process of the observers ended'));
    child.once('exit', ended);
    child.once('message', (message) => {
      child.off('exit', ended);
      resolve(message);
    });
  });
}

function isSeen(message: unknown): message is Seen {
  return typeof message === 'object' && message !== null && 'queriesMs' in message;
}

// The program.

let queriesMs: number[] = [];
let watchesMs: number[] = [];
let bytes = 0;
/** Observers that have had their first answer. */
let ready = 0;

function observe(plan: ObserverPlan): void {
  const { endpoints, queries, watches, watchesPerConnection } = plan;
  const urlAt = (at: number): URL =>
    new URL(present(endpoints[at % endpoints.length], 'an endpoint'));
  const noteReady = (): void => {
    if (++ready === queries + watches) process.send?.('ready');
  };
  for (let at = 0; at < queries; at++) askAgain(urlAt(at), plan.service, noteReady);
  for (let at = 0, left = watches; left > 0; at++, left -= watchesPerConnection) {
    watch(urlAt(at), plan.service, Math.min(left, watchesPerConnection), noteReady);
  }
}

function opened({ hostname, port }: URL): Socket {
  const socket = connect(Number(port), hostname).setNoDelay(true);
  socket.on('error', (error) => {
    console.error(`an observer lost its connection: ${error.message}`);
    process.exit(1);
  });
  return socket;
}

const headBytesMax = 2048;

/** One client of Consul's API: asks again as soon as it has the whole answer. */
function askAgain(url: URL, service: string, noteReady: () => void): void {
  const socket = opened(url);
  let index = '0';
  /** Of the body; undefined while the head is awaited. */
  let left: number | undefined;
  let head = '';
  let next = '';
  const ask = (): void => {
    const path = `/v1/health/service/${service}?wait=600s&index=${index}`;
    socket.write(`GET ${path} HTTP/1.1\r\nHost: ${url.host}\r\n\r\n`);
  };
  const take = (count: number): void => {
    left = present(left, 'a length') - count;
    if (left > 0) return;
    left = undefined;
    if (index === '0') noteReady();
    else if (next !== index) queriesMs.push(monotonicMs());
    index = next;
    ask();
  };
  socket.on('data', (part) => {
    bytes += part.length;
    if (left !== undefined) {
      take(part.length);
      return;
    }
    const before = head.length;
    head += part.toString('latin1', 0, headBytesMax);
    const end = head.indexOf('\r\n\r\n');
    if (end === -1) return;
    next = /\r\nX-Consul-Index: (\d+)\r/i.exec(head)?.[1] ?? '0';
    left = Number(/\r\nContent-Length: (\d+)\r/i.exec(head)?.[1]);
    head = '';
    take(part.length - (end + 4 - before));
  });
  ask();
}

const frameHeadBytes = 9;
const windowBytes = 1 << 30;
const frame = { data: 0, headers: 1, settings: 4, ping: 6, windowUpdate: 8 } as const;
const acknowledged = 1;

/** One client of etcd's API with several watches in one stream (RFC 9113, and gRPC over it). */
function watch(url: URL, service: string, count: number, noteReady: () => void): void {
  const socket = opened(url);
  const window = Buffer.alloc(4);
  window.writeUInt32BE(windowBytes);
  const initialWindow = Buffer.concat([Buffer.from([0, 4]), window]);
  const message = watchRequest(`/services/${service}/`);
  socket.write(
    Buffer.concat([
      Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
      frameOf(frame.settings, 0, 0, initialWindow),
      frameOf(frame.windowUpdate, 0, 0, window),
      frameOf(frame.headers, 4, 1, headerBlock(url.host)),
      ...Array.from({ length: count }, () => frameOf(frame.data, 0, 1, message)),
    ]),
  );
  let created = 0;
  let rest: Buffer = Buffer.alloc(0);
  let messages: Buffer = Buffer.alloc(0);
  const takeMessages = (data: Buffer): void => {
    messages = messages.length === 0 ? data : Buffer.concat([messages, data]);
    while (messages.length >= 5 && messages.length >= 5 + messages.readUInt32BE(1)) {
      messages = messages.subarray(5 + messages.readUInt32BE(1));
      // The first message of each watch says that it is there.
      if (created < count) {
        created++;
        noteReady();
      } else watchesMs.push(monotonicMs());
    }
  };
  socket.on('data', (part) => {
    bytes += part.length;
    rest = rest.length === 0 ? part : Buffer.concat([rest, part]);
    while (rest.length >= frameHeadBytes) {
      const end = frameHeadBytes + rest.readUIntBE(0, 3);
      if (rest.length < end) return;
      const type = rest.readUInt8(3);
      const payload = rest.subarray(frameHeadBytes, end);
      if (type === frame.data) takeMessages(payload);
      else if (type === frame.settings || type === frame.ping) {
        const isNew = rest.readUInt8(4) !== acknowledged;
        const echoed = type === frame.ping ? payload : Buffer.alloc(0);
        if (isNew) socket.write(frameOf(type, acknowledged, 0, echoed));
      }
      rest = rest.subarray(end);
    }
  });
}

function frameOf(type: number, flags: number, stream: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(frameHeadBytes);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

/** RFC 7541: method and scheme from the static table, the others as literals that are not indexed. */
function headerBlock(host: string): Buffer {
  return Buffer.concat([
    Buffer.from([0x83, 0x86]),
    literal(':path', '/etcdserverpb.Watch/Watch'),
    literal(':authority', host),
    literal('content-type', 'application/grpc'),
    literal('te', 'trailers'),
  ]);
}

function literal(name: string, value: string): Buffer {
  return Buffer.concat([Buffer.from([0]), short(name), short(value)]);
}

/** A text shorter than 127 bytes behind its length. */
function short(text: string | Buffer): Buffer {
  return Buffer.concat([Buffer.from([text.length]), Buffer.from(text)]);
}

/** A message of gRPC: `WatchRequest{create_request{key, range_end}}`. */
function watchRequest(prefix: string): Buffer {
  const end = Buffer.from(prefix);
  end.writeUInt8(end.readUInt8(end.length - 1) + 1, end.length - 1);
  const request = field(1, Buffer.concat([field(1, prefix), field(2, end)]));
  const head = Buffer.alloc(5);
  head.writeUInt32BE(request.length, 1);
  return Buffer.concat([head, request]);
}

/** A field of a message of Protocol Buffers that holds bytes. */
function field(number: number, value: string | Buffer): Buffer {
  return Buffer.concat([Buffer.from([(number << 3) | 2]), short(value)]);
}

function report(): void {
  process.send?.({ queriesMs, watchesMs, bytes } satisfies Seen);
  queriesMs = [];
  watchesMs = [];
  bytes = 0;
}

if (process.argv[1] === import.meta.filename) {
  process.on('message', (message: 'seen' | ObserverPlan) => {
    if (message === 'seen') report();
    else observe(message);
  });
  process.on('disconnect', () => process.exit());
}
