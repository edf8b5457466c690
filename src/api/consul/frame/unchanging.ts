import type { IndexedAnswer } from './answer.ts';
import type { BlockingQueries } from './blocking.ts';
import type { Call } from './call.ts';
import { nothingToCancel } from '../../../base/clock.ts';

/**
 * An answer whose index stays 1. A caller that waits for a change waits its time: answered at once, it would ask again at
 * once, for ever.
 */
export function unchanging(
  { blocking }: { readonly blocking: BlockingQueries },
  call: Call,
  json: () => unknown,
): Promise<IndexedAnswer> {
  return blocking.answer(call, {
    answer: async () => ({ index: 1, json: await json() }),
    onChange: () => nothingToCancel,
  });
}
