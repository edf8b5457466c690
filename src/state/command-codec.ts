import { unreachable } from '../base/assert.ts';
import { countOf, flagOf, textOf } from '../base/fields.ts';
import type { MemberId } from '../base/member-id.ts';
import { authCommandOf, authLengths, authRowOf } from './auth/command-rows.ts';
import type { AuthRow } from './auth/command-rows.ts';
import {
  checkLength,
  checkRow,
  idOf,
  leaseOf,
  nameAt,
  packLease,
  textsOf,
  UnknownCommand,
  wholeOf,
} from './command-fields.ts';
import type { PackedLease } from './command-fields.ts';
import type { Action, AlarmType, Command, Member, Origin } from './command.ts';
import type { LeaseId } from './key-value.ts';
import { canReadPuts, readPuts, writePut, writePuts } from './puts-codec.ts';
import { deleteFields, deleteOf, putFields, putOf, txnFields, txnOf } from './request-rows.ts';
import type { DeleteFields, PutFields, TxnFields } from './request-rows.ts';
import { RowFormat } from './row.ts';

/**
 * How commands lie in the log. This file, `request-rows.ts` and `auth/command-rows.ts` are bound for ever: logs are read by later releases, and by
 * older ones while a cluster is upgraded. A command begins with the byte `formatVersion`; a row follows whose first
 * position is the number of its kind. Numbers and positions keep their meaning. The lists of names are bound by position
 * too, and grow at the end.
 *
 * A command that a user proposed lies in an envelope: the byte `envelopeVersion`, and an `EnvelopeRow` around the row.
 *
 * A release refuses a command with anything that it does not know: a kind, a position, a flag, a name. A release that adds
 * a position reads rows without it too. New forms are written only once the feature level of the cluster says that all
 * members know them; see `knownLevel`.
 */
const formatVersion = 1;
/** Known to members of feature level `originLevel`. */
const envelopeVersion = 2;

const alarmTypes: readonly AlarmType[] = ['no-space', 'corrupt'];
const alarmActions = ['activate', 'deactivate'] as const;
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
  ...authLengths,
};
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
  | readonly [kind: 7, leases: readonly CheckpointRow[]]
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
  | readonly [kind: 15, id: MemberId, level: number]
  | AuthRow;

type EnvelopeRow = readonly [user: string, authRevision: number, command: CommandRow];

const commandRow = new RowFormat<CommandRow>();
const envelopeRow = new RowFormat<EnvelopeRow>();
const envelopeLength = 3;

/** `origin` stands in place of the command's own: a copy of the command to hold it would take microseconds. */
export function encodeCommand(
  command: Command,
  origin: Origin | undefined = command.origin,
): Buffer {
  if (origin !== undefined) {
    const bytes = envelopeRow.encode([origin.user, origin.authRevision, rowOf(command)], 1);
    bytes[0] = envelopeVersion;
    return bytes;
  }
  const bytes = encodePuts(command) ?? commandRow.encode(rowOf(command), 1);
  bytes[0] = formatVersion;
  return bytes;
}

/** The most frequent commands, by hand. */
function encodePuts(command: Action): Buffer | undefined {
  if (command.kind === 'put') return writePut(command.request);
  return command.kind === 'txn' ? writePuts(command.request) : undefined;
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
    if (format === formatVersion) {
      return readPuts(bytes, 1) ?? commandOf(commandRow.decode(bytes, 1));
    }
    return commandIn(envelopeRow.decode(bytes, 1));
  } catch (cause) {
    if (cause instanceof UnknownCommand) throw cause;
    throw new UnknownCommand('the log holds a command that cannot be read', { cause });
  }
}

/** True if `decodeCommand` can read these bytes. */
export function isCommand(bytes: Uint8Array): boolean {
  try {
    if (bytes[0] === formatVersion && canReadPuts(bytes, 1)) return true;
    decodeCommand(bytes);
    return true;
  } catch {
    return false;
  }
}

function commandIn(envelope: EnvelopeRow): Command {
  checkLength(envelope, envelopeLength);
  const [user, authRevision, row] = envelope;
  const origin = { user: textOf(user, 'user'), authRevision: countOf(authRevision, 'revision') };
  // Not spread: that takes V8 microseconds for each command.
  return Object.assign(commandOf(row), { origin });
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
    case 'auth-enable':
    case 'auth-disable':
    case 'user-add':
    case 'user-delete':
    case 'user-password':
    case 'user-grant-role':
    case 'user-revoke-role':
    case 'role-add':
    case 'role-delete':
    case 'role-grant':
    case 'role-revoke':
    case 'login':
      return authRowOf(command);
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
    case 7:
      return { kind: 'lease-checkpoint', leases: row[1].map(checkpointOf) };
    case 8: {
      const action = nameAt(alarmActions, row[1]);
      return {
        kind: 'alarm',
        action,
        memberId: row[2] === null ? undefined : idOf(row[2]),
        type: nameAt(alarmTypes, row[3]),
      };
    }
    case 9:
      return { kind: 'member-add', member: memberOf(row) };
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
    case 16:
    case 17:
    case 18:
    case 19:
    case 20:
    case 21:
    case 22:
    case 23:
    case 24:
    case 25:
    case 26:
    case 27:
      return authCommandOf(row);
    default:
      return unreachable(row);
  }
}

type CheckpointRow = readonly [id: PackedLease, remainingSeconds: number];

function checkpointOf(row: CheckpointRow): { id: LeaseId; remainingSeconds: number } {
  checkLength(row, checkpointLength);
  const [id, remainingSeconds] = row;
  return { id: leaseOf(id), remainingSeconds: wholeOf(remainingSeconds) };
}

function memberOf(row: Extract<CommandRow, readonly [kind: 9, ...unknown[]]>): Member {
  const [, id, name, peerUrls, clientUrls, isLearner] = row;
  return {
    id: idOf(id),
    name: textOf(name, 'name'),
    peerUrls: textsOf(peerUrls),
    clientUrls: textsOf(clientUrls),
    isLearner: flagOf(isLearner, 'learner'),
  };
}
