import type { Command } from 'commander';
import { Discovery } from '../discovery.ts';
import { CliFailure, exitCodes } from '../exit.ts';
import type { Run, Session } from '../session.ts';
import { oneOf } from '../values.ts';

/** `services`, `instances`, `checks`, `nodes`: what is registered, and how it is. */
export function addLooking(program: Command, run: Run): void {
  program
    .command('services')
    .description('print all services, with their tags and how their checks are')
    .addHelpText('after', '\nExample:\n  rollcall services')
    .action((_flags: unknown, command: Command) => run(command, services, local));
  program
    .command('instances')
    .description('print the instances of a service, with their addresses and health')
    .argument('<service>', 'the service')
    .option('--passing', 'only those that are healthy')
    .option('--tag <tag>', 'only those with this tag')
    .addHelpText(
      'after',
      `
Examples:
  rollcall instances payment
  rollcall instances payment --passing --json | jq -r '.[].address'`,
    )
    .action((service: string, flags: InstanceFlags, command: Command) =>
      run(command, (session) => instances(session, service, flags), local),
    );
  const checksCommand = program
    .command('checks')
    .description('print checks with their status and last output')
    .argument('[service]', 'only those of this service')
    .option('--status <status>', 'only passing, warning or critical ones', status)
    .addHelpText(
      'after',
      '\nExamples:\n  rollcall checks payment\n  rollcall checks --status critical',
    )
    .action((service: string | undefined, flags: { readonly status?: string }, command: Command) =>
      run(command, (session) => checks(session, service, flags.status), local),
    );
  checksCommand
    .command('run')
    .description('have the cluster run a check now, and print its result')
    .argument('<check>', 'the ID of the check')
    .addHelpText('after', '\nExample:\n  rollcall checks run service:payment-1')
    .action((check: string, _flags: unknown, command: Command) =>
      run(command, (session) => runCheck(session, check), local),
    );
  program
    .command('nodes')
    .description('print all nodes: members, and those that clients registered')
    .addHelpText('after', '\nExample:\n  rollcall nodes')
    .action((_flags: unknown, command: Command) => run(command, nodes, local));
}

/** No gRPC. */
const local = { isLocal: true };

const status = oneOf('passing', 'warning', 'critical');

interface InstanceFlags {
  readonly passing?: boolean;
  readonly tag?: string;
}

interface CheckRow {
  readonly Node: string;
  readonly CheckID: string;
  readonly Name: string;
  readonly Status: string;
  readonly Output: string;
  readonly ServiceID: string;
  readonly ServiceName: string;
}

interface InstanceRow {
  readonly Node: { readonly Node: string; readonly Address: string };
  readonly Service: {
    readonly ID: string;
    readonly Address: string;
    readonly Port: number;
    readonly Tags: readonly string[];
    readonly Meta: Readonly<Record<string, string>>;
  };
  readonly Checks: readonly CheckRow[];
}

/** The members of one cluster are of one program: their answers have the shape of its API. */
async function ask<T>(session: Session, path: string): Promise<T> {
  const answer: unknown = await new Discovery(session).get(path);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return answer as T;
}

async function services(session: Session): Promise<void> {
  const tags = await ask<Readonly<Record<string, readonly string[]>>>(session, 'catalog/services');
  const all = await ask<readonly CheckRow[]>(session, 'health/state/any');
  const rows = Object.keys(tags)
    .toSorted()
    .map((service) => ({
      service,
      tags: (tags[service] ?? []).toSorted(),
      checks: countsOf(all.filter(({ ServiceName }) => ServiceName === service)),
    }));
  if (session.isJson) return session.json(rows);
  await session.table(
    ['SERVICE', 'TAGS', 'CHECKS'],
    rows.map((row) => [row.service, row.tags.join(','), shownCounts(session, row.checks)]),
  );
}

type Counts = Readonly<Record<string, number>>;

function countsOf(some: readonly CheckRow[]): Counts {
  const counts: Record<string, number> = {};
  for (const { Status } of some) counts[Status] = (counts[Status] ?? 0) + 1;
  return counts;
}

function shownCounts(session: Session, counts: Counts): string {
  return ['passing', 'warning', 'critical']
    .filter((one) => counts[one] !== undefined)
    .map((one) => `${counts[one]} ${coloured(session, one)}`)
    .join(', ');
}

function coloured({ colors }: Session, health: string): string {
  if (health === 'passing') return colors.green(health);
  return health === 'warning' ? colors.yellow(health) : colors.red(health);
}

async function instances(session: Session, service: string, flags: InstanceFlags): Promise<void> {
  const query = new URLSearchParams();
  if (flags.passing === true) query.set('passing', '1');
  if (flags.tag !== undefined) query.set('tag', flags.tag);
  const path = `health/service/${encodeURIComponent(service)}?${query.toString()}`;
  const found = await ask<readonly InstanceRow[]>(session, path);
  if (found.length === 0) {
    const which = query.size === 0 ? '' : ' that is asked for';
    throw new CliFailure(exitCodes.notFound, `there is no instance of "${service}"${which}`);
  }
  const rows = found.map(({ Node, Service, Checks }) => ({
    instance: Service.ID,
    address: addressOf(Service.Address || Node.Address, Service.Port),
    node: Node.Node,
    status: healthOf(Checks),
    tags: Service.Tags,
    meta: Service.Meta,
  }));
  if (session.isJson) return session.json(rows);
  await session.table(
    ['INSTANCE', 'ADDRESS', 'NODE', 'STATUS', 'TAGS', 'META'],
    rows.map((row) => [
      row.instance,
      row.address,
      row.node,
      coloured(session, row.status),
      row.tags.join(','),
      pairsOf(row.meta),
    ]),
  );
}

function addressOf(host: string, port: number): string {
  return port === 0 ? host : `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

function healthOf(all: readonly CheckRow[]): string {
  if (all.some(({ CheckID }) => CheckID === '_hold')) return 'held';
  const isDrained = all.some(({ CheckID }) =>
    /^_(?:(?:node|service)_maintenance|drain$)/.test(CheckID),
  );
  if (isDrained) return 'drained';
  const found = ['critical', 'warning'].find((one) => all.some(({ Status }) => Status === one));
  return found ?? 'passing';
}

function pairsOf(meta: Readonly<Record<string, string>>): string {
  return Object.entries(meta)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
}

async function checks(
  session: Session,
  service: string | undefined,
  wanted: string | undefined,
): Promise<void> {
  const path =
    service === undefined
      ? `health/state/${wanted ?? 'any'}`
      : `health/checks/${encodeURIComponent(service)}`;
  const all = await ask<readonly CheckRow[]>(session, path);
  const rows = all
    .filter(({ Status }) => wanted === undefined || Status === wanted)
    .map((row) => ({
      check: row.CheckID,
      name: row.Name,
      service: row.ServiceName,
      instance: row.ServiceID,
      node: row.Node,
      status: row.Status,
      output: row.Output,
    }));
  if (session.isJson) return session.json(rows);
  await session.table(
    ['CHECK', 'INSTANCE', 'NODE', 'STATUS', 'OUTPUT'],
    rows.map((row) => [
      row.check,
      row.instance,
      row.node,
      coloured(session, row.status),
      firstLine(row.output),
    ]),
  );
}

/** Fails if the check is not passing, so that scripts can wait for it. */
async function runCheck(session: Session, check: string): Promise<void> {
  interface Result {
    readonly CheckID: string;
    readonly Status: string;
    readonly Output: string;
    readonly Owner: string;
  }
  const path = `agent/check/run/${encodeURIComponent(check)}`;
  const answer: unknown = await new Discovery(session).putForAnswer(path);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  const { CheckID, Status, Output, Owner } = answer as Result;
  session.result(
    { check: CheckID, status: Status, output: Output, owner: Owner },
    `${coloured(session, Status)} (run by ${Owner}): ${Output.trim()}`,
  );
  if (Status !== 'passing') throw new CliFailure(exitCodes.failed, `${CheckID} is ${Status}`);
}

const outputWidth = 60;

function firstLine(output: string): string {
  const [line = ''] = output.trim().split('\n');
  return line.length > outputWidth ? `${line.slice(0, outputWidth - 1)}…` : line;
}

async function nodes(session: Session): Promise<void> {
  interface Row {
    readonly Node: string;
    readonly ID: string;
    readonly Address: string;
    readonly Meta: Readonly<Record<string, string>>;
  }
  const all = await ask<readonly Row[]>(session, 'catalog/nodes');
  const rows = all.map((row) => ({
    node: row.Node,
    address: row.Address,
    id: row.ID,
    meta: Object.fromEntries(Object.entries(row.Meta).filter(([, value]) => value !== '')),
  }));
  if (session.isJson) return session.json(rows);
  await session.table(
    ['NODE', 'ADDRESS', 'ID', 'META'],
    rows.map((row) => [row.node, row.address, row.id, pairsOf(row.meta)]),
  );
}
