import { unreachable } from '../base/assert.ts';
import { isSingleKey } from '../base/key.ts';
import type { Key } from '../base/key.ts';
import type { Steps } from '../base/steps.ts';
import { compareBytes } from './bytes.ts';
import type { KeyBatch } from './key-index.ts';
import type { KeyStore } from './key-store.ts';
import type { KeyValue } from './key-value.ts';
import { stepKeys, Work } from './read-progress.ts';
import type { Compare, TxnRequest } from './requests.ts';

/** The branch that a transaction takes, and in order the decisions of the transactions nested in that branch. */
export interface Decision {
  readonly succeeded: boolean;
  readonly nested: readonly Decision[];
}

/** Evaluates all compares, nested ones included, at one revision before anything is changed. */
export function* decide(
  keys: KeyStore,
  { compares, success, failure }: TxnRequest,
  revision: number,
): Steps<Decision> {
  let succeeded = true;
  for (const compare of compares) {
    succeeded = isSingleKey(compare.range)
      ? satisfies(compare, versionFor(keys, compare, revision))
      : yield* holds(keys, compare, revision);
    if (!succeeded) break;
  }
  const nested: Decision[] = [];
  for (const operation of succeeded ? success : failure) {
    if (operation.kind === 'txn') nested.push(yield* decide(keys, operation.request, revision));
  }
  return { succeeded, nested };
}

function versionFor(
  keys: KeyStore,
  { range, against }: Compare,
  revision: number,
): KeyValue | undefined {
  const slot = keys.find(range.start);
  if (slot === undefined) return undefined;
  const values = against.target === 'value';
  return keys.versionOf(range.start, slot, { revision, values, keep: true });
}

/** A compare of a range holds if it holds for every key in it. */
function* holds(keys: KeyStore, compare: Compare, revision: number): Steps<boolean> {
  const what = { revision, values: compare.against.target === 'value', keep: true };
  const work = new Work();
  let start: Key | undefined = compare.range.start;
  let isEmpty = true;
  while (start !== undefined) {
    const batch: KeyBatch = keys.take({ start, end: compare.range.end }, stepKeys);
    start = batch.keys.length < stepKeys ? undefined : `${batch.keys.at(-1)}\0`;
    for (const [at, key] of batch.keys.entries()) {
      const kv = keys.versionOf(key, batch.slots[at] ?? 0, what);
      work.add(1, kv?.value.length ?? 0);
      if (kv !== undefined && !satisfies(compare, kv)) return false;
      isEmpty &&= kv === undefined;
      if (!work.isDue) continue;
      // Slots are valid in one step only.
      start = `${key}\0`;
      break;
    }
    if (work.isDue) yield work.take();
  }
  return !isEmpty || satisfies(compare, undefined);
}

const nothing: KeyValue = {
  key: '',
  value: new Uint8Array(),
  createRevision: 0,
  modRevision: 0,
  version: 0,
  lease: 0n,
};

/** A missing key has no value to compare; its other fields are 0. */
function satisfies({ result, against }: Compare, kv: KeyValue | undefined): boolean {
  if (kv === undefined && against.target === 'value') return false;
  const order = orderOf(against, kv ?? nothing);
  switch (result) {
    case 'equal':
      return order === 0;
    case 'greater':
      return order > 0;
    case 'less':
      return order < 0;
    case 'not-equal':
      return order !== 0;
    default:
      return unreachable(result);
  }
}

/** Negative, 0 or positive if the key's field is less than, equal to or greater than the given value. */
function orderOf(against: Compare['against'], kv: KeyValue): number {
  switch (against.target) {
    case 'version':
      return kv.version - against.value;
    case 'create':
      return kv.createRevision - against.value;
    case 'mod':
      return kv.modRevision - against.value;
    case 'lease':
      return kv.lease === against.value ? 0 : kv.lease < against.value ? -1 : 1;
    case 'value':
      return compareBytes(kv.value, against.value);
    default:
      return unreachable(against);
  }
}
