import type { Command } from 'commander';
import { CliFailure, exitCodes, interruptedExitCode, usageError } from '../exit.ts';
import { progressBar } from '../progress.ts';
import type { Run, Session } from '../session.ts';
import { checkSnapshot, saveSnapshot } from '../snapshot-file.ts';
import { formatBytes, parseCount, parseList } from '../values.ts';

/** `snapshot …`. */
export function addSnapshot(program: Command, run: Run): void {
  const snapshot = program.command('snapshot').description('back up a cluster, and restore it');
  snapshot
    .command('save')
    .description('write a copy of everything to a file')
    .argument('<file>')
    .addHelpText(
      'after',
      `
Asks the first of the endpoints. The file appears under its name only when it is complete and checked.

Example:
  rollcall snapshot save backup.db`,
    )
    .action((path: string, _flags: unknown, command: Command) =>
      run(command, (session) => save(session, path)),
    );
  snapshot
    .command('status')
    .description('check a snapshot and print what it holds')
    .argument('<file>')
    .addHelpText('after', '\nExample:\n  rollcall snapshot status backup.db')
    .action((path: string, _flags: unknown, command: Command) =>
      run(command, (session) => status(session, path), { isLocal: true }),
    );
  snapshot
    .command('restore')
    .description('write the data directory of a new member from a snapshot')
    .argument('<file>')
    .option('--data-dir <dir>', 'the directory to write; <name>.rollcall if left out')
    .option('--name <name>', 'the name of the member', 'default')
    .option('--initial-cluster <list>', 'all members of the new cluster, as name=peer-url,…')
    .option('--initial-cluster-token <token>', 'tells clusters apart', 'etcd-cluster')
    .option('--initial-advertise-peer-urls <urls>', 'where the others will find this member')
    .option('--bump-revision <count>', 'let revisions go on so much later', parseCount, 0)
    .option('--mark-compacted', 'compact all before, as --bump-revision needs')
    .addHelpText(
      'after',
      `
Run it once for each member of the new cluster, with the same snapshot and options, then start them all.
Where clients keep what they read (Kubernetes does), bump the revision by more than was written since the
snapshot: else they take new revisions for old ones, and miss changes.

Example:
  rollcall snapshot restore backup.db --name m1 --data-dir m1.rollcall \\
    --initial-cluster m1=http://10.0.1.45:2380,m2=http://10.0.1.46:2380 \\
    --initial-advertise-peer-urls http://10.0.1.45:2380`,
    )
    .action((path: string, flags: RestoreFlags, command: Command) =>
      run(command, (session) => restore(session, path, flags), { isLocal: true }),
    );
}

interface RestoreFlags {
  readonly dataDir?: string;
  readonly name: string;
  readonly initialCluster?: string;
  readonly initialClusterToken: string;
  readonly initialAdvertisePeerUrls?: string;
  readonly bumpRevision: number;
  readonly markCompacted?: boolean;
}

const peerUrlDefault = 'http://localhost:2380';

async function save(session: Session, path: string): Promise<void> {
  const [endpoint = ''] = session.endpoints;
  const bar = await progressBar(session, 'saving');
  const chunks = session.client.maintenance.snapshot({ endpoint, signal: session.interrupted });
  try {
    const size = await saveSnapshot(path, chunks, bar.update);
    bar.end();
    session.result({ path, size, endpoint }, `Snapshot saved at ${path} (${formatBytes(size)})`);
  } catch (error) {
    bar.end();
    const { interrupted } = session;
    throw interrupted.aborted
      ? new CliFailure(interruptedExitCode(interrupted), 'interrupted; nothing was saved')
      : error;
  }
}

async function status(session: Session, path: string): Promise<void> {
  await checked(session, path);
  const info = await told(() => session.parts.inspectSnapshot(path));
  if (session.isJson) return session.json({ ...info, hash: info.hash.toString(16) });
  await session.table(
    ['HASH', 'REVISION', 'TOTAL KEYS', 'TOTAL SIZE', 'VERSION'],
    [
      [
        info.hash.toString(16),
        String(info.revision),
        String(info.totalKeys),
        formatBytes(info.totalSizeBytes),
        info.version,
      ],
    ],
  );
}

async function restore(session: Session, path: string, flags: RestoreFlags): Promise<void> {
  const { bumpRevision, markCompacted = false } = flags;
  if (bumpRevision > 0 !== markCompacted) {
    throw usageError('--bump-revision and --mark-compacted go together: give both or none');
  }
  const dataDir = flags.dataDir ?? `${flags.name}.rollcall`;
  const peerUrls = parseList(flags.initialAdvertisePeerUrls ?? peerUrlDefault);
  const initialCluster = membersOf(
    flags.initialCluster ?? peerUrls.map((url) => `${flags.name}=${url}`).join(','),
  );
  const own = initialCluster.filter((member) => member.name === flags.name);
  if (own.length === 0) throw usageError(`--initial-cluster does not name ${flags.name}`);
  if (
    own
      .map((member) => member.peerUrl)
      .toSorted()
      .join() !== peerUrls.toSorted().join()
  ) {
    throw usageError(
      `--initial-cluster and --initial-advertise-peer-urls name different URLs for ${flags.name}`,
    );
  }
  await checked(session, path);
  const bar = await progressBar(session, 'restoring');
  try {
    await told(() =>
      session.parts.restoreSnapshot({
        snapshotPath: path,
        dataDir,
        name: flags.name,
        initialCluster,
        initialClusterToken: flags.initialClusterToken,
        initialAdvertisePeerUrls: peerUrls,
        bumpRevision,
        onProgress: (fraction) => bar.update(Math.round(fraction * 100), 100),
      }),
    );
  } finally {
    bar.end();
  }
  session.result({ dataDir, name: flags.name }, `Restored into ${dataDir}`);
}

async function checked(session: Session, path: string): Promise<void> {
  const bar = await progressBar(session, 'checking');
  try {
    await checkSnapshot(path, bar.update);
  } finally {
    bar.end();
  }
}

/** Prints an error of the server's code as one line, too. */
async function told<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof CliFailure) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new CliFailure(exitCodes.failed, reason, { cause: error });
  }
}

function membersOf(text: string): { name: string; peerUrl: string }[] {
  return parseList(text).map((entry) => {
    const [, name, peerUrl] = /^([^=]+)=((?:https?|unix):\/\/\S+)$/.exec(entry) ?? [];
    if (name === undefined || peerUrl === undefined) {
      throw usageError(`"${entry}" in --initial-cluster is not name=http://host:port`);
    }
    return { name, peerUrl };
  });
}
