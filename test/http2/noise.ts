import type { Random } from '../../src/base/random.ts';
import {
  begun,
  data,
  endHeaders,
  endStream,
  frame,
  literal,
  newest,
  padded,
  ping,
  post,
  preface,
  remembered,
  request,
  reset,
  settingIds,
  settings,
  types,
  windowMax,
  windows,
  windowUpdate,
  withPriority,
} from './frames.ts';
import type { SeenFrame } from './peer.ts';

/** Writes what a client could write, sometimes with something wrong in it, and cuts it up anywhere. */
export class Writer {
  readonly #random: Random;
  /** The first stream begins at once, so that there is always one to speak about. */
  #lastId = 1;

  constructor(random: Random) {
    this.#random = random;
  }

  /** A connection's beginning and `count` frames. */
  pieces(count: number): readonly Buffer[] {
    const wrongEvery = this.#pick([10, 50, 1000]);
    const frames = Array.from({ length: count }, () => {
      const made = this.#frame();
      return this.#chance(wrongEvery) ? this.#spoil(made) : made;
    });
    return this.#cut(Buffer.concat([preface, settings(), begun(1), ...frames]));
  }

  /** One that a client could send that does nothing wrong, or does not know yet that it is late. */
  #frame(): Buffer {
    const id = this.#someId();
    return this.#pick<() => Buffer>([
      () => request(this.#nextId(), this.#block()),
      () => request(this.#nextId()),
      () => begun(this.#nextId(), this.#block()),
      () => this.#inPieces(this.#nextId()),
      () => frame(types.headers, padded | withPriority | 5, this.#nextId(), this.#paddedBlock()),
      () => data(id, Buffer.alloc(this.#between(0, 16_384))),
      () => data(id, 'the last', endStream),
      () => data(id, Buffer.concat([Buffer.from([9]), Buffer.alloc(this.#between(9, 99))]), padded),
      // Rarely, as most streams are over, and those of them that have ended cannot go on.
      () => (this.#chance(10) ? request(id, literal('trailer', 'x')) : ping()),
      () => reset(id, this.#between(0, 20)),
      () => windows(this.#pick([0, 1, 1000, 65_535, 1 << 20])),
      () => settings([settingIds.maxFrameSize, 20_000], [this.#between(7, 99), 1]),
      () => windowUpdate(id, this.#pick([1, 5000, 1 << 20])),
      () => windowUpdate(0, this.#pick([1, 5000, 1 << 20])),
      () => ping(),
      () => frame(types.priority, 0, id, Buffer.from([0, 0, 0, 0, 7])),
      () => frame(this.#between(10, 255), this.#between(0, 255), id, this.#bytes(20)),
    ])();
  }

  #block(): Buffer {
    return post(
      this.#pick([
        literal('content-type', 'application/grpc'),
        remembered('key', 'x'.repeat(this.#between(0, 500))),
        remembered('other', 'y'),
        literal('content-length', '8'),
        Buffer.concat([remembered('a', 'b'), newest, newest]),
      ]),
    );
  }

  #paddedBlock(): Buffer {
    return Buffer.concat([Buffer.from([3, 0, 0, 0, 0, 7]), post(), Buffer.alloc(3)]);
  }

  #inPieces(id: number): Buffer {
    const block = this.#block();
    const at = this.#between(0, block.length);
    return Buffer.concat([
      frame(types.headers, endStream, id, block.subarray(0, at)),
      frame(types.continuation, 0, id),
      frame(types.continuation, endHeaders, id, block.subarray(at)),
    ]);
  }

  #nextId(): number {
    this.#lastId += 2;
    return this.#lastId;
  }

  /** Of a stream that has begun, most likely a late one. */
  #someId(): number {
    return Math.max(1, this.#lastId - 2 * this.#pick([0, 0, 1, 2, 5, 20]));
  }

  #spoil(made: Buffer): Buffer {
    const at = this.#between(0, made.length - 1);
    const spoilt = Buffer.from(made);
    return this.#pick<() => Buffer>([
      () => {
        spoilt[at] = this.#between(0, 255);
        return spoilt;
      },
      () => {
        spoilt[this.#between(0, 8)]! ^= 1 << this.#between(0, 7);
        return spoilt;
      },
      () => made.subarray(0, at),
      () => Buffer.concat([made.subarray(0, at), this.#bytes(10), made.subarray(at)]),
      () => Buffer.concat([made, made]),
      () => this.#bytes(200),
      () => windowUpdate(this.#someId(), this.#pick([0, windowMax])),
      () => windows(windowMax + this.#between(0, 1)),
    ])();
  }

  #cut(bytes: Buffer): readonly Buffer[] {
    const pieces: Buffer[] = [];
    for (let at = 0; at < bytes.length;) {
      const end = at + this.#pick([1, 9, 100, 5000, 100_000]);
      pieces.push(bytes.subarray(at, end));
      at = end;
    }
    return pieces;
  }

  #bytes(lengthMax: number): Buffer {
    const length = this.#between(0, lengthMax);
    return Buffer.from(Array.from({ length }, () => this.#between(0, 255)));
  }

  #between(low: number, high: number): number {
    return this.#random.between(low, high);
  }

  #chance(oneIn: number): boolean {
    return this.#between(1, oneIn) === 1;
  }

  #pick<T>(all: readonly T[]): T {
    return all[this.#between(0, all.length - 1)]!;
  }
}

/** The first frame of the server that breaks the rules, if one does. */
export function violationOf(frames: readonly SeenFrame[]): string | undefined {
  const over = new Set<number>();
  const headed = new Set<number>();
  for (const [at, { type, flags, id }] of frames.entries()) {
    if (at === 0 && type !== types.settings) return 'it did not begin with settings';
    if (type === types.goAway && at !== frames.length - 1) return 'it went on after its GOAWAY';
    if (type !== types.data && type !== types.headers && type !== types.rstStream) continue;
    if (id === 0 || id % 2 === 0) return `a stream ${id}`;
    if (type === types.rstStream) {
      over.add(id);
      continue;
    }
    if (over.has(id)) return `stream ${id} went on after its end`;
    if (type === types.data && !headed.has(id)) return `stream ${id} has a body before its headers`;
    headed.add(id);
    if ((flags & endStream) !== 0) over.add(id);
  }
  return undefined;
}
