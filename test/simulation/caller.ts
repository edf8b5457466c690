import { RegistryError } from '../../src/base/errors.ts';
import type { CallOptions, Operations } from '../../src/operations/index.ts';
import { anonymous } from './callers.ts';
import type { Machine, Process } from './machine.ts';
import type { SeededRandom } from './random.ts';
import type { Scheduler } from './scheduler.ts';
import type { Session } from './users/session.ts';

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

/** Calls a member as a client does: as its user, if the world has users, and otherwise as anybody. */
export function callMember<T>(
  session: Session,
  machine: Machine,
  operation: (operations: Operations, as: CallOptions) => Promise<T>,
  clientTimeoutMs?: number,
): Promise<Reply<T>> {
  if (session.hasUser) return session.call(machine, operation, clientTimeoutMs);
  const act = (operations: Operations): Promise<T> => operation(operations, anonymous);
  return exchange(session.world, machine, act, operation, clientTimeoutMs);
}

/** A request and its answer over a connection with latency, which ends with the process. */
export function exchange<T>(
  { scheduler, random, unanswered }: Callers,
  machine: Machine,
  act: (operations: Operations, process: Process) => Promise<T>,
  what: { toString(): string },
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
      machine.run((process) => {
        const { operations, isAlive, onEnd } = process;
        if (operations === undefined || !isAlive) return;
        const call = {
          member: machine.name,
          takenMs: scheduler.nowMs,
          what: what.toString().replaceAll(/\s+/g, ' ').slice(0, 120),
        };
        const isOver = (): boolean => unanswered.delete(call);
        unanswered.add(call);
        onEnd.add(isOver);
        const answered = invoke(operations, process, act);
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
  process: Process,
  act: (operations: Operations, process: Process) => Promise<T>,
): Promise<T> {
  return act(operations, process);
}
