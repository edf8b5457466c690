import { expect, test, vi } from 'vitest';
import type { SnapshotHeader, SnapshotSource } from '../../src/replica/index.ts';
import { questionOf, startMember, SteppedClock, wireTo } from './peers.ts';

const patience = { timeout: 10_000, interval: 5 };

const header: SnapshotHeader = {
  term: 7,
  position: {
    index: 2 ** 35,
    term: 6,
    configuration: { voters: ['m1', 'm2'], outgoing: ['m1'], learners: ['m3'] },
  },
};

/** A state of so many chunks; `asked` counts those that were read. */
function sourceOf(count: number, bytes = 128 << 10) {
  const source = {
    asked: 0,
    appliedIndex: 1,
    chunks: async function* () {
      for (; source.asked < count; source.asked++) yield Buffer.alloc(bytes, source.asked);
    },
    chunkLengths: async function* () {},
    close: async () => {},
  };
  return source satisfies SnapshotSource;
}

/** A gate that waits until it is opened. */
class Gate {
  readonly opened: Promise<void>;
  #open: (() => void) | undefined;

  constructor() {
    this.opened = new Promise((resolve) => {
      this.#open = resolve;
    });
  }

  open(): void {
    this.#open?.();
  }
}

test('a state arrives whole and in order, after its header', async () => {
  const pieces: number[] = [];
  let announced: SnapshotHeader | undefined;
  const two = await startMember('m2', {
    takeSnapshot: async (given, chunks) => {
      announced = given;
      for await (const chunk of chunks) {
        expect(chunk).toHaveLength(128 << 10);
        pieces.push(chunk[0] ?? -1);
      }
    },
  });
  const one = await startMember('m1');
  one.transport.setPeers([{ id: 'm2', urls: [two.url] }]);
  await one.transport.sendSnapshot('m2', header, sourceOf(100));
  expect(announced).toEqual(header);
  expect(pieces).toEqual(Array.from({ length: 100 }, (_, at) => at));
});

test('a receiver that is slow is not sent more than it takes, and messages pass by', async () => {
  const gate = new Gate();
  let taken = 0;
  const two = await startMember('m2', {
    takeSnapshot: async (_header, chunks) => {
      for await (const chunk of chunks) {
        taken += chunk.length > 0 ? 1 : 0;
        await gate.opened;
      }
    },
  });
  const one = await startMember('m1');
  one.transport.setPeers([{ id: 'm2', urls: [two.url] }]);
  const source = sourceOf(400);
  const sending = one.transport.sendSnapshot('m2', header, source);
  await vi.waitFor(() => expect(taken).toBe(1), patience);
  // Fifty messages go to and fro while the snapshot stands still.
  for (let id = 1; id <= 50; id++) {
    await vi.waitFor(() => {
      if (two.received.length < id) one.transport.send('m2', [questionOf(id)]);
      expect(two.received.length).toBeGreaterThanOrEqual(id);
    }, patience);
  }
  expect(source.asked).toBeLessThan(60);
  gate.open();
  await sending;
  expect(taken).toBe(400);
});

test('a chunk that is larger than the window arrives whole', async () => {
  const lengths: number[] = [];
  const two = await startMember('m2', {
    takeSnapshot: async (_header, chunks) => {
      for await (const chunk of chunks) lengths.push(chunk.length);
    },
  });
  const one = await startMember('m1');
  one.transport.setPeers([{ id: 'm2', urls: [two.url] }]);
  await one.transport.sendSnapshot('m2', header, sourceOf(3, 9 << 20));
  expect(lengths).toEqual([9 << 20, 9 << 20, 9 << 20]);
});

test("the receiver's refusal reaches the sender", async () => {
  const two = await startMember('m2', {
    takeSnapshot: () => Promise.reject(new Error('there is no room')),
  });
  const one = await startMember('m1');
  one.transport.setPeers([{ id: 'm2', urls: [two.url] }]);
  await expect(one.transport.sendSnapshot('m2', header, sourceOf(50))).rejects.toThrow(
    'there is no room',
  );
});

test('a sender that fails, or is stopped, does not leave the receiver waiting', async () => {
  const ends: string[] = [];
  let pieces = 0;
  const two = await startMember('m2', {
    takeSnapshot: async (_header, chunks) => {
      try {
        for await (const chunk of chunks) pieces += Math.sign(chunk.length);
        ends.push('whole');
      } catch (error) {
        ends.push('broken');
        throw error;
      }
    },
  });
  const one = await startMember('m1');
  one.transport.setPeers([{ id: 'm2', urls: [two.url] }]);
  const failing: SnapshotSource = {
    ...sourceOf(0),
    chunks: async function* () {
      yield Buffer.from('some');
      await vi.waitFor(() => expect(pieces).toBe(1), patience);
      throw new Error('the disk cannot be read');
    },
  };
  await expect(one.transport.sendSnapshot('m2', header, failing)).rejects.toThrow(
    'the disk cannot be read',
  );
  await vi.waitFor(() => expect(ends).toEqual(['broken']), patience);

  const endless: SnapshotSource = { ...sourceOf(0), chunks: () => sourceOf(Infinity).chunks() };
  const sending = one.transport.sendSnapshot('m2', header, endless);
  const ended = expect(sending).rejects.toThrow();
  await vi.waitFor(() => expect(pieces).toBeGreaterThan(10), patience);
  await one.transport.stop();
  await ended;
  await vi.waitFor(() => expect(ends).toEqual(['broken', 'broken']), patience);

  const three = await startMember('m3');
  three.transport.setPeers([{ id: 'm2', urls: [two.url] }]);
  await three.transport.sendSnapshot('m2', header, sourceOf(3));
  expect(ends).toEqual(['broken', 'broken', 'whole']);
});

test('a snapshot that stands still is given up by both sides', async () => {
  const clock = new SteppedClock();
  const ends: string[] = [];
  const two = await startMember('m2', {
    clock,
    takeSnapshot: async (_header, chunks) => {
      try {
        for await (const chunk of chunks) ends.push(`took ${chunk.length > 0}`);
      } catch (error) {
        ends.push('gave up');
        throw error;
      }
    },
  });
  const one = await startMember('m1', { clock });
  const wire = await wireTo(two.url);
  one.transport.setPeers([{ id: 'm2', urls: [wire.url] }]);
  const gate = new Gate();
  const held: SnapshotSource = {
    ...sourceOf(0),
    chunks: async function* () {
      yield Buffer.from('first');
      await gate.opened;
      yield* sourceOf(200).chunks();
    },
  };
  const sending = one.transport.sendSnapshot('m2', header, held);
  const failed = expect(sending).rejects.toThrow();
  await vi.waitFor(() => expect(ends).toEqual(['took true']), patience);
  wire.hold();
  gate.open();
  await vi.waitFor(() => {
    clock.pass(1000);
    expect(ends).toEqual(['took true', 'gave up']);
  }, patience);
  await failed;
});
