import { compareBytes } from './bytes.ts';
import type { KeyStore } from './key-store.ts';
import type { KeyValue } from './key-value.ts';
import type { RangeRequest, RangeResult, SortTarget } from './requests.ts';

/** Carries out a range at a revision that can be read. */
export function readRange(keys: KeyStore, request: RangeRequest, revision: number): RangeResult {
  const { range, limit, countOnly } = request;
  const count = keys.count(range, revision);
  if (countOnly) return { kind: 'range', kvs: [], more: false, count };
  const sort = sortOf(request);
  const isPlain = sort === undefined && !hasFilter(request);
  const values = !request.keysOnly || request.sortTarget === 'value';
  let found: KeyValue[] = [];
  keys.visit({ range, revision, values }, (kv) => {
    if (isPlain || passes(request, kv)) found.push(kv);
    return !isPlain || limit <= 0 || found.length < limit;
  });
  if (sort !== undefined) found.sort(sort);
  const matching = isPlain ? count : found.length;
  const more = limit > 0 && matching > limit;
  if (limit > 0 && found.length > limit) found = found.slice(0, limit);
  return { kind: 'range', kvs: request.keysOnly ? found.map(withoutValue) : found, more, count };
}

function hasFilter(request: RangeRequest): boolean {
  return (
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
