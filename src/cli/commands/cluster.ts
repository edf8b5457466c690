import type { Command } from 'commander';
import type { Alarm, Member } from '../../client/index.ts';
import { CliFailure, exitCodes, usageError } from '../exit.ts';
import type { Run, Session } from '../session.ts';
import { formatId, parseCount, parseId, parseList } from '../values.ts';

/** `member …`, `move-leader`, `alarm …` and `compact`. */
export function addCluster(program: Command, run: Run): void {
  addMember(program, run);
  program
    .command('move-leader')
    .description('make another member the leader')
    .argument('<id>', 'the member that shall lead', parseId)
    .addHelpText(
      'after',
      `
Examples:
  rollcall member list
  rollcall move-leader 8e9e05c52164694d`,
    )
    .action((id: bigint, _flags: unknown, command: Command) =>
      run(command, (session) => moveLeader(session, id)),
    );
  const alarm = program.command('alarm').description('look at alarms and take them back');
  alarm
    .command('list')
    .description('print the alarms that are raised')
    .addHelpText('after', '\nExample:\n  rollcall alarm list')
    .action((_flags: unknown, command: Command) =>
      run(command, async (session) =>
        printAlarms(session, await session.client.maintenance.alarms()),
      ),
    );
  alarm
    .command('disarm')
    .description('take all alarms back, once their cause is gone')
    .addHelpText('after', '\nExample:\n  rollcall alarm disarm')
    .action((_flags: unknown, command: Command) => run(command, disarm));
  program
    .command('compact')
    .alias('compaction')
    .description('forget history before a revision')
    .argument('<revision>', 'the oldest revision to keep', parseCount)
    .option('--physical', 'wait until the space is free')
    .addHelpText(
      'after',
      `
Example (keep only what there is now):
  rollcall compact $(rollcall endpoint status --json | jq '.[0].revision')`,
    )
    .action((revision: number, flags: { readonly physical?: boolean }, command: Command) =>
      run(command, async (session) => {
        const physical = flags.physical === true;
        await session.client.maintenance.compact(revision, { physical });
        session.result({ compactRevision: revision }, `compacted revision ${revision}`);
      }),
    );
}

function addMember(program: Command, run: Run): void {
  const member = program.command('member').description('list, add and remove members');
  member
    .command('list')
    .description('print the members of the cluster')
    .addHelpText('after', '\nExample:\n  rollcall member list')
    .action((_flags: unknown, command: Command) =>
      run(command, async (session) => printMembers(session, await session.client.members.list())),
    );
  member
    .command('add')
    .description('add a member; start it afterwards, with what this prints')
    .argument('<name>', 'the name it will start with')
    .requiredOption('--peer-urls <urls>', 'where the others will find it, comma-separated')
    .option('--learner', 'without a vote, until it is promoted')
    .addHelpText(
      'after',
      '\nExample:\n  rollcall member add m4 --peer-urls http://10.0.1.48:2380 --learner',
    )
    .action((name: string, flags: AddFlags, command: Command) =>
      run(command, (session) => addOne(session, name, flags)),
    );
  member
    .command('remove')
    .description('remove a member for good')
    .argument('<id>', 'the member', parseId)
    .addHelpText('after', '\nExample:\n  rollcall member remove 8e9e05c52164694d')
    .action((id: bigint, _flags: unknown, command: Command) =>
      run(command, async (session) => {
        await session.client.members.remove(id);
        session.result({ id }, `Member ${formatId(id)} removed`);
      }),
    );
  member
    .command('update')
    .description('change where the others find a member')
    .argument('<id>', 'the member', parseId)
    .requiredOption('--peer-urls <urls>', 'its peer URLs from now on, comma-separated')
    .option('--force', 'also if nobody answers there')
    .addHelpText(
      'after',
      '\nExample:\n  rollcall member update 8e9e05c52164694d --peer-urls http://10.0.1.48:2380',
    )
    .action((id: bigint, flags: UpdateFlags, command: Command) =>
      run(command, (session) => updateOne(session, id, flags)),
    );
  member
    .command('promote')
    .description('give a learner its vote')
    .argument('<id>', 'the member', parseId)
    .addHelpText('after', '\nExample:\n  rollcall member promote 8e9e05c52164694d')
    .action((id: bigint, _flags: unknown, command: Command) =>
      run(command, async (session) => {
        await session.client.members.promote(id);
        session.result({ id }, `Member ${formatId(id)} promoted`);
      }),
    );
}

interface UpdateFlags {
  readonly peerUrls: string;
  readonly force?: boolean;
}

/** The others reach the member at its new address from this moment on, so it should answer there. */
async function updateOne(session: Session, id: bigint, flags: UpdateFlags): Promise<void> {
  const peerUrls = parseList(flags.peerUrls);
  if (peerUrls.length === 0) throw usageError('--peer-urls names no URL');
  const members = flags.force === true ? [] : await session.client.members.list();
  const member = members.find((one) => one.id === id);
  // One that never started has nothing to lose.
  if (member !== undefined && member.name !== '') {
    const { silentUrls } = await import('../reach.ts');
    const silent = await silentUrls(peerUrls);
    if (silent.length > 0) {
      throw new CliFailure(
        exitCodes.failed,
        `nobody answers at ${silent.join(', ')}, so the cluster would lose ${member.name}, and with it perhaps its ` +
          'majority; have the member listen there first, or go on with --force',
      );
    }
  }
  await session.client.members.update(id, peerUrls);
  session.result({ id }, `Member ${formatId(id)} updated`);
}

interface AddFlags {
  readonly peerUrls: string;
  readonly learner?: boolean;
}

async function addOne(session: Session, name: string, flags: AddFlags): Promise<void> {
  const peerUrls = parseList(flags.peerUrls);
  if (peerUrls.length === 0) throw usageError('--peer-urls names no URL');
  const { member, members } = await session.client.members.add(peerUrls, {
    isLearner: flags.learner === true,
  });
  const cluster = members
    .flatMap((one) => one.peerUrls.map((url) => [one.id === member.id ? name : one.name, url]))
    .map(([memberName, url]) => `${memberName}=${url}`)
    .join(',');
  session.result({ member, name, initialCluster: cluster }, [
    `Member ${formatId(member.id)} added. Start it with:`,
    '',
    `rollcall serve --name ${name} \\`,
    `  --initial-cluster '${cluster}' \\`,
    '  --initial-cluster-state existing \\',
    `  --listen-peer-urls ${peerUrls.join(',')} --initial-advertise-peer-urls ${peerUrls.join(',')}`,
  ]);
}

async function printMembers(session: Session, members: readonly Member[]): Promise<void> {
  if (session.isJson) return session.json({ members });
  await session.table(
    ['ID', 'STATUS', 'NAME', 'PEER URLS', 'CLIENT URLS', 'LEARNER'],
    members.map((member) => [
      formatId(member.id),
      member.name === '' ? 'unstarted' : 'started',
      member.name,
      member.peerUrls.join(','),
      member.clientUrls.join(','),
      String(member.isLearner),
    ]),
  );
}

/** Only the leader can hand over, so it is looked for among the endpoints first. */
async function moveLeader(session: Session, target: bigint): Promise<void> {
  for (const endpoint of session.endpoints) {
    const status = await session.client.maintenance.status(endpoint).catch(() => undefined);
    if (status === undefined || !status.isLeader) continue;
    await session.client.maintenance.moveLeader(endpoint, target);
    const from = status.memberId;
    session.result(
      { from, to: target },
      `Leadership transferred from ${formatId(from)} to ${formatId(target)}`,
    );
    return;
  }
  throw new CliFailure(
    exitCodes.failed,
    `none of ${session.endpoints.join(', ')} is the leader; name all members with --endpoints`,
  );
}

async function disarm(session: Session): Promise<void> {
  const { maintenance } = session.client;
  for (const alarm of await maintenance.alarms()) await maintenance.disarm(alarm);
  printAlarms(session, await maintenance.alarms());
}

function printAlarms(session: Session, alarms: readonly Alarm[]): void {
  session.result(
    { alarms },
    alarms.length === 0
      ? 'no alarms'
      : alarms.map(
          (alarm) =>
            `memberID:${formatId(alarm.memberId)} alarm:${alarm.kind === 'corrupt' ? 'CORRUPT' : 'NOSPACE'}`,
        ),
  );
}
