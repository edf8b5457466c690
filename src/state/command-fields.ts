import { countOf, int64Of, listOf, textOf, unsound } from '../base/fields.ts';
import type { MemberId } from '../base/member-id.ts';
import type { LeaseId } from './key-value.ts';

/**
 * Parts of rows of commands, and the checks that make a release refuse what it does not know. A part at the right place
 * but of the wrong type is a TypeError, which `decodeCommand` explains.
 */

/** No lease is 0: the most frequent one is short. */
export type PackedLease = LeaseId | 0;

/**
 * A command that this release does not understand. The member must stop: passing over it would make its state differ
 * from that of the members that do understand it.
 */
export class UnknownCommand extends Error {
  override readonly name = 'UnknownCommand';
}

export function packLease(lease: LeaseId): PackedLease {
  return lease === 0n ? 0 : lease;
}

/** Revisions and times that clients give may be negative, or larger than is exact. */
export function wholeOf(value: number): number {
  if (typeof value !== 'number' || !Number.isInteger(value)) throw unsound('number');
  return value;
}

export function leaseOf(value: unknown): LeaseId {
  return value === 0 ? 0n : int64Of(value, 'lease');
}

export function idOf(value: unknown): MemberId {
  return textOf(value, 'member');
}

export function textsOf(value: unknown): string[] {
  return listOf(value, 'URLs', (url) => textOf(url, 'URL'));
}

export function checkRow<Kind extends number>(
  row: readonly [Kind, ...unknown[]],
  lengths: Readonly<Record<Kind, number>>,
): void {
  const length = Array.isArray(row) ? lengths[row[0]] : undefined;
  if (length === undefined) throw unknownKind(row);
  checkLength(row, length);
}

export function checkLength(row: readonly unknown[], length: number): void {
  if (row.length === length) return;
  throw new UnknownCommand(
    `the log holds a command of ${row.length} parts where this release knows ${length}; run a newer release`,
  );
}

export function checkFlags(flags: number, known: number): void {
  if ((countOf(flags, 'flags') & ~known) === 0) return;
  throw new UnknownCommand(
    `the log holds a command with the unknown flags ${flags}; run a newer release`,
  );
}

export function nameAt<T>(names: readonly T[], number: number): T {
  const name = names[number];
  if (name === undefined) {
    throw new UnknownCommand(
      `the log holds a command with the unknown value ${number}; run a newer release`,
    );
  }
  return name;
}

export function unknownKind(row: unknown): UnknownCommand {
  const kind = Array.isArray(row) ? String(row[0]) : typeof row;
  return new UnknownCommand(
    `the log holds a command of the unknown kind ${kind}; run a newer release`,
  );
}
