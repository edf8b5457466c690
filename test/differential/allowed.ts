import { fieldOf } from './steps.ts';
import type { Answer, Step } from './steps.ts';

/** An intended difference between etcd and Rollcall. */
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

/** The key-values of the first answer, if it is that of a range. */
function keyValues({ answers: [first] }: Answer): readonly unknown[] {
  const kvs = fieldOf(first, 'kvs');
  return Array.isArray(kvs) ? kvs : [];
}

function inOneOrder(kvs: readonly unknown[]): readonly string[] {
  return kvs.map((kv) => JSON.stringify(kv)).toSorted();
}

/** True if both have the same keys, and one of the fields that ranges are sorted by reads the same in both. */
function isSortedAlike(etcd: Answer, rollcall: Answer): boolean {
  const [theirs, ours] = [keyValues(etcd), keyValues(rollcall)];
  const fields = ['value', 'version', 'create_revision', 'mod_revision'];
  return (
    isSame(inOneOrder(theirs), inOneOrder(ours)) &&
    fields.some((name) => theirs.every((kv, at) => fieldOf(kv, name) === fieldOf(ours[at], name)))
  );
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
    line: '`CORRUPT` refuses reads of keys, too',
    applies: (step, etcd, rollcall) =>
      /range|txn/i.test(nameOf(step)) &&
      etcd.refusal === undefined &&
      rollcall.refusal?.message === 'etcdserver: corrupt cluster',
  },
  {
    line: '`keys_only` tells the lease, too',
    applies: (step, etcd, rollcall) =>
      /keys_?only/i.test(JSON.stringify(step)) && isSame(etcd, without(rollcall, ['lease'])),
  },
  {
    line: "keys that compare equal stay in their order, which etcd's sort keeps of up to 12 keys only",
    applies: (step, etcd, rollcall) =>
      /sort_?target/i.test(JSON.stringify(step)) &&
      keyValues(etcd).length > 12 &&
      isSame(without(etcd, ['kvs']), without(rollcall, ['kvs'])) &&
      isSortedAlike(etcd, rollcall),
  },
  {
    line: 'after a compaction at revision 0 its answers for the newest revision stay those of that moment',
    applies: (step, etcd, rollcall) =>
      /HashKV/i.test(nameOf(step)) &&
      [etcd, rollcall].every(({ refusal }) => refusal === undefined) &&
      fieldOf(etcd.answers[0], 'compact_revision') === '-1' &&
      Number(fieldOf(etcd.answers[0], 'hash_revision') ?? 0) === 0,
  },
  {
    line: 'for a negative revision it answers with the hash of nothing',
    applies: (step, etcd, rollcall) =>
      /HashKV/i.test(nameOf(step)) &&
      String(fieldOf(etcd.answers[0], 'hash_revision')).startsWith('-') &&
      isSame(
        without(etcd, ['hash', 'hash_revision']),
        without(rollcall, ['hash', 'hash_revision']),
      ),
  },
  {
    line: 'the number is not the one that etcd computes',
    applies: (step, etcd, rollcall) =>
      /HashKV/i.test(nameOf(step)) && isSame(without(etcd, ['hash']), without(rollcall, ['hash'])),
  },
];
