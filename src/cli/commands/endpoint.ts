import type { Command } from 'commander';
import type { RollcallError } from '../../client/index.ts';
import { exitCodes } from '../exit.ts';
import { hintFor } from '../hints.ts';
import type { Run, Session } from '../session.ts';
import { formatBytes, formatId, parseCount } from '../values.ts';

/** `endpoint …`: the status, health and hash of each named member. */
export function addEndpoint(program: Command, run: Run): void {
  const endpoint = program.command('endpoint').description('ask each member how it is');
  endpoint
    .command('status')
    .description('print version, size, leader and log position of each member')
    .option('--cluster', 'ask all members of the cluster, not only the endpoints')
    .addHelpText('after', '\nExample:\n  rollcall endpoint status --cluster')
    .action((flags: ClusterFlag, command: Command) =>
      run(command, (session) => status(session, flags)),
    );
  endpoint
    .command('health')
    .description('check that each member can serve; fails if one cannot')
    .option('--cluster', 'ask all members of the cluster, not only the endpoints')
    .addHelpText('after', '\nExample:\n  rollcall endpoint health --cluster')
    .action((flags: ClusterFlag, command: Command) =>
      run(command, (session) => health(session, flags)),
    );
  endpoint
    .command('hashkv')
    .description('print a hash over the data of each member; fails if they differ')
    .option('--cluster', 'ask all members of the cluster, not only the endpoints')
    .option('--rev <revision>', 'as of this revision; 0 is the latest', parseCount, 0)
    .addHelpText('after', '\nExample:\n  rollcall endpoint hashkv --cluster')
    .action((flags: ClusterFlag & { readonly rev: number }, command: Command) =>
      run(command, (session) => hashKv(session, flags)),
    );
}

interface ClusterFlag {
  readonly cluster?: boolean;
}

/** The answer or the error of one endpoint. */
type Answer<T> =
  | { readonly endpoint: string; readonly value: T; readonly tookMs: number }
  | { readonly endpoint: string; readonly error: RollcallError; readonly tookMs: number };

/** Asks every endpoint at the same time. */
async function askAll<T>(
  session: Session,
  flags: ClusterFlag,
  ask: (client: Session['client'], endpoint: string) => Promise<T>,
): Promise<readonly Answer<T>[]> {
  const endpoints =
    flags.cluster === true
      ? (await session.client.members.list()).flatMap((member) => member.clientUrls.slice(0, 1))
      : session.endpoints;
  const client = session.connect(endpoints);
  try {
    return await Promise.all(endpoints.map((endpoint) => askOne(session, client, endpoint, ask)));
  } finally {
    client.close();
  }
}

async function askOne<T>(
  session: Session,
  client: Session['client'],
  endpoint: string,
  ask: (client: Session['client'], endpoint: string) => Promise<T>,
): Promise<Answer<T>> {
  const startedMs = performance.now();
  const tookMs = (): number => Math.round((performance.now() - startedMs) * 100) / 100;
  try {
    return { endpoint, value: await ask(client, endpoint), tookMs: tookMs() };
  } catch (error) {
    if (!(error instanceof session.sdk.RollcallError)) throw error;
    return { endpoint, error, tookMs: tookMs() };
  }
}

async function status(session: Session, flags: ClusterFlag): Promise<number> {
  const answers = await askAll(session, flags, (client, endpoint) =>
    client.maintenance.status(endpoint),
  );
  session.etcdctl?.endpoints('status', answers.map(told));
  if (session.isJson) session.json(answers.map(valueOrError));
  else {
    await session.table(
      [
        'ENDPOINT',
        'ID',
        'VERSION',
        'SIZE',
        'LEADER',
        'LEARNER',
        'TERM',
        'INDEX',
        'APPLIED',
        'ERRORS',
      ],
      answers.map((answer) => {
        if ('error' in answer) return deadRow(answer.endpoint, 10);
        const one = answer.value;
        return [
          one.endpoint,
          formatId(one.memberId),
          one.version,
          formatBytes(one.dbSize),
          String(one.isLeader),
          String(one.isLearner),
          String(one.raftTerm),
          String(one.raftIndex),
          String(one.raftAppliedIndex),
          one.errors.join(', '),
        ];
      }),
    );
  }
  return complain(session, answers);
}

async function health(session: Session, flags: ClusterFlag): Promise<number> {
  const answers = await askAll(session, flags, (client, endpoint) =>
    client.maintenance.health(endpoint),
  );
  session.etcdctl?.endpoints('health', answers.map(told));
  if (session.isJson) {
    session.json(
      answers.map((answer) => ({
        endpoint: answer.endpoint,
        health: 'value' in answer,
        tookMs: answer.tookMs,
        error: 'error' in answer ? answer.error.message : undefined,
      })),
    );
  } else {
    for (const answer of answers) {
      const { endpoint, tookMs } = answer;
      const { green, red } = session.colors;
      if ('value' in answer) session.line(`${endpoint} is ${green('healthy')}: took ${tookMs}ms`);
      else session.line(`${endpoint} is ${red('unhealthy')}: ${answer.error.message}`);
    }
  }
  return answers.every((answer) => 'value' in answer) ? exitCodes.ok : exitCodes.failed;
}

async function hashKv(
  session: Session,
  flags: ClusterFlag & { readonly rev: number },
): Promise<number> {
  const answers = await askAll(session, flags, (client, endpoint) =>
    client.maintenance.hashKv(endpoint, { revision: flags.rev }),
  );
  const found = answers.flatMap((answer) => ('value' in answer ? [answer.value] : []));
  session.etcdctl?.endpoints('hashkv', answers.map(told));
  if (session.isJson) session.json(answers.map(valueOrError));
  else {
    await session.table(
      ['ENDPOINT', 'HASH', 'REVISION', 'COMPACTED'],
      answers.map((answer) => {
        if ('error' in answer) return deadRow(answer.endpoint, 4);
        const one = answer.value;
        return [
          one.endpoint,
          one.hash.toString(16),
          String(one.hashRevision),
          String(one.compactRevision),
        ];
      }),
    );
  }
  const exitCode = complain(session, answers);
  // Hashes of different moments need not be equal.
  const [first] = found;
  const differ = found.some(
    (one) => one.hashRevision === first?.hashRevision && one.hash !== first.hash,
  );
  if (differ) session.problem('different-data', 'the members hold different data');
  return differ ? exitCodes.failed : exitCode;
}

/** As etcdctl's formats tell of an endpoint. */
function told(answer: Answer<unknown>): {
  endpoint: string;
  tookMs: number;
  error: string | undefined;
} {
  const { endpoint, tookMs } = answer;
  return { endpoint, tookMs, error: 'error' in answer ? answer.error.message : undefined };
}

/** For programs: what an endpoint said, or why it said nothing. */
function valueOrError<T>(answer: Answer<T>): T | { endpoint: string; error: string } {
  if ('value' in answer) return answer.value;
  return { endpoint: answer.endpoint, error: answer.error.message };
}

/** One that does not answer keeps its row; why is below the table. */
function deadRow(endpoint: string, columns: number): string[] {
  return [endpoint, ...Array.from({ length: columns - 2 }, () => ''), 'no answer'];
}

/** Names those that did not answer. */
function complain(session: Session, answers: readonly Answer<unknown>[]): number {
  let exitCode: number = exitCodes.ok;
  for (const answer of answers) {
    if (!('error' in answer)) continue;
    const { endpoint, error } = answer;
    session.problem(
      error.code,
      `${endpoint}: ${error.message}`,
      exitCodes.failed,
      hintFor(error, 'endpoint'),
    );
    exitCode = exitCodes.failed;
  }
  return exitCode;
}
