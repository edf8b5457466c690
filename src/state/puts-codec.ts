import { asBuffer } from '../base/key.ts';
import type { Key } from '../base/key.ts';
import type { LeaseId } from './key-value.ts';
import { Pieces } from './pieces.ts';
import type { Operation, PutRequest, TxnRequest } from './requests.ts';

/**
 * Puts, and transactions of puts without a comparison, by hand: the same bytes as those of their rows in `command-codec.ts`,
 * without the arrays and views that a row is made of. Most commands are of these two kinds, and each is read once on every
 * member.
 */

export const prevKvFlag = 1;
export const ignoreValueFlag = 2;
export const ignoreLeaseFlag = 4;
export const putFlags: number = prevKvFlag | ignoreValueFlag | ignoreLeaseFlag;

export function flagsOf({ prevKv, ignoreValue, ignoreLease }: PutRequest): number {
  return (
    (prevKv ? prevKvFlag : 0) |
    (ignoreValue ? ignoreValueFlag : 0) |
    (ignoreLease ? ignoreLeaseFlag : 0)
  );
}

// MessagePack: heads of lists, byte strings and a 64-bit number.
const list = 0x90;
const list16 = 0xdc;
const bytes8 = 0xc4;
const bytes16 = 0xc5;
const bytes32 = 0xc6;
const int64 = 0xd3;

const putKind = 1;
const txnKind = 3;
const putRow = list | 5;
const txnRow = list | 4;

const pieces = new Pieces();

// Writing.

/** A put as a row, after one byte that is left free. */
export function writePut(request: PutRequest): Buffer {
  const target = pieces.allocate(1 + putBytes(request));
  putInto(target, 1, request);
  return target;
}

/** The same for a transaction; undefined if it has other parts than puts. */
export function writePuts({ compares, success, failure }: TxnRequest): Buffer | undefined {
  if (compares.length > 0 || !arePuts(success) || !arePuts(failure)) return undefined;
  const target = pieces.allocate(4 + operationsBytes(success) + operationsBytes(failure));
  target[1] = txnRow;
  target[2] = txnKind;
  target[3] = list;
  operationsInto(target, operationsInto(target, 4, success), failure);
  return target;
}

const operationsMax = 0xffff;

type PutOperation = Extract<Operation, { readonly kind: 'put' }>;

function arePuts(operations: readonly Operation[]): operations is readonly PutOperation[] {
  return operations.length <= operationsMax && operations.every(({ kind }) => kind === 'put');
}

function operationsBytes(operations: readonly PutOperation[]): number {
  let bytes = operations.length < 16 ? 1 : 3;
  for (const { request } of operations) bytes += putBytes(request);
  return bytes;
}

function operationsInto(
  target: Buffer,
  start: number,
  operations: readonly PutOperation[],
): number {
  const count = operations.length;
  let at = start;
  if (count < 16) target[at++] = list | count;
  else {
    target[at] = list16;
    at = target.writeUInt16BE(count, at + 1);
  }
  for (const { request } of operations) at = putInto(target, at, request);
  return at;
}

function putBytes({ key, value, lease }: PutRequest): number {
  const heads = headBytes(key.length) + headBytes(value.length);
  return 2 + heads + key.length + value.length + (lease === 0n ? 1 : 9) + 1;
}

function putInto(target: Buffer, start: number, request: PutRequest): number {
  const { key, value, lease } = request;
  target[start] = putRow;
  target[start + 1] = putKind;
  let at = headInto(target, start + 2, key.length);
  at += target.write(key, at, 'latin1');
  at = headInto(target, at, value.length);
  target.set(value, at);
  at += value.length;
  if (lease === 0n) target[at++] = 0;
  else {
    target[at] = int64;
    at = target.writeBigInt64BE(lease, at + 1);
  }
  target[at] = flagsOf(request);
  return at + 1;
}

function headBytes(length: number): number {
  if (length < 0x100) return 2;
  return length < 0x1_0000 ? 3 : 5;
}

function headInto(target: Buffer, at: number, length: number): number {
  if (length < 0x100) {
    target[at] = bytes8;
    target[at + 1] = length;
    return at + 2;
  }
  if (length < 0x1_0000) {
    target[at] = bytes16;
    return target.writeUInt16BE(length, at + 1);
  }
  target[at] = bytes32;
  return target.writeUInt32BE(length, at + 1);
}

// Reading.

/**
 * The put or transaction in a row that begins at `start`; undefined if it is any other command, or is not written as above.
 * Values are views of `bytes`. Throws RangeError if they end within a lease.
 */
export function readPuts(
  bytes: Uint8Array,
  start: number,
):
  | { readonly kind: 'put'; readonly request: PutRequest }
  | { readonly kind: 'txn'; readonly request: TxnRequest }
  | undefined {
  if (bytes[start] === putRow) {
    const request = reader.begin(asBuffer(bytes), start).put();
    return reader.isDone ? { kind: 'put', request } : undefined;
  }
  if (bytes[start] !== txnRow || bytes[start + 1] !== txnKind || bytes[start + 2] !== list) {
    return undefined;
  }
  reader.begin(asBuffer(bytes), start + 3);
  const success = reader.operations();
  const failure = reader.operations();
  return reader.isDone ? { kind: 'txn', request: { compares: [], success, failure } } : undefined;
}

/** True if `readPuts` would read these bytes. Makes no object of them. */
export function canReadPuts(bytes: Uint8Array, start: number): boolean {
  reader.begin(asBuffer(bytes), start);
  if (bytes[start] === putRow) return reader.skipPut().isDone;
  if (bytes[start] !== txnRow || bytes[start + 1] !== txnKind || bytes[start + 2] !== list) {
    return false;
  }
  reader.begin(asBuffer(bytes), start + 3);
  return reader.skipOperations().skipOperations().isDone;
}

/** Reads on behind anything unexpected, also behind the end, and says then that there was some. */
class PutsReader {
  #bytes: Buffer = Buffer.alloc(0);
  #at = 0;
  #isSound = true;

  begin(bytes: Buffer, start: number): this {
    this.#bytes = bytes;
    this.#at = start;
    this.#isSound = true;
    return this;
  }

  /** All was as expected, and nothing follows. */
  get isDone(): boolean {
    return this.#isSound && this.#at === this.#bytes.length;
  }

  operations(): PutOperation[] {
    const count = this.#count();
    const found: PutOperation[] = [];
    while (found.length < count && this.#isSound) found.push({ kind: 'put', request: this.put() });
    return found;
  }

  put(): PutRequest {
    if (this.#byte() !== putRow || this.#byte() !== putKind) this.#isSound = false;
    const key = this.#key();
    const value = this.#value();
    const lease = this.#lease();
    const flags = this.#byte();
    if ((flags & ~putFlags) !== 0) this.#isSound = false;
    return {
      key,
      value,
      lease,
      prevKv: (flags & prevKvFlag) !== 0,
      ignoreValue: (flags & ignoreValueFlag) !== 0,
      ignoreLease: (flags & ignoreLeaseFlag) !== 0,
    };
  }

  skipOperations(): this {
    for (let left = this.#count(); left > 0 && this.#isSound; left--) this.skipPut();
    return this;
  }

  skipPut(): this {
    if (this.#byte() !== putRow || this.#byte() !== putKind) this.#isSound = false;
    this.#at = this.#end();
    this.#at = this.#end();
    this.#lease();
    if ((this.#byte() & ~putFlags) !== 0) this.#isSound = false;
    return this;
  }

  #byte(): number {
    return this.#bytes[this.#at++] ?? 0;
  }

  #count(): number {
    const head = this.#byte();
    if (head === list16) return this.#number(2);
    if ((head & ~0xf) === list) return head & 0xf;
    this.#isSound = false;
    return 0;
  }

  #number(bytes: number): number {
    let value = 0;
    for (let left = bytes; left > 0; left--) value = value * 0x100 + this.#byte();
    return value;
  }

  #key(): Key {
    const end = this.#end();
    const key = this.#bytes.toString('latin1', this.#at, end);
    this.#at = end;
    return key;
  }

  #value(): Uint8Array {
    const end = this.#end();
    const value = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return value;
  }

  /** The end of the byte string whose head is next. */
  #end(): number {
    const head = this.#byte();
    if (head !== bytes8 && head !== bytes16 && head !== bytes32) this.#isSound = false;
    const length = this.#number(head === bytes8 ? 1 : head === bytes16 ? 2 : 4);
    return this.#at + length;
  }

  #lease(): LeaseId {
    const head = this.#byte();
    if (head === 0) return 0n;
    if (head !== int64) this.#isSound = false;
    this.#at += 8;
    return this.#isSound ? this.#bytes.readBigInt64BE(this.#at - 8) : 0n;
  }
}

const reader = new PutsReader();
