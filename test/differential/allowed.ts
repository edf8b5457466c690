import type { Answer, Step } from './steps.ts';

/** A difference between etcd and Rollcall that is on purpose. */
export interface Allowed {
  /** Words of the line in docs/compatibility.md that says so. */
  readonly line: string;
  readonly applies: (step: Step, etcd: Answer, rollcall: Answer) => boolean;
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** The same without fields of these names, wherever they are. */
function without(value: unknown, names: readonly string[]): unknown {
  const text = JSON.stringify(value, (name, one: unknown) =>
    names.includes(name) ? undefined : one,
  );
  return JSON.parse(text);
}

/** The call or the path. */
function nameOf(step: Step): string {
  return step.kind === 'post' ? step.path : step.rpc;
}

export const allowed: readonly Allowed[] = [
  {
    line: 'bytes that are no message',
    applies: (step, etcd, rollcall) =>
      step.kind === 'call' &&
      etcd.refusal?.code === 13 &&
      rollcall.refusal?.code === 13 &&
      etcd.refusal.message.startsWith('grpc: error unmarshalling request'),
  },
  {
    line: '`keys_only` tells the lease, too',
    applies: (step, etcd, rollcall) =>
      /keys_?only/i.test(JSON.stringify(step)) && isSame(etcd, without(rollcall, ['lease'])),
  },
  {
    line: 'the number is not the one that etcd computes',
    applies: (step, etcd, rollcall) =>
      /HashKV/i.test(nameOf(step)) && isSame(without(etcd, ['hash']), without(rollcall, ['hash'])),
  },
];
