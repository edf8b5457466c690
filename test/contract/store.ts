import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { RegistryError } from '../../src/base/errors.ts';
import type { Entry, HardState, SnapshotPosition } from '../../src/raft/index.ts';
import type { Store, StoreWrite } from '../../src/replica/index.ts';

/** The disk of stores, which outlives them. */
export interface Disk {
  /** Opens a store on the current content of the disk; the former one is not used any more. */
  open(): Promise<Store>;
  /** Kills the process: unwritten data is lost. */
  crash(): Promise<void>;
  dispose(): Promise<void>;
}

export const owner = { clusterId: 'c1', memberId: 'm1' };
export const base: SnapshotPosition = {
  index: 1,
  term: 1,
  configuration: { voters: ['m1', 'm2'], outgoing: [], learners: ['m3'] },
};

export function entryOf(index: number, term: number, text = `entry ${index} of ${term}`): Entry {
  return { index, term, kind: 'command', data: Buffer.from(text) };
}

export function writeOf(parts: Partial<StoreWrite>): StoreWrite {
  return {
    hardState: undefined,
    entries: [],
    base: undefined,
    appliedIndex: undefined,
    ahead: false,
    sync: true,
    ...parts,
  };
}

/** All records that the engine holds, as text. */
export async function stateOf(store: Store): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for await (const batch of store.engine.scan('', '\u00ff')) {
    for (const { key, value } of batch) found[key] = Buffer.from(value).toString();
  }
  return found;
}

/** A store with an owner, and nothing else. */
export async function created(disk: Disk): Promise<Store> {
  const store = await disk.open();
  await store.load();
  await store.create(owner, base);
  return store;
}

export async function put(
  store: Store,
  appliedIndex: number,
  records: Record<string, string>,
): Promise<void> {
  for (const [key, value] of Object.entries(records)) store.engine.put(key, Buffer.from(value));
  await store.write(writeOf({ appliedIndex }));
}

async function chunksOf(store: Store): Promise<Uint8Array[]> {
  const source = await store.openSnapshot();
  const chunks: Uint8Array[] = [];
  for await (const chunk of source.chunks()) chunks.push(Buffer.from(chunk));
  await source.close();
  return chunks;
}

async function crashed(disk: Disk): Promise<Store> {
  await disk.crash();
  return disk.open();
}

/** A store whose disk holds more than fits into one piece. */
async function foreign(disk: Disk): Promise<Store> {
  const store = await created(disk);
  const big = 'v'.repeat(50_000);
  await put(store, 9, { f1: big, f2: big, f3: big, f4: big, shared: 'foreign' });
  return store;
}

/** The contract of every store. */
export function testStoreContract(makeDisk: () => Promise<Disk>): void {
  const testOn = (name: string, body: (disk: Disk) => Promise<void>): void => {
    test(name, async () => {
      const disk = await makeDisk();
      try {
        await body(disk);
      } finally {
        await disk.dispose();
      }
    });
  };
  testLog(testOn);
  testState(testOn);
  testAhead(testOn, makeDisk);
  testSnapshots(testOn, makeDisk);
  testModel(makeDisk);
}

type TestOn = (name: string, body: (disk: Disk) => Promise<void>) => void;

function testLog(testOn: TestOn): void {
  testOn('an empty disk belongs to nobody and holds no log', async (disk) => {
    const store = await disk.open();
    const { identity, entries, base: found, appliedIndex } = await store.load();
    expect({ identity, entries, index: found.index, appliedIndex }).toEqual({
      identity: undefined,
      entries: [],
      index: 0,
      appliedIndex: 0,
    });
  });

  testOn('what a store begins with is there after a crash', async (disk) => {
    const store = await disk.open();
    await store.load();
    store.engine.put('k', Buffer.from('genesis'));
    await store.create(owner, base);
    const again = await crashed(disk);
    expect(await again.load()).toEqual({
      identity: owner,
      hardState: { term: 1, vote: undefined, commit: 1 },
      base,
      entries: [],
      appliedIndex: 1,
    });
    expect(await stateOf(again)).toEqual({ k: 'genesis' });
  });

  testOn('entries of every kind and the hard state are there after a crash', async (disk) => {
    const store = await created(disk);
    const hardState: HardState = { term: 2 ** 40, vote: 'm2', commit: 3 };
    const entries: Entry[] = [
      { index: 2, term: 2, kind: 'empty', data: Buffer.alloc(0) },
      entryOf(3, 2),
      {
        index: 4,
        term: 2 ** 40,
        kind: 'membership',
        data: Buffer.from([0, 255]),
        configuration: { voters: ['m1'], outgoing: ['m1', 'm2'], learners: [] },
      },
    ];
    await store.write(writeOf({ hardState, entries }));
    const found = await (await crashed(disk)).load();
    expect(found.hardState).toEqual(hardState);
    expect(found.entries).toEqual(entries);
  });

  for (const [from, name] of [
    [2, 'at the first entry'],
    [4, 'between two writes'],
    [5, 'inside of what was one write'],
    [7, 'right behind the last one'],
  ] as const) {
    testOn(`entries replace what the log held, ${name}`, async (disk) => {
      const store = await created(disk);
      await store.write(writeOf({ entries: [2, 3].map((index) => entryOf(index, 1)) }));
      await store.write(writeOf({ entries: [4, 5, 6].map((index) => entryOf(index, 1)) }));
      await store.write(writeOf({ entries: [entryOf(from, 7)] }));
      const { entries } = await (await crashed(disk)).load();
      const kept = [2, 3, 4, 5, 6].filter((index) => index < from);
      expect(entries).toEqual([...kept.map((index) => entryOf(index, 1)), entryOf(from, 7)]);
    });
  }

  testOn('a log that was cut goes on from there', async (disk) => {
    const store = await created(disk);
    await store.write(writeOf({ entries: [2, 3, 4, 5].map((index) => entryOf(index, 1)) }));
    await store.write(writeOf({ entries: [entryOf(4, 2)] }));
    await store.write(writeOf({ entries: [entryOf(3, 3), entryOf(4, 3)] }));
    await store.write(writeOf({ entries: [entryOf(5, 3)] }));
    const { entries } = await (await crashed(disk)).load();
    expect(entries.map(({ index, term }) => [index, term])).toEqual([
      [2, 1],
      [3, 3],
      [4, 3],
      [5, 3],
    ]);
  });

  testOn('a shortened log begins after its base, and goes on at its end', async (disk) => {
    const store = await created(disk);
    await store.write(writeOf({ entries: [2, 3].map((index) => entryOf(index, 1)) }));
    await store.write(writeOf({ entries: [4, 5, 6].map((index) => entryOf(index, 1)) }));
    const shorter = { ...base, index: 4 };
    await store.write(writeOf({ base: shorter, appliedIndex: 4, entries: [entryOf(7, 1)] }));
    const again = await crashed(disk);
    const found = await again.load();
    expect(found.base).toEqual(shorter);
    expect(found.entries).toEqual([5, 6, 7].map((index) => entryOf(index, 1)));
    await again.write(writeOf({ entries: [entryOf(6, 2)] }));
    const { entries } = await (await crashed(disk)).load();
    expect(entries).toEqual([entryOf(5, 1), entryOf(6, 2)]);
  });
}

function testState(testOn: TestOn): void {
  testOn('the engine shows its writes at once, before and while they are written', async (disk) => {
    const store = await created(disk);
    await put(store, 1, { a: 'old', b: 'old' });
    store.engine.put('a', Buffer.from('new'));
    store.engine.delete('b');
    const seen = () => [store.engine.get('a'), store.engine.get('b')].map((v) => v && String(v));
    expect(seen()).toEqual(['new', undefined]);
    const writing = store.write(writeOf({ appliedIndex: 1 }));
    expect(seen()).toEqual(['new', undefined]);
    await writing;
    expect(seen()).toEqual(['new', undefined]);
    expect(await stateOf(store)).toEqual({ a: 'new' });
  });

  testOn('a write carries exactly what the engine was told before it', async (disk) => {
    const store = await created(disk);
    store.engine.put('before', Buffer.from('1'));
    const writing = store.write(writeOf({ entries: [entryOf(2, 1)], appliedIndex: 2 }));
    store.engine.put('after', Buffer.from('2'));
    await writing;
    expect(store.pendingBytes).toBeGreaterThan(0);
    const again = await crashed(disk);
    expect((await again.load()).appliedIndex).toBe(2);
    expect(await stateOf(again)).toEqual({ before: '1' });
  });

  testOn(
    'state that no write carried is gone after a crash, applied index and all',
    async (disk) => {
      const store = await created(disk);
      await put(store, 1, { a: '1' });
      store.engine.put('a', Buffer.from('2'));
      store.engine.put('b', Buffer.from('2'));
      await store.write(writeOf({ entries: [entryOf(2, 1)] }));
      const again = await crashed(disk);
      expect((await again.load()).appliedIndex).toBe(1);
      expect(await stateOf(again)).toEqual({ a: '1' });
    },
  );

  testOn('a scan merges what waits with what is written, in byte order', async (disk) => {
    const store = await created(disk);
    await put(store, 1, { b: 'old', d: 'old', 'd\u0000': 'old', '\u00ff': 'old' });
    store.engine.put('c', Buffer.from('new'));
    store.engine.put('b', Buffer.from('new'));
    store.engine.delete('d');
    const keys: string[] = [];
    for await (const batch of store.engine.scan('b', 'e')) {
      for (const { key, value } of batch) keys.push(`${key}=${String(value)}`);
    }
    expect(keys).toEqual(['b=new', 'c=new', 'd\u0000=old']);
  });

  testOn('bytes wait until a write takes them', async (disk) => {
    const store = await created(disk);
    expect(store.pendingBytes).toBe(0);
    store.engine.put('key', Buffer.alloc(1000));
    expect(store.pendingBytes).toBeGreaterThanOrEqual(1000);
    await store.write(writeOf({ entries: [entryOf(2, 1)] }));
    expect(store.pendingBytes).toBeGreaterThanOrEqual(1000);
    await store.write(writeOf({ appliedIndex: 2 }));
    expect(store.pendingBytes).toBe(0);
  });
}

/** Appends more records than fit into one write. */
function appendMany(store: Store, first: number): number {
  let at = first;
  while (!store.isFull) {
    store.engine.append(`k${String(at).padStart(7, '0')}`, Buffer.from(`value ${at}`));
    at++;
  }
  return at;
}

/** Writes parts until the rest fits into one write. */
async function writeAhead(store: Store): Promise<number> {
  let parts = 0;
  for (; store.isPartDue; parts++) await store.write(writeOf({ ahead: true, sync: false }));
  return parts;
}

function testAhead(testOn: TestOn, makeDisk: () => Promise<Disk>): void {
  testOn('what was written ahead of its applied index is gone after a crash', async (disk) => {
    const store = await created(disk);
    await put(store, 1, { a: '1' });
    store.engine.append('k0', Buffer.from('before'));
    await store.write(writeOf({ appliedIndex: 2, entries: [entryOf(2, 1), entryOf(3, 1)] }));
    const end = appendMany(store, 1);
    store.engine.put('a', Buffer.from('2'));
    expect(await writeAhead(store)).toBeGreaterThan(1);
    expect(store.isBehind).toBe(true);
    expect(String(store.engine.get('k0000001'))).toBe('value 1');
    const again = await crashed(disk);
    const { appliedIndex } = await again.load();
    expect(appliedIndex).toBe(2);
    expect(again.isBehind).toBe(false);
    expect(await stateOf(again)).toEqual({ a: '1', k0: 'before' });
    // The log makes the same records again, and this time completes.
    appendMany(again, 1);
    await writeAhead(again);
    again.engine.delete('k0000001');
    await again.write(writeOf({ appliedIndex: 3 }));
    const last = await crashed(disk);
    expect((await last.load()).appliedIndex).toBe(3);
    const found = await stateOf(last);
    expect(Object.keys(found)).toHaveLength(end - 1 - 1 + 2);
    expect(found).toMatchObject({ k0: 'before', k0000002: 'value 2' });
  });

  testOn('the log goes on while parts of the state are written ahead', async (disk) => {
    const store = await created(disk);
    appendMany(store, 1);
    for (let index = 2; store.isPartDue; index++) {
      await store.write(writeOf({ ahead: true, entries: [entryOf(index, 1)] }));
    }
    const found = await (await crashed(disk)).load();
    expect(found.appliedIndex).toBe(1);
    expect(found.entries.length).toBeGreaterThan(1);
  });

  testOn('a snapshot has nothing of what was written ahead', async (disk) => {
    const store = await created(disk);
    await put(store, 1, { a: '1', z: '1' });
    appendMany(store, 1);
    await writeAhead(store);
    const source = await store.openSnapshot();
    const other = await makeDisk();
    const copy = await created(other);
    const stage = await copy.stageSnapshot();
    for await (const chunk of source.chunks()) await stage.write(chunk);
    await stage.finish();
    await source.close();
    await copy.adoptSnapshot(stage, { ...base, index: 9, term: 4 }, undefined);
    expect(await stateOf(copy)).toEqual({ a: '1', z: '1' });
    await other.dispose();
  });

  testOn(
    'a snapshot that is adopted takes the place of what was written ahead, too',
    async (disk) => {
      const store = await created(disk);
      appendMany(store, 1);
      await writeAhead(store);
      const other = await makeDisk();
      const chunks = await chunksOf(await foreign(other));
      await other.dispose();
      const stage = await store.stageSnapshot();
      for (const chunk of chunks) await stage.write(chunk);
      await stage.finish();
      await store.adoptSnapshot(stage, { ...base, index: 9, term: 4 }, undefined);
      expect(store.isBehind).toBe(false);
      const again = await crashed(disk);
      await again.load();
      expect(Object.keys(await stateOf(again))).toEqual(['f1', 'f2', 'f3', 'f4', 'shared']);
    },
  );
}

function testSnapshots(testOn: TestOn, makeDisk: () => Promise<Disk>): void {
  const position: SnapshotPosition = { ...base, index: 9, term: 4 };
  const hardState: HardState = { term: 5, vote: 'm2', commit: 9 };

  testOn('a snapshot shows the state as it was flushed when it was opened', async (disk) => {
    const store = await created(disk);
    await put(store, 1, { a: '1', b: '1' });
    store.engine.put('c', Buffer.from('not flushed'));
    const source = await store.openSnapshot();
    store.engine.delete('a');
    await put(store, 2, { b: '2' });
    expect(source.appliedIndex).toBe(1);
    const other = await makeDisk();
    const copy = await created(other);
    const stage = await copy.stageSnapshot();
    for await (const chunk of source.chunks()) await stage.write(chunk);
    await stage.finish();
    await source.close();
    await copy.adoptSnapshot(stage, position, undefined);
    expect(await stateOf(copy)).toEqual({ a: '1', b: '1' });
    await other.dispose();
  });

  testOn('an adopted snapshot takes the place of state and log at once', async (disk) => {
    const store = await created(disk);
    await put(store, 1, { own: 'old', shared: 'own' });
    await store.write(writeOf({ entries: [entryOf(2, 1), entryOf(3, 1)] }));
    store.engine.put('own', Buffer.from('not flushed'));
    const other = await makeDisk();
    const chunks = await chunksOf(await foreign(other));
    await other.dispose();
    expect(chunks.length).toBeGreaterThan(2);
    for (const chunk of chunks) expect(chunk.length).toBeLessThan(256 << 10);
    const stage = await store.stageSnapshot();
    for (const chunk of chunks) await stage.write(chunk);
    await stage.finish();
    const before = store.engine;
    await store.adoptSnapshot(stage, position, hardState);
    expect(store.engine).not.toBe(before);
    for (const at of [store, await crashed(disk)]) {
      if (at !== store) {
        expect(await at.load()).toEqual({
          identity: owner,
          hardState,
          base: position,
          entries: [],
          appliedIndex: 9,
        });
      }
      expect(Object.keys(await stateOf(at))).toEqual(['f1', 'f2', 'f3', 'f4', 'shared']);
      expect(String(at.engine.get('shared'))).toBe('foreign');
      expect(at.engine.get('own')).toBeUndefined();
    }
  });

  testOn(
    'a crash between staging and adopting leaves the old state, and no trace',
    async (disk) => {
      const store = await created(disk);
      await put(store, 1, { own: '1' });
      const other = await makeDisk();
      const source = await foreign(other);
      const chunks = await chunksOf(source);
      const stage = await store.stageSnapshot();
      for (const chunk of chunks) await stage.write(chunk);
      await stage.finish();
      const again = await crashed(disk);
      expect((await again.load()).base).toEqual(base);
      expect(await stateOf(again)).toEqual({ own: '1' });
      // Another state is staged in the place of the abandoned one, which must not show.
      source.engine.delete('f1');
      await put(source, 10, { f2: 'small' });
      const second = await again.stageSnapshot();
      for (const chunk of await chunksOf(source)) await second.write(chunk);
      await second.finish();
      await again.adoptSnapshot(second, position, undefined);
      expect(Object.keys(await stateOf(again))).toEqual(['f2', 'f3', 'f4', 'shared']);
      await other.dispose();
    },
  );

  testOn('a second snapshot abandons the first', async (disk) => {
    const other = await makeDisk();
    const chunks = await chunksOf(await foreign(other));
    await other.dispose();
    const store = await created(disk);
    await put(store, 1, { own: '1' });
    const first = await store.stageSnapshot();
    await first.write(chunks[0] ?? Buffer.alloc(0));
    const second = await store.stageSnapshot();
    await expect(first.write(chunks[1] ?? Buffer.alloc(0))).rejects.toThrow(RegistryError);
    await expect(store.adoptSnapshot(first, position, undefined)).rejects.toThrow(RegistryError);
    for (const chunk of chunks) await second.write(chunk);
    await second.finish();
    await store.adoptSnapshot(second, position, undefined);
    expect(Object.keys(await stateOf(store))).toEqual(['f1', 'f2', 'f3', 'f4', 'shared']);
  });

  testOn('a snapshot without its end is not adopted', async (disk) => {
    const other = await makeDisk();
    const chunks = await chunksOf(await foreign(other));
    await other.dispose();
    const store = await created(disk);
    await put(store, 1, { own: '1' });
    const stage = await store.stageSnapshot();
    for (const chunk of chunks.slice(0, -1)) await stage.write(chunk);
    await expect(stage.finish()).rejects.toThrow('its end is missing');
    await expect(store.adoptSnapshot(stage, position, undefined)).rejects.toThrow(RegistryError);
    await stage.abandon();
    expect(await stateOf(store)).toEqual({ own: '1' });
  });

  testOn('a damaged piece, or one out of order, is refused', async (disk) => {
    const other = await makeDisk();
    const chunks = await chunksOf(await foreign(other));
    await other.dispose();
    const store = await created(disk);
    const [first = Buffer.alloc(0), second = Buffer.alloc(0)] = chunks;
    for (const at of [0, 1, 5, first.length >> 1, first.length - 1]) {
      const stage = await store.stageSnapshot();
      const damaged = Buffer.from(first);
      damaged[at] = (damaged[at] ?? 0) ^ 0x10;
      await expect(stage.write(damaged)).rejects.toThrow(
        /the snapshot is damaged: .*send it again/,
      );
    }
    const stage = await store.stageSnapshot();
    await expect(stage.write(second)).rejects.toThrow('a checksum is wrong');
    await expect((await store.stageSnapshot()).write(Buffer.from('garbage'))).rejects.toThrow(
      RegistryError,
    );
  });

  testOn('a state can be staged before the disk has an owner', async (disk) => {
    const other = await makeDisk();
    const chunks = await chunksOf(await foreign(other));
    await other.dispose();
    const store = await disk.open();
    await store.load();
    const stage = await store.stageSnapshot();
    for (const chunk of chunks) await stage.write(chunk);
    await stage.finish();
    await store.create(owner, base);
    await store.adoptSnapshot(stage, position, { term: 4, vote: undefined, commit: 0 });
    const again = await crashed(disk);
    expect(await again.load()).toMatchObject({ identity: owner, base: position, appliedIndex: 9 });
    expect(Object.keys(await stateOf(again))).toEqual(['f1', 'f2', 'f3', 'f4', 'shared']);
  });
}

type Step =
  | {
      readonly kind: 'append';
      readonly back: number;
      readonly count: number;
      readonly bytes: number;
    }
  | { readonly kind: 'change'; readonly key: string; readonly value: string | undefined }
  | { readonly kind: 'flush' | 'shorten' | 'flush-and-append' | 'crash' };

/** Around a sector, a page, the longest lengths of two bytes and of three, and what a file of the log grows by. */
const entryBytes = fc.constantFrom(0, 1, 20, 20, 480, 512, 4050, 4096, 16_383, 65_536, 262_144);

const anyStep: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: fc.constant('append' as const),
    back: fc.nat({ max: 4 }),
    count: fc.integer({ min: 1, max: 5 }),
    bytes: entryBytes,
  }),
  fc.record({
    kind: fc.constant('change' as const),
    key: fc.constantFrom('a', 'b', 'c', 'd'),
    value: fc.option(
      fc.oneof(
        { weight: 9, arbitrary: fc.string({ maxLength: 5, unit: 'grapheme-ascii' }) },
        { weight: 1, arbitrary: fc.constantFrom(5000, 40_000).map((bytes) => 'v'.repeat(bytes)) },
      ),
      { nil: undefined },
    ),
  }),
  fc.record({ kind: fc.constantFrom('flush', 'shorten', 'flush-and-append', 'crash') }),
);

function testModel(makeDisk: () => Promise<Disk>): void {
  test('a crash leaves what was synced, after any sequence of writes, flushes and truncations', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyStep, { maxLength: 40 }), async (steps) => {
        const disk = await makeDisk();
        try {
          await followModel(disk, steps);
        } finally {
          await disk.dispose();
        }
      }),
      { numRuns: 15 },
    );
  });
}

function longEntryOf(index: number, term: number, bytes: number): Entry {
  const data = Buffer.alloc(bytes, `entry ${index} of ${term},`);
  return { index, term, kind: 'command', data };
}

function textOf({ index, term, kind, data }: Entry): string {
  return `${index} ${term} ${kind} ${Buffer.from(data).toString()}`;
}

/** Entries are compared as texts: of long ones this takes far less time. */
async function expectFound(store: Store, log: readonly Entry[], rest: object): Promise<void> {
  const { entries, ...others } = await store.load();
  expect(others).toMatchObject(rest);
  expect(entries.map(textOf)).toEqual(log.map(textOf));
}

async function followModel(disk: Disk, steps: readonly Step[]): Promise<void> {
  let store = await created(disk);
  let log: Entry[] = [];
  let baseIndex = base.index;
  let term = 1;
  let appliedIndex = base.index;
  const pending = new Map<string, string | undefined>();
  const flushed = new Map<string, string>();
  const lastIndex = (): number => log.at(-1)?.index ?? baseIndex;

  const append = (back: number, count: number, bytes = 20): Entry[] => {
    term++;
    // Applied entries stay.
    const first = Math.max(lastIndex() + 1 - back, appliedIndex + 1);
    const entries = Array.from({ length: count }, (_, at) => longEntryOf(first + at, term, bytes));
    log = [...log.filter(({ index }) => index < first), ...entries];
    return entries;
  };
  const flush = (): number => {
    for (const [key, value] of pending) {
      if (value === undefined) flushed.delete(key);
      else flushed.set(key, value);
    }
    pending.clear();
    appliedIndex = lastIndex();
    return appliedIndex;
  };

  for (const step of steps) {
    switch (step.kind) {
      case 'append':
        await store.write(writeOf({ entries: append(step.back, step.count, step.bytes) }));
        break;
      case 'change':
        pending.set(step.key, step.value);
        if (step.value === undefined) store.engine.delete(step.key);
        else store.engine.put(step.key, Buffer.from(step.value));
        break;
      case 'flush':
        await store.write(writeOf({ appliedIndex: flush(), sync: false }));
        break;
      case 'flush-and-append': {
        const applied = flush();
        await store.write(writeOf({ appliedIndex: applied, entries: append(0, 2) }));
        break;
      }
      case 'shorten':
        baseIndex = appliedIndex;
        log = log.filter(({ index }) => index > baseIndex);
        await store.write(writeOf({ base: { ...base, index: baseIndex }, appliedIndex: flush() }));
        break;
      case 'crash':
        // A flush may be the last write, and need not be synced.
        await store.write(writeOf({ hardState: { term, vote: 'm1', commit: appliedIndex } }));
        store = await crashed(disk);
        await expectFound(store, log, {
          hardState: { term, vote: 'm1', commit: appliedIndex },
          base: { index: baseIndex },
          appliedIndex,
        });
        pending.clear();
        break;
    }
    if (step.kind === 'crash' || step.kind === 'flush') {
      expect(await stateOf(store)).toEqual(Object.fromEntries(flushed));
    }
  }
}
