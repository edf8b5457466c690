import type { Command } from 'commander';
import { Discovery } from '../discovery.ts';
import type { FromMember } from '../discovery.ts';
import { CliFailure, exitCodes, usageError } from '../exit.ts';
import { startHint } from '../hints.ts';
import type { Run, Session } from '../session.ts';
import { oneOf } from '../values.ts';
import { merged } from './explained.ts';
import type { Actor, Said } from './explained.ts';

/** `explain`: why an instance is in no answer. */
export function addExplaining(program: Command, run: Run): void {
  program
    .command('explain')
    .description('say why an instance is in no answer, since when, and who did it')
    .argument(
      '[service]',
      'the service; without it, names that clients ask for and that are absent',
    )
    .argument('[instance]', 'one of its instances, also one that is gone')
    .option('--api <api>', 'answers of this API: consul or dns', oneOf('consul', 'dns'), 'consul')
    .option('--sick', "Consul's answers that have sick instances, too")
    .option('--tag <tag>', 'answers for this tag; can be given several times', collect)
    .option('--zone <name>', 'answers for this datacenter')
    .option('--family <number>', 'answers with IPv4 (4) or IPv6 (6) addresses', oneOf('4', '6'))
    .option('--namespace <name>', 'of the service')
    .addHelpText(
      'after',
      `
All endpoints are asked, since each member remembers what it saw itself.

Examples:
  rollcall explain payment payment-1
  rollcall explain payment --api dns --family 6
  rollcall explain`,
    )
    .action(
      (
        service: string | undefined,
        instance: string | undefined,
        flags: ExplainFlags,
        command: Command,
      ) =>
        run(
          command,
          (session) => {
            if (service === undefined) return absent(session);
            if (service === '' || instance === '') throw usageError('a name is empty');
            const path = pathOf(service, instance, flags);
            return instance === undefined
              ? explainService(session, service, path)
              : explainInstance(session, instance, path);
          },
          { isLocal: true },
        ),
    );
}

interface ExplainFlags {
  readonly api: string;
  readonly sick?: boolean;
  readonly tag?: readonly string[];
  readonly zone?: string;
  readonly family?: string;
  readonly namespace?: string;
}

function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

function pathOf(service: string, instance: string | undefined, flags: ExplainFlags): string {
  // With this parameter a slash in the path belongs to the name of the service.
  const query = new URLSearchParams({ api: flags.api, instance: instance ?? '' });
  if (flags.sick === true) query.set('passing', 'false');
  for (const tag of flags.tag ?? []) query.append('tag', tag);
  if (flags.zone !== undefined) query.set('zone', flags.zone);
  if (flags.family !== undefined) query.set('family', flags.family);
  if (flags.namespace !== undefined) query.set('ns', flags.namespace);
  const name = service.split('/').map(encodeURIComponent).join('/');
  return `explain/${name}?${query.toString()}`;
}

interface Answers<T> {
  readonly said: readonly T[];
  /** Members that did not answer, and why. */
  readonly silent: readonly string[];
}

async function askAll<T>(session: Session, path: string): Promise<Answers<T>> {
  const all = await new Discovery(session).getFromAll(path);
  const said: T[] = [];
  const silent: string[] = [];
  for (const one of all) {
    // The members of one cluster are of one program: their answers have the shape of its API.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    if (one.problem === undefined) said.push(one.answer as T);
    else silent.push(problemOf(one));
  }
  if (said.length > 0) return { said, silent };
  throw new CliFailure(exitCodes.failed, `${silent.join('; ')}\n  ${startHint}`);
}

function problemOf({ problem = '', url }: FromMember): string {
  return problem.includes(url) ? problem : `${url}: ${problem}`;
}

function tellSilent(session: Session, silent: readonly string[]): void {
  for (const problem of silent) session.note(`no answer from ${problem}`);
}

async function explainInstance(session: Session, instance: string, path: string): Promise<void> {
  const { said, silent } = await askAll<Said>(session, path);
  const found = merged(said);
  const remembers = said.map(({ Member, Since }) => ({ Member, Since }));
  if (session.isJson) return session.json({ ...found, Remembers: remembers, Silent: silent });
  session.line(sentenceOf(instance, found));
  session.line('');
  await session.table(
    ['REASON', 'HOLDS', 'DETAILS'],
    (found.Looked ?? []).map(({ Reason, Effect, Text }) => [
      Reason,
      Effect === 'out' ? session.colors.red('yes') : Effect === 'note' ? 'but' : 'no',
      Text,
    ]),
  );
  const { Checks: checks = [], Changes: changes = [] } = found;
  if (checks.length > 0) {
    session.line('');
    await session.table(
      ['CHECK', 'STATUS', 'OWNER', 'LAST-RUN', 'OUTPUT'],
      checks.map((one) => [
        one.CheckID,
        one.Status,
        one.Owner,
        shortTime(one.LastRun),
        firstLine(one.Output),
      ]),
    );
  }
  if (changes.length > 0) {
    session.line('');
    await session.table(
      ['TIME', 'STATE', 'BY', 'CHANGE'],
      changes.map((one) => [shortTime(one.Time), one.To, shortActor(one.Actor), one.Text]),
    );
  }
  for (const { Member, Since } of remembers) {
    session.note(`${Member} remembers changes since ${shortTime(Since)}`);
  }
  tellSilent(session, silent);
}

function sentenceOf(instance: string, { InAnswer, First: first }: Said): string {
  if (first === null) return `${instance} is in the answer.`;
  const by = first.Actor === null ? '' : `by ${textOfActor(first.Actor)}`;
  const when = [first.Time === null ? '' : shortTime(first.Time), by].filter(Boolean).join(', ');
  const details = `${first.Text}${when === '' ? '' : ` (${when})`}`;
  return InAnswer
    ? `${instance} is in the answer, but ${details}.`
    : `${instance} is in no answer: ${details}.`;
}

function textOfActor({ API, Address, Member }: Actor): string {
  return `${[API, Address].filter(Boolean).join(' ')} at ${Member}`;
}

/** One word, for columns. */
function shortActor(actor: Actor | null): string {
  return actor === null ? '' : [actor.API, actor.Address, actor.Member].filter(Boolean).join('/');
}

function shortTime(time: string | null): string {
  return time === null ? '' : time.replace(/\.\d+Z$/, 'Z');
}

function firstLine(output: string): string {
  const [line = ''] = output.trim().split('\n');
  return line;
}

interface ServiceSaid extends Omit<Said, 'Instance' | 'InAnswer' | 'First'> {
  readonly Instances: readonly Pick<Said, 'Instance' | 'InAnswer' | 'First'>[];
  readonly LeftOut: number;
  readonly Absent: readonly Asked[];
}

interface Asked {
  readonly API: string;
  readonly Name: string;
  readonly Count: number;
  readonly Last: string;
  readonly Address: string;
}

async function explainService(session: Session, service: string, path: string): Promise<void> {
  const { said, silent } = await askAll<ServiceSaid>(session, path);
  const byInstance = new Map<string, Said[]>();
  for (const { Instances, ...member } of said) {
    for (const one of Instances) {
      const known = byInstance.get(one.Instance) ?? [];
      byInstance.set(one.Instance, [...known, { ...member, ...one }]);
    }
  }
  const instances = [...byInstance.values()].map(merged);
  const leftOut = Math.max(...said.map(({ LeftOut }) => LeftOut));
  const asked = added(said.map(({ Absent }) => Absent.map((one) => ({ ...one, Name: service }))));
  if (session.isJson) {
    const shown = instances.map(({ Instance, InAnswer, First }) => ({ Instance, InAnswer, First }));
    const rest = { LeftOut: leftOut, Absent: asked, Silent: silent };
    return session.json({ Service: service, Instances: shown, ...rest });
  }
  if (instances.length === 0) {
    session.line(`no instance of ${service} is registered, nor left within what is remembered`);
  } else {
    await session.table(
      ['INSTANCE', 'ANSWER', 'SINCE', 'BY', 'WHY'],
      instances.map(({ Instance, InAnswer, First: first }) => [
        Instance,
        InAnswer ? session.colors.green('yes') : session.colors.red('no'),
        shortTime(first?.Time ?? null),
        shortActor(first?.Actor ?? null),
        first?.Text ?? '',
      ]),
    );
  }
  if (leftOut > 0) session.note(`${leftOut} more are left out; name one to have it explained`);
  for (const { API, Count, Last, Address } of asked) {
    const who = Address === '' ? '' : `, by ${Address}`;
    session.note(
      `asked for ${Count} times through ${API} while it was absent, last at ${shortTime(Last)}${who}`,
    );
  }
  tellSilent(session, silent);
}

async function absent(session: Session): Promise<void> {
  const { said, silent } = await askAll<{ readonly Absent: readonly Asked[] }>(session, 'explain');
  const all = added(said.map(({ Absent }) => Absent));
  if (session.isJson) return session.json({ Absent: all, Silent: silent });
  if (all.length === 0) session.line('no client has asked for a name that is absent');
  else {
    await session.table(
      ['COUNT', 'API', 'LAST', 'CALLER', 'NAME'],
      all.map((one) => [String(one.Count), one.API, shortTime(one.Last), one.Address, one.Name]),
    );
  }
  tellSilent(session, silent);
}

/** The counts of all members, added up; the most frequent first. */
function added(all: readonly (readonly Asked[])[]): readonly Asked[] {
  const sums = new Map<string, Asked>();
  for (const one of all.flat()) {
    const id = `${one.API} ${one.Name}`;
    const known = sums.get(id);
    const last = known !== undefined && known.Last > one.Last ? known : one;
    sums.set(id, { ...last, Count: (known?.Count ?? 0) + one.Count });
  }
  return [...sums.values()].toSorted((a, b) => b.Count - a.Count);
}
