import type { MemberProcess } from '../cluster/processes.ts';
import { leaseIds } from './pools.ts';
import { fieldOf } from './steps.ts';
import type { Answer, Step } from './steps.ts';

interface Identity {
  readonly member: MemberProcess;
  readonly memberId: string;
  readonly clusterId: string;
}

/** Fields that differ from one run of the same program to the next, or from one release to the next. */
const ofTheRun: ReadonlySet<string> = new Set([
  'raft_term',
  'raftTerm',
  'raftIndex',
  'raftAppliedIndex',
  'dbSize',
  'dbSizeInUse',
  'hash',
  'blob',
  'remaining_bytes',
]);

/** Removes from answers what differs between members or runs. */
export class Normal {
  readonly #identity: Identity;

  constructor(identity: Identity) {
    this.#identity = identity;
  }

  /** A request with the names of this member in it. */
  filled(text: string): string {
    const { member, memberId } = this.#identity;
    return text.replaceAll('$self', memberId).replaceAll('$peer', member.peerUrl);
  }

  answer(step: Step, answer: Answer): Answer {
    const answers = answer.answers.map((one) => this.#value(one, ''));
    const rpc = step.kind === 'post' ? step.path : step.rpc;
    const arranged =
      rpc === '/etcdserverpb.Watch/Watch'
        ? byWatcher(answers)
        : isSnapshot(rpc)
          ? answers.slice(-1)
          : answers;
    if (answer.refusal === undefined) return { answers: arranged };
    const { message, code, status } = answer.refusal;
    // Go's protobuf writes its errors with or without a no-break space, as its build fell out.
    const refusal = { code, message: this.#text(message.replaceAll('\u00a0', ' ')) };
    return { answers: arranged, refusal: status === undefined ? refusal : { status, ...refusal } };
  }

  /** Leases whose ids a server chose lapse while the run lasts, so that lists leave them out. */
  #value(value: unknown, name: string): unknown {
    if (Array.isArray(value)) {
      const list = value.map((one) => this.#value(one, name));
      return name === 'leases' ? sorted(list.filter((one) => fieldOf(one, 'ID') !== '~')) : list;
    }
    if (typeof value === 'object' && value !== null) {
      return Object.fromEntries(
        Object.entries(value)
          .map(([key, one]): [string, unknown] => [key, this.#value(one, key)])
          .filter(([key, one]) => key !== 'leases' || !Array.isArray(one) || one.length > 0),
      );
    }
    if (ofTheRun.has(name)) return '~';
    if (typeof value !== 'string') return value;
    if ((name === 'ID' || name === 'lease') && !leaseIds.includes(value) && value.length > 5)
      return this.#id(value);
    if (name === 'TTL' && Number(value) > 0) return '~';
    if (name === 'version' && /^3\.7\.\d+$/.test(value)) return '3.7.~';
    if (name === 'key' || name === 'keys') return withoutLease(value);
    return this.#text(value);
  }

  /** An id that was chosen by chance, or made from ports. */
  #id(id: string): string {
    const { memberId } = this.#identity;
    return id === memberId ? '$self' : '~';
  }

  #text(text: string): string {
    const { member, memberId, clusterId } = this.#identity;
    return text
      .replaceAll(memberId, '$self')
      .replaceAll(clusterId, '$cluster')
      .replaceAll(member.peerUrl, '$peer')
      .replaceAll(member.clientUrl, '$client');
  }
}

function isSnapshot(rpc: string): boolean {
  return rpc.toLowerCase().endsWith('maintenance/snapshot');
}

/** The key of a lock or a candidate without the id of a lease that was chosen by chance. */
function withoutLease(key: string): string {
  const text = Buffer.from(key, 'base64').toString('latin1');
  return /^q?\d*\/[\da-f]{8,}$/.test(text) ? text.replace(/\/.*/, '/~') : key;
}

function sorted(list: readonly unknown[]): unknown[] {
  const texts = new Set(list.map((one) => JSON.stringify(one)));
  return [...texts].toSorted().map((one): unknown => JSON.parse(one));
}

/** Progress of all watchers is sent once it is requested and true, so its time is random. */
function isProgress(answer: unknown): boolean {
  return fieldOf(answer, 'watch_id') === '-1' && fieldOf(answer, 'created') !== true;
}

/** The messages of a watch stream by watcher: those of different watchers may come in any order. */
function byWatcher(answers: readonly unknown[]): unknown[] {
  const watchers = new Map<string, unknown[]>();
  for (const answer of answers) {
    if (isProgress(answer)) continue;
    const id = JSON.stringify(fieldOf(answer, 'watch_id') ?? '0');
    watchers.set(id, [...(watchers.get(id) ?? []), answer]);
  }
  const ids = [...watchers.keys()].toSorted((one, other) => (one < other ? -1 : 1));
  return ids.map((id) => watchers.get(id));
}
