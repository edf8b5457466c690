import * as fc from 'fast-check';
import { Packr } from 'msgpackr';
import { expect, test } from 'vitest';
import {
  decodeCommand,
  encodeCommand,
  isCommand,
  State,
  UnknownCommand,
} from '../../src/state/index.ts';
import type { Command, Operation, PutRequest } from '../../src/state/index.ts';
import { bytesOfKey, keyOf } from '../../src/base/key.ts';
import { anyUnsound } from '../lib/unsound.ts';
import { MemoryEngine } from './memory-engine.ts';
import { plain } from './plain.ts';
import { compact, del, everything, get, grant, one, put, revoke, txn } from './requests.ts';

const member = {
  id: '8e9e05c52164694d',
  name: 'zwölf',
  peerUrls: ['http://10.0.0.1:2380'],
  clientUrls: [],
  isLearner: true,
};

/** Commands as the first release encoded them. These bytes must never change, only be added to. */
const written: readonly (readonly [command: Command, hex: string])[] = [
  [put('k\xff', 'v\x00'), '019501c4026bffc40276000000'],
  [
    put('k', '', { lease: -1n, prevKv: true, ignoreValue: true, ignoreLease: true }),
    '019501c4016bc400d3ffffffffffffffff07',
  ],
  [
    put('k', '', { lease: 0x7fff_ffff_ffff_ffffn, ignoreLease: true }),
    '019501c4016bc400d37fffffffffffffff04',
  ],
  [del(one('k')), '019402c4016b0000'],
  [del({ start: 'a', end: 'b' }, true), '019402c40161c4016201'],
  [del(everything), '019402c400c000'],
  [
    txn(
      [
        { range: one('a'), result: 'equal', against: { target: 'version', value: 1 } },
        { range: one('b'), result: 'greater', against: { target: 'create', value: 300 } },
        { range: everything, result: 'less', against: { target: 'mod', value: 2 ** 40 } },
        { range: one('c'), result: 'not-equal', against: { target: 'lease', value: 7n } },
        { range: one('d'), result: 'equal', against: { target: 'lease', value: 0n } },
        { range: one('e'), result: 'less', against: { target: 'value', value: Buffer.from('x') } },
      ],
      [
        put('a', '1'),
        get(one('a')),
        del(one('b'), true),
        txn([], [], [put('c', '2', { lease: 7n })]),
      ],
      [
        get(everything, { limit: 3, revision: 9, sortOrder: 'descend', sortTarget: 'value' }),
        get({ start: 'a', end: undefined }, { keysOnly: true, minModRevision: 1 }),
        get(everything, { countOnly: true, sortOrder: 'ascend', sortTarget: 'version' }),
        get(everything, { sortTarget: 'create', maxModRevision: 2, minCreateRevision: 3 }),
        get(everything, { sortTarget: 'mod', maxCreateRevision: 4 }),
      ],
    ),
    '0194039695c401610000000195c40162000101cd012c95c400c00202cb427000000000000095c40163000303d3000000000000000795c401640000030095c40165000204c40178949501c40161c4013100009c00c40161000000000000000000009402c40162000194039090919501c40163c40132d3000000000000000700959c00c400c00309020400000000009c00c40161c00000000001010000009c00c400c00000010102000000009c00c400c00000000200000203009c00c400c0000000030000000004',
  ],
  [compact(2 ** 33), '019204cb4200000000000000'],
  [grant(0x7fff_ffff_ffff_ffffn, 9_000_000_000), '019305d37fffffffffffffffcb4200c388d0000000'],
  [revoke(-5n), '019206d3fffffffffffffffb'],
  [
    {
      kind: 'lease-checkpoint',
      leases: [
        { id: 7n, remainingSeconds: 30 },
        { id: 8n, remainingSeconds: 0 },
      ],
    },
    '0192079292d300000000000000071e92d3000000000000000800',
  ],
  [
    { kind: 'alarm', action: 'activate', memberId: member.id, type: 'no-space' },
    '01940800b03865396530356335323136343639346400',
  ],
  [{ kind: 'alarm', action: 'deactivate', memberId: undefined, type: 'corrupt' }, '01940801c001'],
  [
    { kind: 'member-add', member },
    '019609b038653965303563353231363436393464a67a77c3b66c6691b4687474703a2f2f31302e302e302e313a3233383090c3',
  ],
  [{ kind: 'member-remove', id: member.id }, '01920ab038653965303563353231363436393464'],
  [{ kind: 'member-promote', id: member.id }, '01920bb038653965303563353231363436393464'],
  [
    { kind: 'member-update', id: member.id, peerUrls: ['http://b:1', 'http://c:2'] },
    '01930cb03865396530356335323136343639346492aa687474703a2f2f623a31aa687474703a2f2f633a32',
  ],
  [
    { kind: 'member-publish', id: member.id, name: 'one', clientUrls: ['http://b:2379'] },
    '01940db038653965303563353231363436393464a36f6e6591ad687474703a2f2f623a32333739',
  ],
  [{ kind: 'cluster-version', version: '3.7.0' }, '01920ea5332e372e30'],
  [{ kind: 'member-level', id: member.id, level: 2 }, '01930fb03865396530356335323136343639346402'],
];

/** Commands as they are written since feature level 2; bound in the same way. */
const writtenSince2: readonly (readonly [command: Command, hex: string])[] = [
  [
    { ...put('k', 'v'), origin: { user: 'ann', authRevision: 7 } },
    '0293a3616e6e079501c4016bc401760000',
  ],
  [
    { ...compact(5), origin: { user: 'zwölf', authRevision: 2 ** 33 } },
    '0293a67a77c3b66c66cb4200000000000000920405',
  ],
];

/** Commands as they are written since feature level 4; bound in the same way. */
const writtenSince4: readonly (readonly [command: Command, hex: string])[] = [
  [{ kind: 'auth-enable' }, '019110'],
  [{ kind: 'auth-disable' }, '019111'],
  [{ kind: 'user-add', name: 'zwölf', passwordHash: '$2a$' }, '019312a67a77c3b66c66a424326124'],
  [{ kind: 'user-add', name: 'ann', passwordHash: undefined }, '019312a3616e6ec0'],
  [{ kind: 'user-delete', name: 'ann' }, '019213a3616e6e'],
  [{ kind: 'user-password', name: 'ann', passwordHash: '$2a$' }, '019314a3616e6ea424326124'],
  [{ kind: 'user-grant-role', name: 'ann', role: 'r' }, '019315a3616e6ea172'],
  [{ kind: 'user-revoke-role', name: 'ann', role: 'r' }, '019316a3616e6ea172'],
  [{ kind: 'role-add', name: 'r' }, '019217a172'],
  [{ kind: 'role-delete', name: 'r' }, '019218a172'],
  [
    { kind: 'role-grant', name: 'r', permission: { type: 'read', range: one('\xff') } },
    '019519a17200c401ff00',
  ],
  [
    { kind: 'role-grant', name: 'r', permission: { type: 'write', range: everything } },
    '019519a17201c400c0',
  ],
  [
    {
      kind: 'role-grant',
      name: 'r',
      permission: { type: 'readwrite', range: { start: 'a', end: 'b' } },
    },
    '019519a17202c40161c40162',
  ],
  [{ kind: 'role-revoke', name: 'r', range: one('a') }, '01941aa172c4016100'],
  [{ kind: 'login', user: 'ann', tokenHash: 'abc', authRevision: 7 }, '01941ba3616e6ea361626307'],
];

test('changes of users and roles are written as at feature level 4', () => {
  for (const [command, hex] of writtenSince4) {
    expect(Buffer.from(encodeCommand(command)).toString('hex')).toBe(hex);
    expect(plain(decodeCommand(Buffer.from(hex, 'hex')))).toBe(plain(command));
  }
});

test('commands of a user are written as at feature level 2', () => {
  for (const [command, hex] of writtenSince2) {
    expect(Buffer.from(encodeCommand(command)).toString('hex')).toBe(hex);
    expect(plain(decodeCommand(Buffer.from(hex, 'hex')))).toBe(plain(command));
  }
});

test('the origin of a command does not change its effect', () => {
  const states = [undefined, { user: 'ann', authRevision: 7 }].map((origin) => {
    const state = State.create(new MemoryEngine(), { members: [] });
    const command: Command = origin === undefined ? put('k', 'v') : { ...put('k', 'v'), origin };
    return [plain(state.apply(1, encodeCommand(command))), state.digest()];
  });
  expect(states[0]).toEqual(states[1]);
});

test('commands are written as the first release wrote them', () => {
  for (const [command, hex] of written) {
    expect(Buffer.from(encodeCommand(command)).toString('hex')).toBe(hex);
  }
});

test('commands in logs of the first release can be read', () => {
  for (const [command, hex] of written) {
    expect(plain(decodeCommand(Buffer.from(hex, 'hex')))).toBe(plain(command));
  }
});

const packr = new Packr({ useRecords: false });

const anyKey = fc.uint8Array({ minLength: 1, maxLength: 300 }).map(keyOf);
const anyPut = fc.record({
  key: anyKey,
  value: fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.constantFrom(0xff, 0x100, 0xffff, 0x1_0000).map((length) => Buffer.alloc(length, 'v')),
  ),
  lease: fc.oneof(fc.constant(0n), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })),
  prevKv: fc.boolean(),
  ignoreValue: fc.boolean(),
  ignoreLease: fc.boolean(),
});
const anyPuts = fc.array(
  anyPut.map((request): Operation => ({ kind: 'put', request })),
  { maxLength: 20 },
);

function fieldsOf({ key, value, lease, prevKv, ignoreValue, ignoreLease }: PutRequest): unknown[] {
  const flags = (prevKv ? 1 : 0) | (ignoreValue ? 2 : 0) | (ignoreLease ? 4 : 0);
  return [1, bytesOfKey(key), value, lease === 0n ? 0 : lease, flags];
}

function rowsOf(operations: readonly Operation[]): unknown[] {
  return operations.flatMap((operation) =>
    operation.kind === 'put' ? [fieldsOf(operation.request)] : [],
  );
}

test('puts, and transactions of puts, are written as the library writes their rows', () => {
  fc.assert(
    fc.property(anyPut, anyPuts, anyPuts, (request, success, failure) => {
      const single = encodeCommand({ kind: 'put', request });
      expect(single.equals(row(...fieldsOf(request)))).toBe(true);
      const both = encodeCommand(txn([], success, failure));
      expect(both.equals(row(3, [], rowsOf(success), rowsOf(failure)))).toBe(true);
    }),
  );
});

/** The parts of a command without its origin, or that it was refused. */
function read(bytes: Uint8Array): unknown {
  try {
    const { origin: _, ...command } = decodeCommand(bytes);
    return plain(command);
  } catch (error) {
    return error instanceof UnknownCommand ? 'refused' : error;
  }
}

test('bytes of a put are read as the library reads them, or refused as it refuses them', () => {
  const changes = fc.array(
    fc.record({
      at: fc.nat(60),
      to: fc.integer({ min: 0, max: 255 }),
      cut: fc.integer({ min: -1, max: 4 }),
    }),
    { maxLength: 2 },
  );
  fc.assert(
    fc.property(fc.oneof(anyPut, anyPuts), changes, (parts, changed) => {
      let bytes: Buffer = Array.isArray(parts)
        ? encodeCommand(txn([], parts, parts.slice(1)))
        : encodeCommand({ kind: 'put', request: parts });
      for (const { at, to, cut } of changed) {
        bytes = Buffer.concat([bytes], Math.max(1, bytes.length - cut));
        if (at > 0 && at < bytes.length) bytes[at] = to;
      }
      // Commands of a user are always read by the library.
      const ofUser = Buffer.concat([Buffer.from('0293a16107', 'hex'), bytes.subarray(1)]);
      const found = read(bytes);
      expect(found).toEqual(read(ofUser));
      expect(isCommand(bytes)).toBe(found !== 'refused');
    }),
    { numRuns: 1000 },
  );
});

/** A command as another release could write it. */
function row(...parts: unknown[]): Uint8Array {
  return Buffer.concat([Buffer.of(1), packr.pack(parts)]);
}

/** The same, on behalf of a user. */
function envelope(...parts: unknown[]): Uint8Array {
  return Buffer.concat([Buffer.of(2), packr.pack(parts)]);
}

const k = Buffer.from('k');

const unknown: readonly (readonly [what: string, bytes: Uint8Array])[] = [
  ['another format', Buffer.concat([Buffer.of(3), packr.pack([4, 1])])],
  ['an unknown kind in an envelope', envelope('ann', 1, [99, 1])],
  ['a further part of the envelope', envelope('ann', 1, [4, 1], 'more')],
  ['an envelope without a command', envelope('ann', 1)],
  ['an envelope in an envelope', envelope('ann', 1, ['ann', 1, [4, 1]])],
  ['a user that is no text', envelope(7, 1, [4, 1])],
  ['a negative revision of users', envelope('ann', -1, [4, 1])],
  ['a bare row where an envelope is due', Buffer.concat([Buffer.of(2), packr.pack([4, 1])])],
  ['an unknown kind', row(99, 1)],
  ['an unknown kind of operation', row(3, [], [[9, k]], [])],
  ['a further part', row(1, k, k, 0, 0, 'more')],
  ['a missing part', row(1, k, k, 0)],
  ['an unknown flag of a put', row(1, k, k, 0, 8)],
  ['a long text where bytes are due', row(1, k, 'v'.repeat(0x1_0000), 0, 0)],
  ['an unknown flag of a deletion', row(2, k, 0, 2)],
  ['an unknown flag of a range', row(3, [], [[0, k, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0]], [])],
  ['a further part of an operation', row(3, [], [[1, k, k, 0, 0, 1]], [])],
  ['an unknown sort target', row(3, [], [[0, k, 0, 0, 0, 0, 5, 0, 0, 0, 0, 0]], [])],
  ['an unknown compare target', row(3, [[k, 0, 0, 5, 1]], [], [])],
  ['an unknown compare result', row(3, [[k, 0, 4, 0, 1]], [], [])],
  ['a value to compare of another type', row(3, [[k, 0, 0, 0, k]], [], [])],
  ['a further part of a compare', row(3, [[k, 0, 0, 0, 1, 1]], [], [])],
  ['a further part of a checkpoint', row(7, [[1, 2, 3]])],
  ['an unknown alarm', row(8, 0, 'a', 2)],
  ['an unknown alarm action', row(8, 2, 'a', 0)],
  ['what is no row', Buffer.concat([Buffer.of(1), packr.pack(4)])],
  ['nothing after the format', Buffer.of(1)],
  ['bytes after the end', Buffer.concat([row(4, 1), Buffer.of(0)])],
  ['a row cut short', row(1, k, k, 0, 0).subarray(0, -1)],
];

for (const [what, bytes] of unknown) {
  test(`a command with ${what} stops the member before any of it is applied`, () => {
    const state = State.create(new MemoryEngine(), { members: [] });
    expect(() => state.apply(1, bytes)).toThrow(UnknownCommand);
    expect([state.appliedIndex, state.revision]).toEqual([0, 1]);
  });
}

test('the message about an unknown command says what to do', () => {
  expect(() => decodeCommand(row(99, 1))).toThrow(/unknown kind 99; run a newer release/);
  expect(() => decodeCommand(Buffer.of(3, 0))).toThrow(/format 3, .* run a newer release/);
});

test('a command with an invalid part is refused, and not taken for another', () => {
  const commands = fc.constantFrom(...written.map(([command]) => command));
  const unsound = commands.chain((command) =>
    // Clients may give negative numbers, and such that are not exact; null is the end of some ranges, and some members.
    anyUnsound(
      packr.unpack(encodeCommand(command), { start: 1, end: encodeCommand(command).length }),
      ({ stranger }) => stranger === -2 || stranger === 2 ** 53 || stranger === null,
    ),
  );
  fc.assert(
    fc.property(unsound, (parts) => {
      const bytes = Buffer.concat([Buffer.of(1), packr.pack(parts)]);
      expect(() => decodeCommand(bytes)).toThrow(UnknownCommand);
    }),
    { numRuns: 1000 },
  );
});
