import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fill } from './disks.ts';
import { fakeTimeLibrary } from './fake-time.ts';
import { anyOf, nameOf, victim } from './fault.ts';
import type { Fault, Scene } from './fault.ts';
import { cutEverything } from './process-faults.ts';

/** Faults of disks and clocks. */
export const diskFaults: readonly Fault[] = [
  { name: 'disk-refuses', onlyRollcall: true, run: (scene) => disk(scene, 'refuse') },
  { name: 'disk-lies', onlyRollcall: true, run: (scene) => disk(scene, 'lie') },
  { name: 'disk-slow', onlyRollcall: true, run: (scene) => disk(scene, 'slow') },
  { name: 'disks-die', onlyRollcall: true, run: disksDie },
  { name: 'disk-full', run: diskFull },
  { name: 'file-limit', run: fileLimit },
  { name: 'clock-jump', onlyRollcall: true, run: clockJump },
];

async function disk(scene: Scene, mode: 'refuse' | 'lie' | 'slow'): Promise<string> {
  const { cluster, random, pause } = scene;
  const member = await victim(scene);
  const over = mode === 'slow' ? () => {} : cluster.exits.excuse('failing-disk', nameOf(member));
  writeFileSync(member.diskFile, mode);
  await pause(random.between(300, 2500));
  rmSync(member.diskFile, { force: true });
  over();
  if (!member.process.running) cluster.start(member);
  return nameOf(member);
}

/** Fills the disk; where no small file system could be mounted, limits the size of files instead. */
async function diskFull(scene: Scene): Promise<string> {
  const { cluster, random, pause } = scene;
  const member = cluster.members.find(({ hasSmallDisk }) => hasSmallDisk);
  if (member === undefined) return fileLimit(scene);
  const filler = join(member.process.dataDir, '.filler');
  const over = cluster.exits.excuse('full-disk', nameOf(member));
  fill(filler, member.process.dataDir);
  await pause(random.between(500, 3000));
  rmSync(filler, { force: true });
  over();
  if (!member.process.running) cluster.start(member);
  return nameOf(member);
}

/** No file of the member may grow, as with an exhausted disk quota. */
async function fileLimit(scene: Scene): Promise<string> {
  const { cluster, random, pause } = scene;
  const member = anyOf(random, cluster.running);
  if (!member.process.running) return 'nobody';
  const bytes = random.between(0, 200_000);
  const over = cluster.exits.excuse('file-limit', nameOf(member));
  execFileSync('prlimit', [`--pid=${member.process.pid}`, `--fsize=${bytes}:unlimited`]);
  await pause(random.between(500, 2500));
  if (member.process.running) {
    execFileSync('prlimit', [`--pid=${member.process.pid}`, '--fsize=unlimited:unlimited']);
  } else {
    cluster.start(member);
  }
  over();
  return `${nameOf(member)}, ${bytes} bytes`;
}

/** All disks drop writes, and then the power fails: what was acknowledged meanwhile would be on no disk. */
async function disksDie({ cluster, random, pause }: Scene): Promise<string> {
  const { exits } = cluster;
  const overs = cluster.members.map((member) => exits.excuse('failing-disk', nameOf(member)));
  for (const { diskFile } of cluster.members) writeFileSync(diskFile, 'refuse');
  await pause(random.between(100, 800));
  await cutEverything(cluster, random);
  for (const member of cluster.members) {
    rmSync(member.diskFile, { force: true });
    cluster.start(member);
  }
  for (const over of overs) over();
  return 'everybody';
}

async function clockJump({ cluster, random, pause }: Scene): Promise<string> {
  if (fakeTimeLibrary() === undefined) return 'not possible: libfaketime is not installed';
  const member = anyOf(random, cluster.members);
  const seconds = anyOf(random, [-86_400, -3600, -5, 5, 3600, 86_400]);
  const text = `${seconds > 0 ? '+' : ''}${seconds}`;
  writeFileSync(member.clockFile, `${text}\n`);
  await pause(random.between(1200, 3000));
  writeFileSync(member.clockFile, '+0\n');
  return `${nameOf(member)} by ${text} s`;
}
