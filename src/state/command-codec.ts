import { unreachable } from '../base/assert.ts';
import { bytesOf, countOf, flagOf, int64Of, listOf, textOf, unsound } from '../base/fields.ts';
import { bytesOfKey, keyOf } from '../base/key.ts';
import type { KeyRange } from '../base/key.ts';
import type { MemberId } from '../base/member-id.ts';
import type { Action, AlarmType, Command } from './command.ts';
import type { LeaseId } from './key-value.ts';
import type {
  Compare,
  DeleteRangeRequest,
  Operation,
  PutRequest,
  RangeRequest,
  SortOrder,
  SortTarget,
  TxnRequest,
} from './requests.ts';
import { RowFormat } from './row.ts';

/**
 * How commands lie in the log. What is in this file is bound for ever, since logs are read by later releases, and by
 * older ones while a cluster is being upgraded. A command begins with the byte `formatVersion`; a row follows whose
 * first position is the number of its kind. Numbers and positions keep their meaning; the lists of names below are
 * bound by position too, and grow at the end.
 *
 * A command that a user proposed lies in an envelope: the byte `envelopeVersion`, and an `EnvelopeRow` around the row.
 *
 * Whatever a release does not know, be it a kind, a position, a flag or a name, makes it refuse the command. A release
 * that adds a position reads rows without it too. What is new is written only once the cluster's feature level says that
 * all members know it; see `knownLevel`.
 */
const formatVersion = 1;
/** Known to members of feature level `originLevel`. */
const envelopeVersion = 2;

const alarmTypes: readonly AlarmType[] = ['no-space', 'corrupt'];
const alarmActions = ['activate', 'deactivate'] as const;
const sortTargets: readonly SortTarget[] = ['key', 'version', 'create', 'mod', 'value'];
const sortOrders: readonly SortOrder[] = ['none', 'ascend', 'descend'];
const compareResults = ['equal', 'greater', 'less', 'not-equal'] as const;
const compareTargets = ['version', 'create', 'mod', 'lease', 'value'] as const;

const prevKvFlag = 1;
const ignoreValueFlag = 2;
const ignoreLeaseFlag = 4;

const putFlags = prevKvFlag | ignoreValueFlag | ignoreLeaseFlag;

const keysOnlyFlag = 1;
const countOnlyFlag = 2;
const rangeFlags = keysOnlyFlag | countOnlyFlag;

/** Positions of a row by its kind, the kind included. */
const commandLengths: Readonly<Record<CommandRow[0], number>> = {
  1: 5,
  2: 4,
  3: 4,
  4: 2,
  5: 3,
  6: 2,
  7: 2,
  8: 4,
  9: 6,
  10: 2,
  11: 2,
  12: 3,
  13: 4,
  14: 2,
  15: 3,
};
const operationLengths: Readonly<Record<OperationRow[0], number>> = { 0: 12, 1: 5, 2: 4, 3: 4 };
const compareLength = 5;
const checkpointLength = 2;

type CommandRow =
  | readonly [kind: 1, ...PutFields]
  | readonly [kind: 2, ...DeleteFields]
  | readonly [kind: 3, ...TxnFields]
  /** Compact. */
  | readonly [kind: 4, revision: number]
  /** Lease: grant, revoke, checkpoint. */
  | readonly [kind: 5, id: PackedLease, ttlSeconds: number]
  | readonly [kind: 6, id: PackedLease]
  | readonly [kind: 7, leases: readonly (readonly [id: PackedLease, remainingSeconds: number])[]]
  /** Alarm. */
  | readonly [kind: 8, action: number, memberId: MemberId | null, type: number]
  /** Member: add, remove, promote, update, publish. */
  | readonly [
      kind: 9,
      id: MemberId,
      name: string,
      peerUrls: readonly string[],
      clientUrls: readonly string[],
      isLearner: boolean,
    ]
  | readonly [kind: 10, id: MemberId]
  | readonly [kind: 11, id: MemberId]
  | readonly [kind: 12, id: MemberId, peerUrls: readonly string[]]
  | readonly [kind: 13, id: MemberId, name: string, clientUrls: readonly string[]]
  /** Cluster version. */
  | readonly [kind: 14, version: string]
  /** Feature level of a member. */
  | readonly [kind: 15, id: MemberId, level: number];

type PutFields = readonly [
  key: Uint8Array,
  value: Uint8Array,
  lease: PackedLease,
  /** prevKv 1, ignoreValue 2, ignoreLease 4. */
  flags: number,
];
type DeleteFields = readonly [start: Uint8Array, end: PackedEnd, prevKv: 0 | 1];
type TxnFields = readonly [
  compares: readonly CompareRow[],
  success: readonly OperationRow[],
  failure: readonly OperationRow[],
];
type CompareRow = readonly [
  start: Uint8Array,
  end: PackedEnd,
  result: number,
  target: number,
  value: number | LeaseId | Uint8Array,
];
type OperationRow =
  | readonly [kind: 0, ...RangeFields]
  | readonly [kind: 1, ...PutFields]
  | readonly [kind: 2, ...DeleteFields]
  | readonly [kind: 3, ...TxnFields];
type RangeFields = readonly [
  start: Uint8Array,
  end: PackedEnd,
  limit: number,
  revision: number,
  order: number,
  target: number,
  /** keysOnly 1, countOnly 2. */
  flags: number,
  minModRevision: number,
  maxModRevision: number,
  minCreateRevision: number,
  maxCreateRevision: number,
];

/** No lease is 0: the most frequent one is short. */
type PackedLease = LeaseId | 0;
/** The end of a range: null is "none", 0 is "this key only". */
type PackedEnd = Uint8Array | null | 0;

type EnvelopeRow = readonly [user: string, authRevision: number, command: CommandRow];

const commandRow = new RowFormat<CommandRow>();
const envelopeRow = new RowFormat<EnvelopeRow>();
const envelopeLength = 3;

/**
 * A command that this release does not understand. The member must stop: passing over it would make its state differ
 * from that of the members that do understand it.
 */
export class UnknownCommand extends Error {
  override readonly name = 'UnknownCommand';
}

export function encodeCommand(command: Command): Uint8Array {
  const { origin } = command;
  if (origin !== undefined) {
    const bytes = envelopeRow.encode([origin.user, origin.authRevision, rowOf(command)], 1);
    bytes[0] = envelopeVersion;
    return bytes;
  }
  const bytes = commandRow.encode(rowOf(command), 1);
  bytes[0] = formatVersion;
  return bytes;
}

/** Byte strings in the command are views of `bytes`. Throws UnknownCommand. */
export function decodeCommand(bytes: Uint8Array): Command {
  const [format] = bytes;
  if (format !== formatVersion && format !== envelopeVersion) {
    throw new UnknownCommand(
      `the log holds a command in format ${format}, and this release knows ${envelopeVersion}; run a newer release`,
    );
  }
  try {
    if (format === formatVersion) return commandOf(commandRow.decode(bytes, 1));
    return commandIn(envelopeRow.decode(bytes, 1));
  } catch (cause) {
    if (cause instanceof UnknownCommand) throw cause;
    throw new UnknownCommand('the log holds a command that cannot be read', { cause });
  }
}

function commandIn(envelope: EnvelopeRow): Command {
  checkLength(envelope, envelopeLength);
  const [user, authRevision, row] = envelope;
  const origin = { user: textOf(user, 'user'), authRevision: countOf(authRevision, 'revision') };
  return { ...commandOf(row), origin };
}

function rowOf(command: Action): CommandRow {
  switch (command.kind) {
    case 'put':
      return [1, ...putFields(command.request)];
    case 'delete-range':
      return [2, ...deleteFields(command.request)];
    case 'txn':
      return [3, ...txnFields(command.request)];
    case 'compact':
      return [4, command.revision];
    case 'lease-grant':
      return [5, packLease(command.id), command.ttlSeconds];
    case 'lease-revoke':
      return [6, packLease(command.id)];
    case 'lease-checkpoint':
      return [
        7,
        command.leases.map(({ id, remainingSeconds }) => [packLease(id), remainingSeconds]),
      ];
    case 'alarm': {
      const { action, memberId, type } = command;
      return [8, alarmActions.indexOf(action), memberId ?? null, alarmTypes.indexOf(type)];
    }
    case 'member-add': {
      const { id, name, peerUrls, clientUrls, isLearner } = command.member;
      return [9, id, name, peerUrls, clientUrls, isLearner];
    }
    case 'member-remove':
      return [10, command.id];
    case 'member-promote':
      return [11, command.id];
    case 'member-update':
      return [12, command.id, command.peerUrls];
    case 'member-publish':
      return [13, command.id, command.name, command.clientUrls];
    case 'cluster-version':
      return [14, command.version];
    case 'member-level':
      return [15, command.id, command.level];
    default:
      return unreachable(command);
  }
}

function commandOf(row: CommandRow): Action {
  checkRow(row, commandLengths);
  switch (row[0]) {
    case 1:
      return { kind: 'put', request: putOf(row[1], row[2], row[3], row[4]) };
    case 2:
      return { kind: 'delete-range', request: deleteOf(row[1], row[2], row[3]) };
    case 3:
      return { kind: 'txn', request: txnOf(row[1], row[2], row[3]) };
    case 4:
      return { kind: 'compact', revision: wholeOf(row[1]) };
    case 5:
      return { kind: 'lease-grant', id: leaseOf(row[1]), ttlSeconds: wholeOf(row[2]) };
    case 6:
      return { kind: 'lease-revoke', id: leaseOf(row[1]) };
    case 7: {
      const leases = row[1].map((lease) => {
        checkLength(lease, checkpointLength);
        const [id, remainingSeconds] = lease;
        return { id: leaseOf(id), remainingSeconds: wholeOf(remainingSeconds) };
      });
      return { kind: 'lease-checkpoint', leases };
    }
    case 8: {
      const action = nameAt(alarmActions, row[1]);
      return {
        kind: 'alarm',
        action,
        memberId: row[2] === null ? undefined : idOf(row[2]),
        type: nameAt(alarmTypes, row[3]),
      };
    }
    case 9: {
      const [, id, name, peerUrls, clientUrls, isLearner] = row;
      const member = {
        id: idOf(id),
        name: textOf(name, 'name'),
        peerUrls: textsOf(peerUrls),
        clientUrls: textsOf(clientUrls),
        isLearner: flagOf(isLearner, 'learner'),
      };
      return { kind: 'member-add', member };
    }
    case 10:
      return { kind: 'member-remove', id: idOf(row[1]) };
    case 11:
      return { kind: 'member-promote', id: idOf(row[1]) };
    case 12:
      return { kind: 'member-update', id: idOf(row[1]), peerUrls: textsOf(row[2]) };
    case 13:
      return {
        kind: 'member-publish',
        id: idOf(row[1]),
        name: textOf(row[2], 'name'),
        clientUrls: textsOf(row[3]),
      };
    case 14:
      return { kind: 'cluster-version', version: textOf(row[1], 'version') };
    case 15:
      return { kind: 'member-level', id: idOf(row[1]), level: countOf(row[2], 'level') };
    default:
      throw unknownKind(row);
  }
}

function putFields({ key, value, lease, prevKv, ignoreValue, ignoreLease }: PutRequest): PutFields {
  const flags =
    (prevKv ? prevKvFlag : 0) |
    (ignoreValue ? ignoreValueFlag : 0) |
    (ignoreLease ? ignoreLeaseFlag : 0);
  return [bytesOfKey(key), value, packLease(lease), flags];
}

function putOf(...[key, value, lease, flags]: PutFields): PutRequest {
  checkFlags(flags, putFlags);
  return {
    key: keyOf(bytesOf(key, 'key')),
    value: bytesOf(value, 'value'),
    lease: leaseOf(lease),
    prevKv: (flags & prevKvFlag) !== 0,
    ignoreValue: (flags & ignoreValueFlag) !== 0,
    ignoreLease: (flags & ignoreLeaseFlag) !== 0,
  };
}

function deleteFields({ range, prevKv }: DeleteRangeRequest): DeleteFields {
  return [bytesOfKey(range.start), packEnd(range), prevKv ? 1 : 0];
}

function deleteOf(...[start, end, prevKv]: DeleteFields): DeleteRangeRequest {
  checkFlags(prevKv, prevKvFlag);
  return { range: rangeFrom(start, end), prevKv: prevKv === 1 };
}

function txnFields({ compares, success, failure }: TxnRequest): TxnFields {
  return [compares.map(compareRow), success.map(operationRow), failure.map(operationRow)];
}

function txnOf(...[compares, success, failure]: TxnFields): TxnRequest {
  return {
    compares: compares.map(compareOf),
    success: success.map(operationOf),
    failure: failure.map(operationOf),
  };
}

function compareRow({ range, result, against }: Compare): CompareRow {
  return [
    bytesOfKey(range.start),
    packEnd(range),
    compareResults.indexOf(result),
    compareTargets.indexOf(against.target),
    against.target === 'lease' ? packLease(against.value) : against.value,
  ];
}

function compareOf(row: CompareRow): Compare {
  checkLength(row, compareLength);
  const [start, end, result, target, value] = row;
  return {
    range: rangeFrom(start, end),
    result: nameAt(compareResults, result),
    against: againstOf(nameAt(compareTargets, target), value),
  };
}

function againstOf(target: Compare['against']['target'], value: CompareRow[4]): Compare['against'] {
  if (value instanceof Uint8Array) {
    if (target === 'value') return { target, value };
  } else if (target === 'lease') return { target, value: leaseOf(value) };
  else if (target !== 'value') {
    return { target, value: wholeOf(typeof value === 'bigint' ? Number(value) : value) };
  }
  throw new UnknownCommand(`the log holds a comparison of ${target} with something else`);
}

function operationRow(operation: Operation): OperationRow {
  switch (operation.kind) {
    case 'range':
      return [0, ...rangeFields(operation.request)];
    case 'put':
      return [1, ...putFields(operation.request)];
    case 'delete-range':
      return [2, ...deleteFields(operation.request)];
    case 'txn':
      return [3, ...txnFields(operation.request)];
    default:
      return unreachable(operation);
  }
}

function operationOf(row: OperationRow): Operation {
  checkRow(row, operationLengths);
  switch (row[0]) {
    case 0: {
      const [, ...fields] = row;
      return { kind: 'range', request: rangeOf(...fields) };
    }
    case 1:
      return { kind: 'put', request: putOf(row[1], row[2], row[3], row[4]) };
    case 2:
      return { kind: 'delete-range', request: deleteOf(row[1], row[2], row[3]) };
    case 3:
      return { kind: 'txn', request: txnOf(row[1], row[2], row[3]) };
    default:
      throw unknownKind(row);
  }
}

function rangeFields(request: RangeRequest): RangeFields {
  return [
    bytesOfKey(request.range.start),
    packEnd(request.range),
    request.limit,
    request.revision,
    sortOrders.indexOf(request.sortOrder),
    sortTargets.indexOf(request.sortTarget),
    (request.keysOnly ? keysOnlyFlag : 0) | (request.countOnly ? countOnlyFlag : 0),
    request.minModRevision,
    request.maxModRevision,
    request.minCreateRevision,
    request.maxCreateRevision,
  ];
}

function rangeOf(...fields: RangeFields): RangeRequest {
  const [start, end, limit, revision, order, target, flags, ...bounds] = fields;
  const [minModRevision, maxModRevision, minCreateRevision, maxCreateRevision] = bounds;
  checkFlags(flags, rangeFlags);
  return {
    range: rangeFrom(start, end),
    limit: wholeOf(limit),
    revision: wholeOf(revision),
    sortOrder: nameAt(sortOrders, order),
    sortTarget: nameAt(sortTargets, target),
    keysOnly: (flags & keysOnlyFlag) !== 0,
    countOnly: (flags & countOnlyFlag) !== 0,
    minModRevision: wholeOf(minModRevision),
    maxModRevision: wholeOf(maxModRevision),
    minCreateRevision: wholeOf(minCreateRevision),
    maxCreateRevision: wholeOf(maxCreateRevision),
  };
}

function packEnd({ start, end }: KeyRange): PackedEnd {
  if (end === undefined) return null;
  return end === `${start}\0` ? 0 : bytesOfKey(end);
}

function rangeFrom(start: Uint8Array, end: PackedEnd): KeyRange {
  const first = keyOf(bytesOf(start, 'key'));
  if (end === null) return { start: first, end: undefined };
  return { start: first, end: end === 0 ? `${first}\0` : keyOf(bytesOf(end, 'end of a range')) };
}

function packLease(lease: LeaseId): PackedLease {
  return lease === 0n ? 0 : lease;
}

// What has the right place but may have the wrong type: TypeError, which `decodeCommand` explains.

/** Revisions and times that clients give may be negative, or larger than is exact. */
function wholeOf(value: number): number {
  if (typeof value !== 'number' || !Number.isInteger(value)) throw unsound('number');
  return value;
}

function leaseOf(value: unknown): LeaseId {
  return value === 0 ? 0n : int64Of(value, 'lease');
}

function idOf(value: unknown): MemberId {
  return textOf(value, 'member');
}

function textsOf(value: unknown): string[] {
  return listOf(value, 'URLs', (url) => textOf(url, 'URL'));
}

function checkRow<Kind extends number>(
  row: readonly [Kind, ...unknown[]],
  lengths: Readonly<Record<Kind, number>>,
): void {
  const length = Array.isArray(row) ? lengths[row[0]] : undefined;
  if (length === undefined) throw unknownKind(row);
  checkLength(row, length);
}

function checkLength(row: readonly unknown[], length: number): void {
  if (row.length === length) return;
  throw new UnknownCommand(
    `the log holds a command of ${row.length} parts where this release knows ${length}; run a newer release`,
  );
}

function checkFlags(flags: number, known: number): void {
  if ((countOf(flags, 'flags') & ~known) === 0) return;
  throw new UnknownCommand(
    `the log holds a command with the unknown flags ${flags}; run a newer release`,
  );
}

function nameAt<T>(names: readonly T[], number: number): T {
  const name = names[number];
  if (name === undefined) {
    throw new UnknownCommand(
      `the log holds a command with the unknown value ${number}; run a newer release`,
    );
  }
  return name;
}

function unknownKind(row: unknown): UnknownCommand {
  const kind = Array.isArray(row) ? String(row[0]) : typeof row;
  return new UnknownCommand(
    `the log holds a command of the unknown kind ${kind}; run a newer release`,
  );
}
