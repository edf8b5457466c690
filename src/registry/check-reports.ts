import type { Logger } from '../base/logger.ts';
import type { Metrics } from '../base/metrics.ts';
import type { Verdict } from './check-judge.ts';
import { drainType } from './check.ts';
import type { CheckStatus } from './check.ts';
import type { Check } from './views.ts';

/** Characters of an output in a log line. */
const loggedOutputMax = 200;
/** Log lines about definitions that cannot be read. */
const badLinesMax = 100;

/** Tells operators what was done for checks. */
export class CheckReports {
  readonly #logger: Logger;
  readonly #metrics: Metrics;
  #badLines = 0;

  constructor(logger: Logger, metrics: Metrics) {
    this.#logger = logger;
    this.#metrics = metrics;
  }

  ran({ type }: Check, result: CheckStatus): void {
    const help = 'Runs of health checks by this member.';
    this.#metrics.counter('rollcall_check_runs_total', help, { type, result }).add();
  }

  changed(check: Check, { status, output }: Verdict): void {
    const help = 'Changes of the status of checks that this member has written.';
    this.#metrics.counter('rollcall_check_status_changes_total', help, { to: status }).add();
    this.#logger.info('the status of a check has changed', {
      ...fieldsOf(check),
      from: check.saidStatus,
      to: status,
      output: output.slice(0, loggedOutputMax),
    });
  }

  deregistered(check: Check): void {
    const help =
      'Instances that were deregistered because a check was critical for too long, or after a drain.';
    this.#metrics.counter('rollcall_check_deregistrations_total', help).add();
    const why = check.type === drainType ? 'it was drained' : 'its check was critical for too long';
    this.#logger.warn(`an instance is deregistered, since ${why}`, {
      ...fieldsOf(check),
      after: check.definition['DeregisterCriticalServiceAfter'],
    });
  }

  notDeregistered(check: Check, error: unknown): void {
    this.#logger.warn('failed to deregister an instance; trying again', {
      ...fieldsOf(check),
      error: String(error),
    });
  }

  wrongDefinition(check: Check, problem: string): void {
    if (this.#badLines++ >= badLinesMax) return;
    this.#logger.warn('a check cannot be run, since its definition is wrong', {
      ...fieldsOf(check),
      problem,
    });
  }
}

function fieldsOf({ subject, id }: Check): Record<string, string> {
  if (subject.kind === 'node') return { node: subject.node, check: id };
  const { namespace, service, instance } = subject.name;
  return { namespace, service, instance, check: id };
}
