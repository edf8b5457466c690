import Long from 'long';
import { invalid } from './checks.ts';

/** A 64-bit number as the codec gives and takes it. */
export type Wire64 = number | Long | string | null | undefined;

/** Revisions, versions and sizes: exact up to 2^53, far beyond what a cluster reaches. */
export function numberOf(value: Wire64): number {
  if (value === null || value === undefined) return 0;
  return typeof value === 'object' ? value.toNumber() : Number(value);
}

/** Ids of leases, signed on the wire and exact here. */
export function bigintOf(value: Wire64): bigint {
  if (value === null || value === undefined) return 0n;
  if (typeof value !== 'object') return BigInt(value);
  const bits = (BigInt(value.getHighBitsUnsigned()) << 32n) | BigInt(value.getLowBitsUnsigned());
  return value.unsigned ? bits : BigInt.asIntN(64, bits);
}

/** A signed 64-bit number for the wire. */
export function int64(value: bigint | number): Long {
  if (typeof value !== 'bigint' && !Number.isSafeInteger(value)) {
    throw invalid(`a whole number is needed, not ${String(value)}`);
  }
  return longOf(BigInt(value), false);
}

/** An unsigned 64-bit number for the wire. */
export function uint64(value: bigint): Long {
  if (typeof value !== 'bigint') throw invalid(`an id must be a bigint, not ${String(value)}`);
  return longOf(value, true);
}

function longOf(value: bigint, unsigned: boolean): Long {
  const low = Number(BigInt.asIntN(32, value));
  const high = Number(BigInt.asIntN(32, value >> 32n));
  return Long.fromBits(low, high, unsigned);
}
