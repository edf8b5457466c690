import type { Check, CheckRuns } from '../../../registry/index.ts';
import { agentCallerOf, checkToChange } from './caller.ts';
import type { Answer } from '../frame/answer.ts';
import type { Call } from '../frame/call.ts';
import { readCatalog } from '../catalog/query.ts';
import type { ConsulParts } from '../parts.ts';
import { ConsulRefusal, failed } from '../frame/refusals.ts';
import type { Route } from '../frame/route.ts';
import { serversOf } from '../cluster/servers.ts';

/** The runs of a check by the cluster. Consul has nothing like it: there an agent runs its own checks, at its own time. */
export function checkRunRoutes(parts: ConsulParts): readonly Route[] {
  return [
    {
      path: '/v1/agent/check/run/{check}',
      methods: {
        GET: {
          about:
            'Who runs a check. Asked of that member, also when it ran last and when it does next.',
          scope: 'member',
          needs: 'operations',
          serve: (call) => runsOf(parts, call),
        },
        PUT: {
          about: 'Runs a check now, wherever it is run, and answers with its result.',
          scope: 'member',
          needs: 'operations',
          serve: (call) => runNow(parts, call),
        },
      },
    },
  ];
}

async function runsOf(parts: ConsulParts, call: Call): Promise<Answer> {
  const check = await checkOf(parts, call);
  return { json: await runsJson(parts, call, check, present(parts.checks.runsOf(check), check)) };
}

async function runNow(parts: ConsulParts, call: Call): Promise<Answer> {
  const check = await checkOf(parts, call);
  const runs = present(parts.checks.runsOf(check), check);
  if (!(await parts.checks.runNow(check, call.options))) throw notRun(check);
  const catalog = await readCatalog(parts, call, 'stale');
  const now = catalog.checksOf(check.subject).find(({ id }) => id === check.id) ?? check;
  return { json: await runsJson(parts, call, now, parts.checks.runsOf(now) ?? runs) };
}

async function runsJson(
  parts: ConsulParts,
  call: Call,
  check: Check,
  { owner, times }: CheckRuns,
): Promise<object> {
  const servers = await serversOf(parts, call.options);
  const time = (ms: number | undefined): string | null =>
    ms === undefined ? null : new Date(parts.wallTimeMs() + ms - parts.clock.nowMs()).toISOString();
  return {
    CheckID: check.id,
    Status: check.status,
    Output: check.output,
    Owner: servers.find(({ memberId }) => memberId === owner)?.name ?? '',
    LastRun: time(times?.lastMs),
    NextRun: time(times?.nextMs),
  };
}

async function checkOf(parts: ConsulParts, call: Call): Promise<Check> {
  const id = call.part('check');
  const caller = agentCallerOf(parts, call);
  const check =
    checkToChange(await readCatalog(parts, call, 'stale'), id, caller) ??
    checkToChange(await readCatalog(parts, call, 'consistent'), id, caller);
  if (check !== undefined) return check;
  throw new ConsulRefusal(
    404,
    `Unknown check ID "${id}". Ensure that the check ID is passed, not the check name.`,
  );
}

function present(runs: CheckRuns | undefined, check: Check): CheckRuns {
  if (runs === undefined) throw notRun(check);
  return runs;
}

function notRun({ id }: Check): ConsulRefusal {
  return failed(`The cluster does not run the check "${id}": its status comes from outside`);
}
