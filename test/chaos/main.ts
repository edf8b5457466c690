/**
 * `npm run chaos [-- --seconds=600 --seed=7 --members=3 --fault=kill,pause --keep]`: a cluster of real processes
 * under random faults, and checks of everything that its clients saw. Without `--members`, clusters of three and of
 * five share the time; `--etcd=<its binary>` tests etcd instead, as a control. `CHAOS_SECONDS` sets the length, too.
 * `--keep` keeps histories and logs even if nothing was found.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { printReport } from './report.ts';
import { etcdAt, rollcallAt } from './program.ts';
import { runChaos } from './run.ts';
import { watchOver } from './watchdog.ts';

const root = join(import.meta.dirname, '../..');
const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: process.env['CHAOS_SECONDS'] ?? '60' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    members: { type: 'string', default: '3,5' },
    fault: { type: 'string', default: '' },
    keep: { type: 'boolean', default: false },
    etcd: { type: 'string' },
    main: { type: 'string', default: join(root, 'dist/main.js') },
  },
});
const say = (line: string): void =>
  console.log(`${new Date().toISOString().slice(11, 19)} ${line}`);
const sizes = values.members.split(',').map(Number);
// On a signal members and mounts are cleaned up before this process ends.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(1));
/** Time for starting members, healing and checking, beyond the given time. */
const slackMs = 240_000;
let failed = false;
for (const members of sizes) {
  const callOff = watchOver((Number(values.seconds) / sizes.length) * 1000 + slackMs);
  const report = await runChaos({
    seconds: Number(values.seconds) / sizes.length,
    seed: Number(values.seed),
    members,
    program: values.etcd === undefined ? rollcallAt(values.main) : etcdAt(values.etcd),
    keepIn: join(root, '.rollcall/chaos'),
    alwaysKeep: values.keep,
    only: values.fault.split(',').filter((name) => name !== ''),
    say,
  });
  callOff();
  console.log(printReport(report, { members, seed: Number(values.seed) }));
  failed ||= report.problems.length > 0;
}
// A client socket that waits for a member must not keep the process alive.
process.exit(failed ? 1 : 0);
