import type { Command } from 'commander';
import { exitCodes, usageError } from '../exit.ts';
import type { Run, Session } from '../session.ts';

/** Commands of etcdctl that have no meaning here, with the way to do what they are for. */
const otherWays: Readonly<Record<string, string>> = {
  check:
    '"etcdctl check perf" works against this cluster; "npm run bench" in a clone measures more',
  'make-mirror':
    '"etcdctl make-mirror" works against this cluster; to copy everything once, use "rollcall snapshot save" and "restore"',
  downgrade:
    'nothing has to be enabled: stop one member after the other and start the release you want, as docs/operations.md says under "Upgrade"',
  options: 'the options of every command are at the end of "rollcall get --help"',
};

/** `defrag`, and an answer for each of etcdctl's commands that has no meaning here. */
export function addEtcdctl(program: Command, run: Run): void {
  program
    .command('defrag')
    .description('give free space back, on members of etcd; those of Rollcall do it by themselves')
    .option('--cluster', 'all members of the cluster, not only the endpoints')
    .addHelpText('after', '\nExample:\n  rollcall defrag --cluster')
    .action((flags: { readonly cluster?: boolean }, command: Command) =>
      run(command, (session) => defrag(session, flags.cluster === true)),
    );
  for (const [name, otherWay] of Object.entries(otherWays)) {
    program
      .command(name, { hidden: true })
      .argument('[words...]')
      .allowUnknownOption()
      .addHelpText('after', `\nExample:\n  ${otherWay}`)
      .action(() => {
        throw usageError(`"${name}" is a command of etcdctl only: ${otherWay}`);
      });
  }
}

async function defrag(session: Session, cluster: boolean): Promise<number> {
  const endpoints = cluster
    ? (await session.client.members.list()).flatMap((member) => member.clientUrls.slice(0, 1))
    : session.endpoints;
  const client = session.connect(endpoints);
  let exitCode: number = exitCodes.ok;
  try {
    // One after the other: a member of etcd serves no requests meanwhile.
    for (const endpoint of endpoints) {
      const startedMs = performance.now();
      try {
        await client.maintenance.defragment(endpoint);
        const tookMs = Math.round((performance.now() - startedMs) * 100) / 100;
        session.result(
          { endpoint, tookMs },
          `Finished defragmenting etcd member[${endpoint}]. took ${tookMs}ms`,
        );
      } catch (error) {
        if (!(error instanceof session.sdk.RollcallError)) throw error;
        session.problem(error.code, `${endpoint}: ${error.message}`);
        exitCode = exitCodes.failed;
      }
    }
  } finally {
    client.close();
  }
  return exitCode;
}
