import { compareBytes } from './bytes.ts';
import type { KeyStore } from './key-store.ts';
import type { KeyValue } from './key-value.ts';
import type { RangeRequest, RangeResult, SortTarget } from './requests.ts';

/**
 * Carries out a range at a revision that can be read. With an order or a filter the limit counts what is left in the
 * end. With a sort target but no order, only the first `limit + 1` keys are read, which are then sorted and cut: that is
 * how etcd does it.
 */
export function readRange(keys: KeyStore, request: RangeRequest, revision: number): RangeResult {
  const { range, limit, countOnly } = request;
  const count = keys.count(range, revision);
  if (countOnly) return { kind: 'range', kvs: [], more: false, count };
  const readMax = limit > 0 && !needsAll(request) ? limit + 1 : Number.MAX_SAFE_INTEGER;
  const values = !request.keysOnly || request.sortTarget === 'value';
  let found: KeyValue[] = [];
  keys.visit({ range, revision, values }, (kv) => {
    if (passes(request, kv)) found.push(kv);
    return found.length < readMax;
  });
  const sort = sortOf(request);
  if (sort !== undefined) found.sort(sort);
  const more = limit > 0 && found.length > limit;
  if (more) found = found.slice(0, limit);
  return { kind: 'range', kvs: request.keysOnly ? found.map(withoutValue) : found, more, count };
}

/** True if what the limit lets through can only be told when everything was looked at. */
function needsAll(request: RangeRequest): boolean {
  return (
    (request.sortOrder !== 'none' && sortOf(request) !== undefined) ||
    request.minModRevision !== 0 ||
    request.maxModRevision !== 0 ||
    request.minCreateRevision !== 0 ||
    request.maxCreateRevision !== 0
  );
}

function passes(request: RangeRequest, { modRevision, createRevision }: KeyValue): boolean {
  const { minModRevision, maxModRevision, minCreateRevision, maxCreateRevision } = request;
  return (
    (minModRevision === 0 || modRevision >= minModRevision) &&
    (maxModRevision === 0 || modRevision <= maxModRevision) &&
    (minCreateRevision === 0 || createRevision >= minCreateRevision) &&
    (maxCreateRevision === 0 || createRevision <= maxCreateRevision)
  );
}

/** Undefined: the order of keys, in which they come anyway. */
function sortOf({
  sortOrder,
  sortTarget,
}: RangeRequest): ((a: KeyValue, b: KeyValue) => number) | undefined {
  if (sortTarget === 'key' && sortOrder !== 'descend') return undefined;
  const compare = comparers[sortTarget];
  return sortOrder === 'descend' ? (a, b) => compare(b, a) : compare;
}

const comparers: Readonly<Record<SortTarget, (a: KeyValue, b: KeyValue) => number>> = {
  key: (a, b) => (a.key < b.key ? -1 : 1),
  version: (a, b) => a.version - b.version,
  create: (a, b) => a.createRevision - b.createRevision,
  mod: (a, b) => a.modRevision - b.modRevision,
  value: (a, b) => compareBytes(a.value, b.value),
};

const noBytes = new Uint8Array();

function withoutValue(kv: KeyValue): KeyValue {
  return { ...kv, value: noBytes };
}
