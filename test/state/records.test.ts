import { Packr } from 'msgpackr';
import { expect, test } from 'vitest';
import { BrokenInvariant } from '../../src/base/assert.ts';
import { RegistryError } from '../../src/base/errors.ts';
import { encodeCommand, State } from '../../src/state/index.ts';
import type { Command } from '../../src/state/index.ts';
import { MemoryEngine } from './memory-engine.ts';
import { plain } from './plain.ts';
import { compact, del, everything, grant, one, put, rangeRequest, txn } from './requests.ts';

/** The records of the first release after `commands`. These bytes must never change. */
const written: readonly string[] = [
  '6b00000000000000020000000000000000 010161020131',
  '6b00000000000000030000000000000000 0201610202fffffffffffffffb32',
  '6b00000000000000030000000000000001 0102ff000301',
  '6b00000000000000040000000000000000 01016204016262',
  '6b00000000000000050000000000000000 0362',
  '6b00000000000000060000000000000000 0182016b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b060178',
  '6c7fffffffffffffff 92cb4200c388d000000000',
  '6cfffffffffffffffb 923c19',
  '73616c61726d73 9192a162a86e6f2d7370616365',
  '73636c75737465722d76657273696f6e 91a5332e372e30',
  '73636f6d706163746564 9103',
  '73666f726d6174 9101',
  '736d656d62657273 929195a162a67a77c3b66c6691aa687474703a2f2f613a3191aa687474703a2f2f623a32c391a161',
];

const member = { name: '', peerUrls: ['http://a:1'], clientUrls: [], isLearner: false };
const commands: readonly Command[] = [
  grant(0x7fff_ffff_ffff_ffffn, 9_000_000_000),
  grant(-5n, 60),
  { kind: 'lease-checkpoint', leases: [{ id: -5n, remainingSeconds: 25 }] },
  put('a', '1'),
  txn([], [put('a', '2', { lease: -5n }), put('\xff\0', ''), del(one('gone'))]),
  put('b', 'bb'),
  del(one('b')),
  put('k'.repeat(130), 'x'),
  compact(3),
  { kind: 'member-add', member: { ...member, id: 'b', isLearner: true } },
  { kind: 'member-remove', id: 'a' },
  { kind: 'member-publish', id: 'b', name: 'zwölf', clientUrls: ['http://b:2'] },
  { kind: 'alarm', action: 'activate', memberId: 'b', type: 'no-space' },
  { kind: 'cluster-version', version: '3.7.0' },
];

function fill(engine: MemoryEngine): State {
  const state = State.create(engine, { members: [{ id: 'a', ...member }] });
  for (const [at, command] of commands.entries()) state.apply(at + 1, encodeCommand(command));
  return state;
}

test('a data directory is written as the first release wrote it', () => {
  const engine = new MemoryEngine();
  fill(engine);
  expect(engine.rows()).toEqual(written);
});

test('a data directory of the first release can be read', async () => {
  const engine = new MemoryEngine();
  for (const row of written) {
    const [key = '', value = ''] = row.split(' ');
    engine.put(Buffer.from(key, 'hex').toString('latin1'), Buffer.from(value, 'hex'));
  }
  const state = await State.load(engine, commands.length);
  const live = fill(new MemoryEngine());
  expect(state.digest()).toBe(live.digest());
  expect(everythingIn(state)).toBe(everythingIn(live));
});

function everythingIn(state: State): string {
  const { members, removedMembers, alarms, clusterVersion, keyCount, sizeInUseBytes } = state;
  const leases = state.leases.list().map(({ id, ttlSeconds, remainingSeconds, keys }) => ({
    id,
    ttlSeconds,
    remainingSeconds,
    keys,
  }));
  return plain([
    state.range(rangeRequest(everything)),
    state.range(rangeRequest(everything, { revision: 3 })),
    state.read({ revision: 3, sub: 0 }, { revisionsMax: 100, eventsMax: 1000, bytesMax: 1e6 }),
    leases.toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    [members, removedMembers, alarms, clusterVersion, keyCount, sizeInUseBytes],
  ]);
}

test('keys and values of every length come back from the engine', async () => {
  const lengths = [1, 127, 128, 255, 256, 16_383, 16_384, 70_000];
  const engine = new MemoryEngine();
  const state = State.create(engine, { members: [] });
  for (const [at, length] of lengths.entries()) {
    const key = '\xff\0'.repeat(length).slice(0, length);
    state.apply(at + 1, encodeCommand(put(key, 'v\x80'.repeat(length), { lease: 0n })));
  }
  const all = rangeRequest(everything);
  const loaded = await State.load(engine, lengths.length, { cacheBytesMax: 0 });
  expect(plain(loaded.range(all))).toBe(plain(state.range(all)));
  expect(loaded.range(all).count).toBe(lengths.length);
});

test('the state keeps nothing of the buffers that bring commands', () => {
  const state = State.create(new MemoryEngine(), { members: [] });
  const message = encodeCommand(put('key', 'value'));
  const { events } = state.apply(1, message);
  message.fill(0);
  expect(plain(state.range(rangeRequest(one('key'))).kvs[0]?.value)).toBe('"value"');
  expect(plain(events[0]?.kv.value)).toBe('"value"');
});

test('a value may come as any kind of byte array', () => {
  const state = State.create(new MemoryEngine(), { members: [] });
  const { request } = put('key', '');
  const value = new Uint8Array([0, 1, 255]);
  state.apply(1, encodeCommand({ kind: 'put', request: { ...request, value } }));
  expect([...(state.range(rangeRequest(one('key'))).kvs[0]?.value ?? [])]).toEqual([0, 1, 255]);
});

test('entries are taken in one after the other; one without a command counts too', () => {
  const state = State.create(new MemoryEngine(), { members: [] });
  state.applySkip(1);
  expect(state.apply(2, new Uint8Array())).toEqual({
    result: { kind: 'done' },
    revision: 1,
    events: [],
    isLarge: false,
  });
  expect(() => state.apply(2, encodeCommand(put('a', '1')))).toThrow(BrokenInvariant);
  expect(() => state.apply(4, encodeCommand(put('a', '1')))).toThrow(BrokenInvariant);
  expect(state.apply(3, encodeCommand(put('a', '1'))).revision).toBe(2);
});

test('a store that was never created is refused', async () => {
  await expect(State.load(new MemoryEngine(), 0)).rejects.toThrow(RegistryError);
});

test('a store of a newer format is refused', async () => {
  const engine = new MemoryEngine();
  fill(engine);
  engine.put('sformat', new Packr({ useRecords: false }).pack([2]));
  await expect(State.load(engine, 1)).rejects.toThrow(/format 2.*run a newer/);
});

test('a record of an unknown layout stops the member', async () => {
  const engine = new MemoryEngine();
  fill(engine);
  const [recordKey = ''] = [...engine.keys()].filter((key) => key.startsWith('k'));
  engine.put(recordKey, Buffer.of(9, 1, 2));
  await expect(State.load(engine, 1)).rejects.toThrow(/unknown layout 9.*newer release/);
});
