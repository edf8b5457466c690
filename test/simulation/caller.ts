import { RegistryError } from '../../src/base/errors.ts';
import type { Operations } from '../../src/operations/index.ts';
import type { Machine } from './machine.ts';
import type { SeededRandom } from './random.ts';
import type { Scheduler } from './scheduler.ts';

/** The outcome of a call, as its client knows it. */
export type Reply<T> =
  | { readonly kind: 'ok'; readonly value: T }
  /** The call had no effect. */
  | { readonly kind: 'refused'; readonly error: RegistryError }
  | { readonly kind: 'unreachable' }
  /** It may have taken effect, or may still do so. */
  | { readonly kind: 'unknown' };

const unknownCodes = new Set(['timeout', 'timeout-leader-failure', 'timeout-connection-lost']);

/** A call that a running process has accepted and not answered. */
export interface OpenCall {
  readonly member: string;
  readonly takenMs: number;
  /** A description of the call. */
  readonly what: string;
}

interface Callers {
  readonly scheduler: Scheduler;
  readonly random: SeededRandom;
  /** Calls stay here until they are answered, even if the caller has given up. */
  readonly unanswered: Set<OpenCall>;
}

/** Calls a member as a client does: over a connection with latency, which ends with the process. */
export function callMember<T>(
  { scheduler, random, unanswered }: Callers,
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
      machine.run(({ operations, isAlive, onEnd }) => {
        if (operations === undefined || !isAlive) return;
        const call = {
          member: machine.name,
          takenMs: scheduler.nowMs,
          what: operation.toString().replaceAll(/\s+/g, ' ').slice(0, 120),
        };
        const isOver = (): boolean => unanswered.delete(call);
        unanswered.add(call);
        onEnd.add(isOver);
        const answered = invoke(operations, operation);
        answered.then(isOver, isOver);
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
