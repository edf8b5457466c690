import type { KeyRange } from '../../../base/key.ts';
import { readOf } from '../../../operations/index.ts';
import type { KeyValue, Operations } from '../../../operations/index.ts';
import type { IndexedAnswer } from './answer.ts';
import type { BlockingQueries } from './blocking.ts';
import type { Call } from './call.ts';
import { isLocal, KeyChanges } from './key-requests.ts';

interface RangeParts {
  readonly operations: Operations;
  readonly blocking: BlockingQueries;
  /** The revisions of the last deletions, as this member has them now. */
  readonly deletions: () => { within(range: KeyRange): number };
}

export interface RangeQuestion {
  readonly range: KeyRange;
  /** The range is one key: while that is there, no deletion counts. */
  readonly isOne: boolean;
  readonly jsonOf: (kvs: readonly KeyValue[]) => unknown;
}

/** An answer made of some keys, whose index is that of their last change. */
export function answerOfRange(
  { operations, blocking, deletions }: RangeParts,
  call: Call,
  { range, isOne, jsonOf }: RangeQuestion,
): Promise<IndexedAnswer> {
  const { options } = call;
  const changes = new KeyChanges(operations, [range], options);
  return blocking.answer(call, {
    answer: async (isFirst) => {
      changes.check();
      const serializable = isLocal(call.query.mode, isFirst);
      const { kvs, header, release } = await operations.range(
        { ...readOf(range), serializable },
        options,
      );
      release?.();
      const newest = kvs.reduce((index, { modRevision }) => Math.max(index, modRevision), 0);
      const deleted = Math.min(header.revision, deletions().within(range));
      const index = isOne && kvs.length > 0 ? newest : Math.max(newest, deleted);
      return { index, json: jsonOf(kvs) };
    },
    onChange: (changed) => changes.onChange(changed),
  });
}
