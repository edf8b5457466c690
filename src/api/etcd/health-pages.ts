import type { Counter, Metrics } from '../../base/metrics.ts';
import type { Logger } from '../../base/logger.ts';
import type { AlarmType, CallOptions, Operations } from '../../operations/index.ts';
import { callerAddress } from '../../base/caller-address.ts';
import { goneSignal, sendMethodNotAllowed, sendNotFound, sendText } from '../http/index.ts';
import type { HttpRequest, HttpResponse, Page } from '../http/index.ts';
import { etcdStatusOf } from './errors.ts';

export interface HealthOptions {
  readonly operations: Pick<Operations, 'checkHealth' | 'alarms' | 'hasLeader' | 'isLearner'>;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** Health pages need no login. */
function callOf(request: HttpRequest, response: HttpResponse): CallOptions {
  const address = callerAddress(request.socket);
  return { caller: { api: 'health', address, identity: undefined }, signal: goneSignal(response) };
}

/** True for the paths of the health pages. */
export function isHealthPath(path: string): boolean {
  return path === '/health' || /^\/(livez|readyz)(\/|$)/.test(path);
}

/**
 * `/health`, the old page, which responds with JSON; and `/livez` and `/readyz`, which consist of single checks, for
 * Kubernetes: it restarts a member that is not live, and sends no requests to one that is not ready.
 */
export function createHealthPages(options: HealthOptions): Page {
  const success = options.metrics.counter(
    'etcd_server_health_success',
    'Requests for /health that found the member healthy.',
  );
  const failures = options.metrics.counter(
    'etcd_server_health_failures',
    'Requests for /health that did not.',
  );
  const checks = createChecks(options);
  const pages: Readonly<Record<string, readonly Check[]>> = {
    livez: checks.filter(({ name }) => name === 'serializable_read').map(onPage('livez', options)),
    readyz: checks.map(onPage('readyz', options)),
  };

  const report = onChange((reason: string) => {
    options.logger.warn('/health reports a failure', { reason });
  });

  return async (request, response, { path, query }) => {
    if (request.method !== 'GET') {
      if (path === '/health') failures.add();
      sendMethodNotAllowed(response, 'GET');
      return;
    }
    const call = callOf(request, response);
    if (path === '/health') {
      const reason = await whyUnhealthy(options, query, call);
      (reason === undefined ? success : failures).add();
      report(reason);
      sendHealth(response, reason);
      return;
    }
    const [, page = '', check, ...more] = path.split('/');
    const wanted = (pages[page] ?? []).filter(({ name }) => check === undefined || check === name);
    if (wanted.length === 0 || more.length > 0) {
      sendNotFound(response);
      return;
    }
    const excluded = check === undefined ? new Set(query.getAll('exclude')) : new Set<string>();
    await runChecks(
      response,
      wanted.filter(({ name }) => !excluded.has(name)),
      { verbose: query.has('verbose'), call },
    );
  };
}

/** Calls `tell` when the reason changes, not each time that the page is read. */
function onChange(tell: (wrong: string) => void): (wrong: string | undefined) => void {
  let last: string | undefined;
  return (wrong) => {
    if (wrong !== undefined && wrong !== last) tell(wrong);
    last = wrong;
  };
}

const alarmNames: Readonly<Record<AlarmType, string>> = {
  'no-space': 'NOSPACE',
  corrupt: 'CORRUPT',
};

/** The reason in etcd's text; undefined if the member is healthy. */
async function whyUnhealthy(
  { operations }: HealthOptions,
  query: URLSearchParams,
  call: CallOptions,
): Promise<string | undefined> {
  const excluded = new Set(query.getAll('exclude'));
  const alarm = operations
    .alarms()
    .map(({ type }) => alarmNames[type])
    .find((name) => !excluded.has(name));
  if (alarm !== undefined) return `ALARM ${alarm}`;
  const linearizable = query.get('serializable') !== 'true';
  if (linearizable && !operations.hasLeader()) return 'RAFT NO LEADER';
  try {
    await operations.checkHealth({ linearizable }, call);
    return undefined;
  } catch (error) {
    return `RANGE ERROR:${etcdStatusOf(error).message}`;
  }
}

/** As in etcd, the content type is text although the body is JSON, and only an error ends with a line break. */
function sendHealth(response: HttpResponse, reason: string | undefined): void {
  if (reason !== undefined) {
    sendText(response, 503, `${JSON.stringify({ health: 'false', reason })}\n`);
    return;
  }
  sendText(response, 200, JSON.stringify({ health: 'true', reason: '' }));
}

/** One check of a health page. */
interface Check {
  readonly name: string;
  /** The failure, or undefined. */
  readonly run: (call: CallOptions) => Promise<string | undefined>;
}

function createChecks({ operations }: HealthOptions): readonly Check[] {
  const read = async (linearizable: boolean, call: CallOptions): Promise<string | undefined> => {
    try {
      await operations.checkHealth({ linearizable }, call);
      return undefined;
    } catch (error) {
      return etcdStatusOf(error).message;
    }
  };
  return [
    {
      name: 'data_corruption',
      run: async () =>
        operations.alarms().some(({ type }) => type === 'corrupt')
          ? 'alarm activated: CORRUPT'
          : undefined,
    },
    { name: 'serializable_read', run: (call) => read(false, call) },
    { name: 'linearizable_read', run: (call) => read(true, call) },
    {
      name: 'non_learner',
      run: async () => (operations.isLearner() ? 'not supported for learner' : undefined),
    },
  ];
}

/** The same check, measured for one page. */
function onPage(type: string, { metrics, logger }: HealthOptions): (check: Check) => Check {
  return ({ name, run }) => {
    let passed = 0;
    const count = (status: string): Counter => {
      const labels = { type, name, status };
      return metrics.counter('etcd_server_healthchecks_total', 'Health checks by outcome.', labels);
    };
    const succeeded = count('success');
    const failed = count('error');
    const labels = { type, name };
    metrics.gauge('etcd_server_healthcheck', '1 if it passed last time.', () => passed, labels);
    const report = onChange((reason) => {
      logger.warn('a health check failed', { page: type, check: name, reason });
    });
    return {
      name,
      run: async (call) => {
        const wrong = await run(call);
        passed = wrong === undefined ? 1 : 0;
        (wrong === undefined ? succeeded : failed).add();
        report(wrong);
        return wrong;
      },
    };
  };
}

/** Without `verbose`, single checks are named only if one failed. */
async function runChecks(
  response: HttpResponse,
  checks: readonly Check[],
  { verbose, call }: { verbose: boolean; call: CallOptions },
): Promise<void> {
  const outcomes = await Promise.all(
    checks.map(async ({ name, run }) => ({ name, wrong: await run(call) })),
  );
  const lines = outcomes.map(({ name, wrong }) =>
    wrong === undefined ? `[+]${name} ok\n` : `[-]${name} failed: ${wrong}\n`,
  );
  if (outcomes.some(({ wrong }) => wrong !== undefined)) {
    sendText(response, 503, `${lines.join('')}\n`);
    return;
  }
  sendText(response, 200, verbose ? `${lines.join('')}ok\n` : 'ok\n');
}
