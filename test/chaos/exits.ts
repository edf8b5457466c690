import type { ProcessEnd } from '../cluster/processes.ts';

export type Excuse = 'failing-disk' | 'full-disk' | 'file-limit' | 'removal' | 'arrival';

/** Reasons for which a member may end or fail to start, and what it must log then. */
const reasons: Readonly<Record<Excuse, RegExp>> = {
  'failing-disk': /input\/output error/i,
  'full-disk': /no space left|ENOSPC/i,
  'file-limit': /file too large|EFBIG|SIGXFSZ|file size limit/i,
  removal: /removed from the cluster/i,
  /** A joining member asks members that may be cut off, or may still know the member that it replaces. */
  arrival:
    /no member of the cluster to join answers|the cluster does not know|has been part of the cluster before|cannot fetch cluster info|member count is unequal/i,
};

/** The system may have given the port to another process while the member was down. */
const portTaken = /EADDRINUSE|address already in use/i;
/** The log line with which a member ends or cannot start, of Rollcall and of etcd. */
const deathLine = /"level":"(fatal|panic)"|"msg":"this member (stops|cannot run)|^panic: /;

interface Period {
  readonly excuse: Excuse;
  readonly member: string;
  readonly fromMs: number;
  toMs: number;
}

/**
 * Members that ended by themselves. This is a finding, unless a fault of this process explains exactly what it
 * logged. The fault may be over by then: a member whose disk was full may notice only at its next write.
 */
export class Exits {
  /** How often each reason applied. */
  readonly excused: Map<string, number> = new Map();
  readonly #periods: Period[] = [];
  #problems: string[] = [];

  /** Allows a member to end for this reason, until the returned function is called. */
  excuse(excuse: Excuse, member: string): () => void {
    const period = { excuse, member, fromMs: performance.now(), toMs: Infinity };
    this.#periods.push(period);
    return () => {
      period.toMs = Math.min(period.toMs, performance.now());
    };
  }

  note(end: ProcessEnd): void {
    const death = end.lastWords.split('\n').find((line) => deathLine.test(line));
    // It may have been about to end by itself when it was stopped.
    if (wasAsked(end) && death === undefined) return;
    const said = death ?? end.lastWords;
    const excuse = this.#excuseOf(end, said);
    if (excuse === undefined) this.#problems.push(describe(end));
    else this.excused.set(excuse, (this.excused.get(excuse) ?? 0) + 1);
  }

  /** Findings since the last call. */
  takeProblems(): string[] {
    const problems = this.#problems;
    this.#problems = [];
    return problems;
  }

  #excuseOf({ name, startedMs, endedMs }: ProcessEnd, said: string): string | undefined {
    if (portTaken.test(said)) return 'port-taken';
    return this.#periods.find(({ excuse, member, fromMs, toMs }) => {
      const inItsLife = member === name && fromMs <= endedMs && startedMs <= toMs;
      return inItsLife && reasons[excuse].test(said);
    })?.excuse;
  }
}

/** A process that has no handler yet is ended by the signal itself. */
function wasAsked({ code, signal, sent }: ProcessEnd): boolean {
  if (signal !== null) return sent.includes(signal);
  return code === 0 && sent.includes('SIGTERM');
}

function describe({ name, startedMs, endedMs, code, signal, sent, lastWords }: ProcessEnd): string {
  const how = signal === null ? `with exit code ${code}` : `by ${signal}`;
  const asked = sent.length === 0 ? 'which nobody asked for' : `after ${sent.join(' and ')}`;
  const age = Math.round(endedMs - startedMs);
  const words = lastWords.trimEnd().split('\n').slice(-8);
  return [
    `${name} ended ${how}, ${asked}, ${age} ms after its start, and no fault explains it:`,
    ...words,
  ].join('\n    ');
}
