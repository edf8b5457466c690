import { RegistryError } from '../../src/base/errors.ts';
import type { Operations } from '../../src/operations/index.ts';
import type { Machine } from './machine.ts';
import type { SeededRandom } from './random.ts';
import type { Scheduler } from './scheduler.ts';

/** What a client knows after a call. */
export type Reply<T> =
  | { readonly kind: 'ok'; readonly value: T }
  /** Certainly without effect. */
  | { readonly kind: 'refused'; readonly error: RegistryError }
  | { readonly kind: 'unreachable' }
  /** It may have taken effect, or may still. */
  | { readonly kind: 'unknown' };

const unknownCodes = new Set(['timeout', 'timeout-leader-failure', 'timeout-connection-lost']);

/** Calls a member as a client does: over a connection that takes time and ends with the process. */
export function callMember<T>(
  { scheduler, random }: { readonly scheduler: Scheduler; readonly random: SeededRandom },
  machine: Machine,
  operation: (operations: Operations) => Promise<T>,
  clientTimeoutMs = 6000,
): Promise<Reply<T>> {
  return new Promise((resolve) => {
    let isSettled = false;
    const settle = (reply: Reply<T>): void => {
      if (isSettled) return;
      isSettled = true;
      cancelTimeout();
      scheduler.after(random.real(0.05, 3), () => resolve(reply));
    };
    const cancelTimeout = scheduler.after(clientTimeoutMs, () => settle({ kind: 'unknown' }));
    scheduler.after(random.real(0.05, 3), () => {
      if (machine.operations === undefined) {
        settle({ kind: 'unreachable' });
        return;
      }
      machine.process?.onEnd.add(() => settle({ kind: 'unknown' }));
      machine.run(({ operations, isAlive }) => {
        if (operations === undefined || !isAlive) return;
        const answered = invoke(operations, operation);
        answered.then(
          (value) => settle({ kind: 'ok', value }),
          (error: unknown) => {
            if (!(error instanceof RegistryError) || unknownCodes.has(error.code)) {
              settle({ kind: 'unknown' });
            } else settle({ kind: 'refused', error });
          },
        );
      });
    });
  });
}

async function invoke<T>(
  operations: Operations,
  operation: (operations: Operations) => Promise<T>,
): Promise<T> {
  return operation(operations);
}
