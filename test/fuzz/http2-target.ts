import { gzipSync } from 'node:zlib';
import { acceptGrpc } from '../../src/api/grpc/index.ts';
import { codecOf } from '../../src/api/methods.ts';
import type { Method, ResponseStream, UnaryMethod } from '../../src/api/methods.ts';
import { StatusError, statusCodes } from '../../src/api/status.ts';
import { ByteBudget } from '../../src/base/byte-budget.ts';
import type { Logger } from '../../src/base/logger.ts';
import { Connection } from '../../src/http2/index.ts';
import type { AcceptRequest, StreamListener } from '../../src/http2/index.ts';
import { SeededRandom } from '../simulation/random.ts';
import { SteppedClock } from '../lib/stepped-clock.ts';
import {
  data,
  endStream,
  frame,
  literal,
  post,
  preface,
  remembered,
  request,
  settings,
  types,
} from '../http2/frames.ts';
import { violationOf, Writer } from '../http2/noise.ts';
import type { SeenFrame } from '../http2/peer.ts';
import { FakeSocket } from './fake-socket.ts';
import { framesOf, mutateFrames, withPreface, wrongFrame } from './http2-frames.ts';
import type { Target } from './target.ts';

/** The first two bytes of an input say how its bytes are cut up, and how its client reads. */
const controlBytes = 2;
const headBytes = controlBytes + preface.length;
const inputBytesMax = 256 << 10;
const messageBytesMax = 64 << 10;
/** Far more than one connection may hold in memory for responses that wait (docs/limits.md). */
const writtenBytesMax = 16 << 20;

class CountingBudget extends ByteBudget {
  bytes = 0;

  override add(bytes: number): void {
    this.bytes += bytes;
    super.add(bytes);
  }
}

/** A stream as its listener saw it. */
interface SeenStream {
  readonly id: number;
  ended: number;
  closed: number;
  late: boolean;
}

/**
 * `Connection` and the gRPC calls behind it, on a socket without a system: some thousand inputs in a second, and the same
 * from the same seed. The target `port` has the whole member, and is a hundred times slower.
 */
export function http2Target(): Target {
  const clock = new SteppedClock();
  const errors: string[] = [];
  const logger: Logger = {
    debug() {},
    info() {},
    warn() {},
    error: (text, fields) => void errors.push(`${text} ${JSON.stringify(fields)}`),
  };
  const accept = acceptGrpc({ clock, logger, messageBytesMax, methods: methods() });
  const pending = new CountingBudget({ bytesMax: 32 << 20 });

  const connect = (): Visit =>
    new Visit({ accept, clock, pending, onBug: (text) => errors.push(text) });
  return {
    name: 'http2',
    files: ['/src/http2/', '/src/api/grpc/'],
    inputBytesMax,
    seeds: seeds(),
    mutate: (input, other, random) => {
      if (random.chance(0.1)) {
        const changed = Buffer.from(input);
        changed[random.between(0, 1)] = random.between(0, 255);
        return changed;
      }
      const frames = mutateFrames(input.subarray(headBytes), other.subarray(headBytes), random);
      return Buffer.concat([input.subarray(0, controlBytes), withPreface(frames, random)]);
    },
    run: async (input) => {
      const visit = connect();
      await visit.send(input);
      const wrong = (await visit.end()) ?? visit.accepted(input);
      const [error] = errors.splice(0);
      if (error !== undefined) return `an error that is a bug: ${error}`;
      if (pending.bytes !== 0) return `${pending.bytes} bytes of responses are still counted`;
      return wrong;
    },
    check: async () => {
      const visit = connect();
      await visit.send(wellFormed);
      const answers = visit.bodies();
      const wrong = await visit.end();
      return (
        wrong ?? (answers === 'hello' ? undefined : `an echo answers ${JSON.stringify(answers)}`)
      );
    },
    close: () => Promise.resolve(),
  };
}

interface VisitOptions {
  readonly accept: AcceptRequest;
  readonly clock: SteppedClock;
  readonly pending: ByteBudget;
  readonly onBug: (text: string) => void;
}

/** One connection, from its first byte to its end. */
class Visit {
  readonly #socket = new FakeSocket();
  readonly #connection: Connection;
  readonly #clock: SteppedClock;
  readonly #streams: SeenStream[] = [];
  #closed = 0;
  #isLeaving = false;

  constructor({ accept, clock, pending, onBug }: VisitOptions) {
    this.#clock = clock;
    this.#connection = new Connection(this.#socket.asSocket, {
      clock,
      pending,
      streamsMax: 1000,
      pingsMinTimeMs: 5000,
      keepaliveIntervalMs: 7_200_000,
      keepaliveTimeoutMs: 20_000,
      onClose: () => void this.#closed++,
      onBug: (error) => onBug(error instanceof Error ? (error.stack ?? '') : String(error)),
      accept: (headers, stream, isComplete) => {
        const seen: SeenStream = {
          id: stream.id,
          ended: Number(isComplete),
          closed: 0,
          late: false,
        };
        const listener = accept(headers, stream, isComplete);
        // Refused at once: nothing is told about it any more.
        if (stream.isOver) seen.closed = 1;
        this.#streams.push(seen);
        const watched = watching(listener, seen);
        // A call that streams is its stream's listener already.
        stream.listener = watched;
        return watched;
      },
    });
  }

  /** Delivers the bytes in pieces, and reads at times. */
  async send(input: Buffer): Promise<void> {
    const [cut = 0, reading = 0] = input;
    const random = new SeededRandom(cut);
    const sizes =
      cut < 64
        ? [input.length]
        : [
            [1, 9, 100],
            [1000, 5000],
            [20_000, 65_536],
          ][cut % 3]!;
    for (let at = controlBytes; at < input.length && !this.#socket.destroyed;) {
      const end = at + Math.max(1, random.pick(sizes), Math.ceil(input.length / 400));
      this.#socket.deliver(input.subarray(at, end));
      at = end;
      if ((reading & 1) === 0) this.#socket.readAll();
      if ((reading & 2) !== 0) await turn();
      if ((reading & 4) !== 0) this.#clock.pass(100);
    }
    await turn();
    if ((reading & 8) !== 0) {
      this.#isLeaving = true;
      this.#connection.leave();
    }
    if ((reading & 16) !== 0) this.#socket.halfClose();
    await turn();
    for (let round = 0; round < 100 && this.#socket.writableLength > 0; round++) {
      this.#socket.readAll();
      await turn();
    }
  }

  /** A frame that is wrong by itself has to end the connection, whatever came before it. */
  accepted(input: Buffer): string | undefined {
    const wrong = wrongFrame(input.subarray(controlBytes));
    if (wrong === undefined) return undefined;
    const written = seenFrames(Buffer.concat(this.#socket.written));
    return written.some(({ type }) => type === types.goAway) ? undefined : `it accepts ${wrong}`;
  }

  bodies(): string {
    const frames = framesOf(Buffer.concat(this.#socket.written));
    const bodies = frames.filter((one) => one[3] === types.data).map((one) => one.subarray(9 + 5));
    return Buffer.concat(bodies).toString();
  }

  /** Disconnects. Resolves to the rule that was broken, if one was. */
  async end(): Promise<string | undefined> {
    const written = Buffer.concat(this.#socket.written);
    this.#socket.destroy();
    await turn();
    this.#clock.pass(2000);
    await turn();
    if (this.#closed !== 1) return `the connection was closed ${this.#closed} times`;
    for (const { id, ended, closed, late } of this.#streams) {
      if (closed !== 1) return `stream ${id} was closed ${closed} times`;
      if (ended > 1) return `stream ${id} was ended ${ended} times`;
      if (late) return `stream ${id} was told more after its end`;
    }
    if (written.length > writtenBytesMax) return `${written.length} bytes were written`;
    return wrongIn(seenFrames(written), this.#isLeaving);
  }
}

function watching(listener: StreamListener, seen: SeenStream): StreamListener {
  return {
    data: (bytes, isLast) => {
      seen.late ||= seen.ended > 0 || seen.closed > 0;
      listener.data(bytes, isLast);
    },
    ended: () => {
      seen.ended++;
      seen.late ||= seen.closed > 0;
      listener.ended();
    },
    drained: () => {
      seen.late ||= seen.closed > 0;
      listener.drained();
    },
    closed: () => {
      seen.closed++;
      listener.closed();
    },
  };
}

/** A connection that its member leaves goes on after the first GOAWAY; the ids in them never rise (section 6.8). */
function wrongIn(frames: readonly SeenFrame[], isLeaving: boolean): string | undefined {
  if (!isLeaving) return violationOf(frames);
  let lastId = Infinity;
  for (const { type, content } of frames) {
    if (type !== types.goAway) continue;
    const id = content.readUInt32BE(0);
    if (id > lastId) return `a GOAWAY with ${id} after one with ${lastId}`;
    lastId = id;
  }
  return violationOf(frames.filter(({ type }) => type !== types.goAway));
}

function seenFrames(written: Buffer): readonly SeenFrame[] {
  return framesOf(written).map((one) => ({
    type: one[3] ?? 255,
    flags: one[4] ?? 0,
    id: one.length < 9 ? 0 : one.readUInt32BE(5),
    content: one.subarray(9),
  }));
}

/** All that waits for this turn of the event loop has run afterwards. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

const anyMessage = codecOf({
  encode: () => ({ finish: () => Buffer.alloc(0) }),
  decode: () => ({}),
});
const parts = {
  request: anyMessage,
  response: anyMessage,
  statusOf: () => ({ code: statusCodes.unknown, message: 'it failed' }),
};

function later(bytes: Uint8Array): Promise<Uint8Array> {
  return new Promise((resolve) => setImmediate(() => resolve(bytes)));
}

/** Methods of each kind: answered at once, later, with much, never, or not well. */
function methods(): ReadonlyMap<string, Method> {
  const unary = (path: string, call: UnaryMethod['call']): Method => ({
    ...parts,
    kind: 'unary',
    path,
    call,
  });
  const all: readonly Method[] = [
    unary('/t/Echo', (bytes) => Promise.resolve(bytes)),
    unary('/t/Later', (bytes) => later(bytes)),
    unary('/t/Large', () => Promise.resolve(Buffer.alloc(100_000))),
    unary('/t/Never', () => new Promise(() => {})),
    unary('/t/Fail', () =>
      Promise.reject(new StatusError(statusCodes.notFound, 'none, \u{1f600}')),
    ),
    {
      ...parts,
      kind: 'stream',
      path: '/t/Both',
      clientStreams: true,
      open: (_context, responses) => echo(responses),
    },
    {
      ...parts,
      kind: 'stream',
      path: '/t/Many',
      clientStreams: false,
      open: (_context, responses) => echo(responses, 20),
    },
  ];
  return new Map(all.map((method) => [method.path, method]));
}

function echo(
  responses: ResponseStream,
  times = 1,
): ReturnType<Extract<Method, { kind: 'stream' }>['open']> {
  let isOver = false;
  return {
    message: (bytes) => {
      for (let count = 0; count < times; count++) responses.push(bytes);
      if (bytes[0] === 0x70) {
        responses.pause();
        setImmediate(() => {
          if (!isOver) responses.resume();
        });
      }
    },
    halfClosed: () => responses.end(),
    drained: () => {},
    closed: () => {
      isOver = true;
    },
  };
}

function callOf(id: number, path: string, ...more: readonly Buffer[]): Buffer {
  const block = Buffer.concat([
    Buffer.from([0x83, 0x86]),
    literal(':path', path),
    remembered('content-type', 'application/grpc'),
    ...more,
  ]);
  return frame(types.headers, 4, id, block);
}

function message(text: string | Buffer, flag = 0): Buffer {
  const head = Buffer.from([flag, 0, 0, 0, 0]);
  head.writeUInt32BE(text.length, 1);
  return Buffer.concat([head, Buffer.from(text)]);
}

function inputOf(...frames: readonly Buffer[]): Buffer {
  return Buffer.concat([Buffer.from([0, 0]), preface, settings(), ...frames]);
}

const wellFormed = inputOf(
  callOf(1, '/t/Echo'),
  // In two pieces, so that bytes which wait are counted.
  data(1, message('hello').subarray(0, 7)),
  data(1, message('hello').subarray(7), endStream),
);

function seeds(): readonly Buffer[] {
  const gzip = literal('grpc-encoding', 'gzip');
  const calls = ['Echo', 'Later', 'Large', 'Never', 'Fail', 'Both', 'Many', 'None'].map((name) =>
    inputOf(callOf(1, `/t/${name}`), data(1, message('hello'), endStream)),
  );
  const random = new SeededRandom(1, 'seeds');
  const noise = Array.from({ length: 12 }, (_, at) => {
    const pieces = new Writer(random.fork(String(at))).pieces(20);
    return Buffer.concat([Buffer.from([0, at]), ...pieces]);
  });
  return [
    wellFormed,
    ...calls,
    inputOf(callOf(1, '/t/Echo', gzip), data(1, message(gzipSync('hello'), 1), endStream)),
    inputOf(
      callOf(1, '/t/Echo', gzip),
      data(1, message(gzipSync(Buffer.alloc(1 << 20)), 1), endStream),
    ),
    inputOf(
      callOf(1, '/t/Both'),
      data(1, message('pause')),
      data(1, Buffer.concat([message('a'), message('b')]), endStream),
    ),
    inputOf(
      callOf(1, '/t/Never', literal('grpc-timeout', '50m')),
      data(1, message('x'), endStream),
    ),
    inputOf(request(1, post(remembered('a', 'b'), Buffer.from([0xbe]), literal('te', 'trailers')))),
    // Huffman-coded, and a change of the table's size.
    inputOf(
      request(
        1,
        Buffer.from('203f e11f 8386 84 41 8c f1e3c2e5f23a6ba0ab90f4ff'.replaceAll(' ', ''), 'hex'),
      ),
    ),
    inputOf(frame(types.settings, 0, 0, Buffer.from('000400000000000500004000', 'hex'))),
    ...noise,
  ];
}
