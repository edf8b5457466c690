import { EventEmitter, once } from 'node:events';
import { describe, expect, test, vi } from 'vitest';
import { RegistryError } from '../../src/base/errors.ts';
import { singleKey } from '../../src/base/key.ts';
import { systemClock, systemRandom } from '../../src/platform/index.ts';
import type { Outcome, Replica, Store, TransportReceiver } from '../../src/replica/index.ts';
import type { Command } from '../../src/state/index.ts';
import type { WatchMessage } from '../../src/watch/index.ts';
import { putOf, rangeOf } from '../operations/stage.ts';
import { openStore, temporaryFolder } from '../storage/member.ts';
import { startOneMember } from './one-member.ts';

interface Member {
  readonly store: Store;
  readonly replica: Replica;
  /** What peers call. */
  readonly receiver: TransportReceiver;
  /** Resolves with what made the member stop itself. */
  readonly failed: Promise<unknown>;
}

/** A cluster's only member, on whatever its store holds. */
async function memberOn(store: Store): Promise<Member> {
  const fatal = new EventEmitter();
  const failed = once(fatal, 'error that ends it').then(([error]: unknown[]) => error);
  const started = await startOneMember(['m1'], {
    store,
    clock: systemClock(),
    random: systemRandom(),
    onFatal: (error) => void fatal.emit('error that ends it', error),
    // No value stays in memory, so that a command has to read.
    cacheBytesMax: 1,
  });
  return { store, ...started, failed };
}

function propose({ replica }: Member, command: Command): Promise<Outcome> {
  return new Promise((resolve) => replica.propose(command, Infinity, resolve));
}

function put(key: string, value: string | undefined): Extract<Command, { kind: 'put' }> {
  return { kind: 'put', request: { ...putOf(key, value), ignoreValue: value === undefined } };
}

/** Its second operation reads what `old` holds. */
function readingInTheMiddle(): Command {
  const success = [put('b', 'first half'), put('old', undefined), put('c', 'second half')];
  return { kind: 'txn', request: { compares: [], success, failure: [] } };
}

function keysOf({ replica }: Member): string[] {
  const everything = rangeOf({ start: '', end: undefined });
  return replica.state.range(everything).kvs.map(({ key, version }) => `${key} ${version}`);
}

/** What `old` holds is on its disk, and no longer in its memory. */
async function memberWithOldValue(directory: string): Promise<Member> {
  const former = await memberOn(await openStore(directory));
  await propose(former, put('old', 'value'));
  await end(former);
  const member = await memberOn(await openStore(directory));
  await propose(member, put('warm', 'value'));
  return member;
}

/** The next read of the disk fails, as it does when no more files can be opened. */
function failOneRead({ store }: Member): void {
  vi.spyOn(store.engine, 'get').mockImplementationOnce(() => {
    throw new Error('IO error: too many open files');
  });
}

async function end({ replica, store }: Member): Promise<void> {
  await replica.stop();
  await store.close();
}

test('a command that failed half-way is applied from its beginning after a restart', async () => {
  const directory = await temporaryFolder();
  const member = await memberWithOldValue(directory);

  failOneRead(member);
  const outcomes = Promise.all([
    propose(member, put('a', 'before it')),
    propose(member, readingInTheMiddle()),
    propose(member, put('d', 'after it')),
  ]);
  expect(String(await member.failed)).toContain('too many open files');
  const [before, failing] = await outcomes;
  expect(before.kind).toBe('applied');
  expect(failing).toMatchObject({ kind: 'failed', error: { code: 'timeout' } });
  expect(() => keysOf(member)).toThrow(expect.objectContaining({ code: 'stopped' }));
  await end(member);

  const again = await memberOn(await openStore(directory));
  await propose(again, put('e', 'value'));
  expect(keysOf(again)).toEqual(['a 1', 'b 1', 'c 1', 'd 1', 'e 1', 'old 2', 'warm 1']);
  await end(again);
});

test('a stopping member, too, writes nothing of a command that fails', async () => {
  const directory = await temporaryFolder();
  const member = await memberWithOldValue(directory);
  let stopped: Promise<void> | undefined;
  failOneRead(member);
  member.replica.propose(put('a', 'value'), Infinity, () => {
    stopped = member.replica.stop();
  });
  const failing = propose(member, readingInTheMiddle());
  await member.failed;
  await failing;
  await stopped;
  await member.store.close();

  const again = await memberOn(await openStore(directory));
  await propose(again, put('d', 'value'));
  expect(keysOf(again)).toEqual(['a 1', 'b 1', 'c 1', 'd 1', 'old 2', 'warm 1']);
  await end(again);
});

test('a failed member writes nothing more, neither records nor entries', async () => {
  const member = await memberWithOldValue(await temporaryFolder());
  const outcome = propose(member, readingInTheMiddle());
  failOneRead(member);
  await member.failed;
  await outcome;
  const written = vi.spyOn(member.store, 'write');

  await member.replica.stop();

  expect(member.store.pendingBytes).toBeGreaterThan(0);
  expect(written).not.toHaveBeenCalled();
  await member.store.close();
});

test('a failed member sends no progress to watchers', async () => {
  const member = await memberWithOldValue(await temporaryFolder());
  const told: WatchMessage[] = [];
  const stream = member.replica.watch.open({
    push: (message) => told.push(message) > 0,
    failed: () => {},
  });
  stream.create({
    range: singleKey('old'),
    startRevision: 0,
    watchId: 0,
    prevKv: true,
    progressNotify: true,
    noPut: false,
    noDelete: false,
    fragment: false,
  });
  // What was before is on the disk, and cannot be read.
  failOneRead(member);
  await propose(member, put('old', 'new'));
  await member.failed;

  stream.requestProgress();
  expect(told.map(({ kind }) => kind)).toEqual(['created']);
  await end(member);
});

/** A snapshot of somebody else, of which `first` happens before its first piece is there. */
async function snapshotAfter(first: () => unknown): Promise<AsyncIterable<Uint8Array>> {
  const store = await openStore(await temporaryFolder());
  const other = await memberOn(store);
  await propose(other, put('theirs', 'value'));
  await other.replica.stop();
  return (async function* () {
    await first();
    const source = await store.openSnapshot();
    yield* source.chunks();
    await source.close();
    await store.close();
  })();
}

const header = {
  term: 7,
  position: { index: 100, term: 7, configuration: { voters: ['m1'], outgoing: [], learners: [] } },
};

test.each([
  ['fails', (member: Member) => (failOneRead(member), propose(member, readingInTheMiddle()))],
  ['stops', (member: Member) => member.replica.stop()],
])('a snapshot that comes while the member %s is refused, and dropped', async (_how, happens) => {
  const member = await memberWithOldValue(await temporaryFolder());
  const staged = vi.spyOn(member.store, 'stageSnapshot');
  const chunks = await snapshotAfter(() => happens(member));

  const received = member.receiver.receiveSnapshot('m2', header, chunks);

  await expect(received).rejects.toMatchObject({ code: 'stopped' });
  const stage = await staged.mock.results[0]?.value;
  await expect(stage.finish()).rejects.toThrow();
  expect(member.replica.term).toBeLessThan(header.term);
  await end(member);
});

test('a stopped member installs no snapshot', async () => {
  const member = await memberOn(await openStore(await temporaryFolder()));
  await member.replica.stop();
  const staged = vi.spyOn(member.store, 'stageSnapshot');

  const received = member.receiver.receiveSnapshot('m2', header, await snapshotAfter(() => {}));

  await expect(received).rejects.toMatchObject({ code: 'stopped' });
  expect(staged).not.toHaveBeenCalled();
  await member.store.close();
});

async function* pieces(...some: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* some;
}

describe('a state that a peer sends', () => {
  test('ends the member if the disk fails at it, since nothing else may be written', async () => {
    const member = await memberOn(await openStore(await temporaryFolder()));
    const stage = await member.store.stageSnapshot();
    vi.spyOn(stage, 'write').mockRejectedValue(new Error('no space left on device'));
    vi.spyOn(member.store, 'stageSnapshot').mockResolvedValue(stage);

    const received = member.receiver.receiveSnapshot('m2', header, pieces(Buffer.of(1)));

    await expect(received).rejects.toThrow('no space left on device');
    expect(await member.failed).toMatchObject({ message: 'no space left on device' });
    await end(member);
  });

  test('is dropped if a piece is damaged, and the member goes on', async () => {
    const member = await memberOn(await openStore(await temporaryFolder()));

    const received = member.receiver.receiveSnapshot('m2', header, pieces(Buffer.of(1, 2, 3)));

    await expect(received).rejects.toThrow(RegistryError);
    expect(await propose(member, put('key', 'value'))).toMatchObject({ kind: 'applied' });
    await end(member);
  });
});
