/** Keys of records; see "What is on disk" in docs/architecture.md. */
export const identityKey: Buffer = Buffer.from('i');
export const hardStateKey: Buffer = Buffer.from('h');
/**
 * These two are in nearly every table. They come after the state: before it, each table would reach over all of the state,
 * and LevelDB would merge it with all others, though the records in it are new.
 */
export const appliedKey: Buffer = Buffer.from('x');
export const baseKey: Buffer = Buffer.from('y');
/** Where formats 1 and 2 have the two. */
export const formerAppliedKey: Buffer = Buffer.from('a');
export const formerBaseKey: Buffer = Buffer.from('b');
const logSpace = 'e';
const stateSpace = 's';

export interface KeySpan {
  readonly gte: Buffer;
  readonly lt: Buffer;
}

/** One record holds the entries of one write, under the index of the first. */
export function logKey(first: number): Buffer {
  const key = Buffer.alloc(9);
  key.write(logSpace, 'latin1');
  key.writeBigUInt64BE(BigInt(first), 1);
  return key;
}

export const logSpan: KeySpan = { gte: Buffer.from(logSpace), lt: afterSpace(logSpace) };

/** The bytes before the engine's key in the key of a state record. */
export const epochBytes = 5;

/** The keys of state records begin with the epoch; each staged snapshot gets a new one. */
export function stateKey(epoch: number, key: string): Buffer {
  const full = Buffer.allocUnsafe(epochBytes + key.length);
  full.write(stateSpace, 0, 'latin1');
  full.writeUInt32BE(epoch, 1);
  full.write(key, epochBytes, 'latin1');
  return full;
}

/** Makes keys of state records of one epoch, each in the memory of the one before if it is as long. */
export function stateKeys(epoch: number): (key: string) => Buffer {
  let full = stateKey(epoch, '');
  return (key) => {
    if (full.length !== epochBytes + key.length) full = stateKey(epoch, key);
    else full.write(key, epochBytes, 'latin1');
    return full;
  };
}

/** The same as a binary string. */
export function stateText(epoch: number, key: string): string {
  return stateKey(epoch, key).toString('latin1');
}

/** The engine's key of a state record. */
export function engineKeyOf(key: Buffer): string {
  return key.toString('latin1', epochBytes);
}

export function epochOf(key: Buffer): number {
  return key.readUInt32BE(1);
}

/** All state records. */
export const stateSpan: KeySpan = { gte: Buffer.from(stateSpace), lt: afterSpace(stateSpace) };

/** The state records of epochs from `first` up to, not including, `end`. */
export function epochSpan(first: number, end: number): KeySpan {
  return { gte: stateKey(first, ''), lt: stateKey(end, '') };
}

function afterSpace(space: string): Buffer {
  return Buffer.from(String.fromCharCode(space.charCodeAt(0) + 1), 'latin1');
}
