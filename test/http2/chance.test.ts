import { expect, test } from 'vitest';
import { SeededRandom } from '../simulation/random.ts';
import { endStream, request, types, windows, windowUpdate } from './frames.ts';
import { TestServer, ok, okTrailers } from './peer.ts';
import type { Peer, SeenFrame } from './peer.ts';
import { violationOf, Writer } from './noise.ts';

const seeds = [1, 2, 3, 4];

test.each(seeds)('random bytes harm only their own connection (seed %i)', async (seed) => {
  const random = new SeededRandom(seed);
  const answers = random.fork('answers');
  await using server = await TestServer.open({ streamsMax: 20 }, ({ stream }) => {
    const body = Buffer.alloc(answers.between(0, 3) * answers.between(0, 30_000));
    const kind = answers.between(0, 4);
    if (kind === 0) return;
    if (kind === 1) stream.end(okTrailers);
    else if (kind === 2) setImmediate(() => stream.respond(ok, [body], okTrailers));
    else stream.respond(ok, [body, body], okTrailers);
  });
  const quiet = await server.connect();
  quiet.greet();
  const ends = { goAway: 0, other: 0 };
  for (let round = 0; round < 40; round++) {
    const peer = await server.connect();
    const writer = new Writer(random.fork(`connection ${round}`));
    for (const piece of writer.pieces(30)) peer.client.write(piece);
    peer.client.end();
    await peer.closed();
    expect(violationOf(peer.frames)).toBeUndefined();
    ends[peer.frames.some(({ type }) => type === types.goAway) ? 'goAway' : 'other']++;
  }
  expect(server.mistakes).toEqual([]);
  // Noise that is all wrong, or all right, would prove little.
  expect(ends.goAway).toBeGreaterThan(5);
  expect(ends.other).toBeGreaterThan(5);
  quiet.write(request(1));
  await quiet.settled();
  expect(quiet.requests).toHaveLength(1);
});

/** The windows that a client has given. */
class Windows {
  connection = 65_535;
  #forAll = 65_535;
  /** Sizes for all that the member has not confirmed. */
  readonly #unconfirmed: number[] = [];
  readonly #ofStreams = new Map<number, number>();
  #seen = 0;

  announce(forAll: number): void {
    this.#unconfirmed.push(forAll);
  }

  give(id: number, bytes: number): void {
    this.#ofStreams.set(id, (this.#ofStreams.get(id) ?? 0) + bytes);
  }

  of(id: number): number {
    return this.#forAll + (this.#ofStreams.get(id) ?? 0);
  }

  /** Goes on with the frames that came, in their order. */
  account(frames: readonly SeenFrame[]): void {
    for (; this.#seen < frames.length; this.#seen++) {
      const { type, flags, id, content } = frames[this.#seen]!;
      if (type === types.settings && flags !== 0) {
        this.#forAll = this.#unconfirmed.shift() ?? this.#forAll;
      }
      if (type !== types.data || content.length === 0) continue;
      this.connection -= content.length;
      this.give(id, -content.length);
      expect(Math.min(this.connection, this.of(id))).toBeGreaterThanOrEqual(0);
    }
  }
}

/** No bytes, frames that are just full, the window that a client has at first, and what is copied into one write. */
const edges = [0, 16_383, 16_384, 16_385, 65_535, 65_536, 131_072, 131_073];

/** A body in which each byte has its place. */
function bodyOfStream(id: number): Buffer {
  const edge = id % 10 === 5 ? edges[((id - 5) / 10) % edges.length] : undefined;
  const length = edge ?? (id * 7919) % 40_000;
  return Buffer.from(Array.from({ length }, (_, at) => 97 + ((at + id) % 26)));
}

/** One thing that a client does to its windows, or asks for. */
function step(peer: Peer, given: Windows, random: SeededRandom, ids: number[]): void {
  const id = ids[random.between(0, ids.length - 1)] ?? 1;
  const kind = random.between(0, 9);
  if (kind < 2) {
    const forAll = random.between(0, 3) * random.between(0, 3000);
    given.announce(forAll);
    peer.write(windows(forAll));
  } else if (kind < 5 && ids.length > 0) {
    const bytes = random.between(1, 6000);
    given.give(id, bytes);
    peer.write(windowUpdate(id, bytes));
  } else if (kind < 8) {
    const bytes = random.between(1, 12_000);
    given.connection += bytes;
    peer.write(windowUpdate(0, bytes));
  } else {
    ids.push(1 + 2 * ids.length);
    peer.write(request(ids.at(-1)!));
  }
}

test.each(seeds)(
  'however windows change, no more is sent than they allow, and no less (seed %i)',
  async (seed) => {
    const random = new SeededRandom(seed);
    await using server = await TestServer.open({}, ({ stream }) => {
      const body = bodyOfStream(stream.id);
      const middle = Math.floor(body.length / 3);
      stream.respond(ok, [body.subarray(0, middle), body.subarray(middle)], okTrailers);
    });
    const peer = await server.connect();
    const given = new Windows();
    const ids: number[] = [];
    peer.greet();
    // The settings of the greeting change nothing.
    given.announce(65_535);
    for (let round = 0; round < 150; round++) {
      const steps = random.between(1, 4);
      for (let count = 0; count < steps; count++) step(peer, given, random, ids);
      await peer.settled();
      given.account(peer.frames);
      const waiting = ids.filter((id) => !peer.isAnswered(id));
      expect(waiting.filter((id) => Math.min(given.connection, given.of(id)) > 0)).toEqual([]);
    }
    expect(ids.length).toBeGreaterThan(20);
    peer.write(windows(1 << 20), windowUpdate(0, 1 << 29));
    for (const id of ids) {
      expect(await peer.answer(id)).toBe(bodyOfStream(id).toString());
      expect(peer.of(id).at(-1)).toMatchObject({ type: types.headers, flags: 4 | endStream });
    }
  },
);
