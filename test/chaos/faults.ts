import { execFileSync } from 'node:child_process';
import {
  closeSync,
  openSync,
  readFileSync,
  rmSync,
  statfsSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import type { SeededRandom } from '../simulation/random.ts';
import type { ChaosCluster, ChaosMember } from './cluster.ts';
import type { MemberProcess } from '../cluster/processes.ts';
import { fakeTimeLibrary } from './fake-time.ts';
import { sendGarbage } from './garbage.ts';
import type { Weather } from './relay.ts';

/** What a fault has to do with. `pause` ends early when the run does. */
export interface Scene {
  readonly cluster: ChaosCluster;
  readonly random: SeededRandom;
  readonly pause: (ms: number) => Promise<void>;
}

/** Something that goes wrong for a while. `ChaosCluster.heal` ends whatever it left behind. */
export interface Fault {
  readonly name: string;
  /** Tells what it did, for the record. */
  readonly run: (scene: Scene) => Promise<string>;
}

export const faults: readonly Fault[] = [
  { name: 'kill', run: kill },
  { name: 'kill-leader', run: killLeader },
  { name: 'power-cut', run: powerCut },
  { name: 'restart-storm', run: restartStorm },
  { name: 'rolling-restart', run: rollingRestart },
  { name: 'pause', run: pauseMember },
  { name: 'isolate', run: isolate },
  { name: 'split', run: split },
  { name: 'one-way', run: oneWay },
  { name: 'half-open', run: halfOpen },
  { name: 'reset', run: reset },
  { name: 'delay', run: (scene) => bad(scene, { delayMs: 60, jitterMs: 60 }, 'delayed') },
  { name: 'stall', run: (scene) => bad(scene, { stalled: true }, 'stalled') },
  { name: 'throttle', run: (scene) => bad(scene, { bytesPerSecond: 30_000 }, 'throttled') },
  { name: 'corrupt', run: (scene) => bad(scene, { corruption: 0.1 }, 'corrupted') },
  { name: 'disk-refuses', run: (scene) => disk(scene, 'refuse') },
  { name: 'disk-lies', run: (scene) => disk(scene, 'lie') },
  { name: 'disk-slow', run: (scene) => disk(scene, 'slow') },
  { name: 'disk-full', run: diskFull },
  { name: 'file-limit', run: fileLimit },
  { name: 'clock-jump', run: clockJump },
  { name: 'out-of-memory', run: outOfMemory },
  { name: 'garbage', run: garbage },
  { name: 'move-leader', run: moveLeader },
];

/** It has half a second for calls that are under way, and the machine may be busy. */
const stopMsMax = 30_000;

function anyOf<T>(random: SeededRandom, all: readonly T[]): T {
  const one = all[random.between(0, all.length - 1)];
  if (one === undefined) throw new Error('nobody is left');
  return one;
}

function nameOf({ process }: ChaosMember): string {
  return process.name;
}

async function kill({ cluster, random, pause }: Scene): Promise<string> {
  const member = anyOf(random, cluster.members);
  await member.process.kill();
  await pause(random.between(100, 3000));
  member.process.start();
  return nameOf(member);
}

async function killLeader({ cluster, random, pause }: Scene): Promise<string> {
  const member = (await cluster.leader()) ?? anyOf(random, cluster.members);
  await member.process.kill();
  await pause(random.between(100, 3000));
  member.process.start();
  return nameOf(member);
}

async function powerCut({ cluster, random, pause }: Scene): Promise<string> {
  await Promise.all(cluster.members.map(({ process }) => process.kill()));
  await pause(random.between(0, 500));
  for (const { process } of cluster.members) process.start();
  return 'everybody';
}

/** Members that die again while they are starting. */
async function restartStorm({ cluster, random, pause }: Scene): Promise<string> {
  const times = random.between(3, 6);
  for (let time = 0; time < times; time++) {
    const member = anyOf(random, cluster.members);
    await member.process.kill();
    member.process.start();
    await pause(random.between(50, 700));
  }
  return `${times} times`;
}

/** As an administrator does it: one after the other, asked to stop. */
async function rollingRestart({ cluster, random, pause }: Scene): Promise<string> {
  for (const { process } of cluster.members) {
    await stopPolitely(process);
    process.start();
    // Not for ever: another fault may be under way.
    for (let look = 0; look < 30 && !(await isHealthy(process.clientUrl)); look++) await pause(100);
    await pause(random.between(0, 500));
  }
  return 'everybody, politely';
}

/** A member that does not stop when it is asked to is a finding. */
async function stopPolitely(member: MemberProcess): Promise<void> {
  if (!member.running) return;
  const { pid, name } = member;
  const stopped = member.stop();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), stopMsMax);
  });
  const outcome = await Promise.race([stopped, late]);
  clearTimeout(timer);
  if (outcome !== 'late') return;
  process.kill(pid, 'SIGKILL');
  throw new Error(`${name} has not stopped ${stopMsMax} ms after it was asked to`);
}

async function isHealthy(url: string): Promise<boolean> {
  const answer = await fetch(`${url}/health`, { signal: AbortSignal.timeout(500) }).catch(
    () => undefined,
  );
  return answer?.ok === true;
}

async function pauseMember({ cluster, random, pause }: Scene): Promise<string> {
  const leader = random.between(0, 1) === 0 ? await cluster.leader() : undefined;
  const member = leader ?? anyOf(random, cluster.running);
  if (!member.process.running) return 'nobody';
  member.process.pause();
  await pause(random.between(300, 4000));
  if (member.process.running) member.process.resume();
  return nameOf(member);
}

/** A leader more often than others: that is where it hurts. */
async function victim({ cluster, random }: Scene): Promise<ChaosMember> {
  const leader = random.between(0, 1) === 0 ? await cluster.leader() : undefined;
  return leader ?? anyOf(random, cluster.members);
}

function namesWithout(cluster: ChaosCluster, name: string): string[] {
  return cluster.members.map(nameOf).filter((other) => other !== name);
}

async function isolate(scene: Scene): Promise<string> {
  const { cluster, random, pause } = scene;
  const name = nameOf(await victim(scene));
  for (const other of namesWithout(cluster, name)) {
    cluster.sky.set(name, other, { cut: true });
    cluster.sky.set(other, name, { cut: true });
  }
  await pause(random.between(500, 4000));
  cluster.sky.clear();
  return name;
}

/** Two halves; with some luck the leader is in the smaller one. */
async function split({ cluster, random, pause }: Scene): Promise<string> {
  const names = cluster.members.map(nameOf).toSorted(() => random.unit() - 0.5);
  const small = names.slice(0, Math.floor(names.length / 2));
  for (const one of small) {
    for (const other of names.filter((name) => !small.includes(name))) {
      cluster.sky.set(one, other, { cut: true });
      cluster.sky.set(other, one, { cut: true });
    }
  }
  await pause(random.between(500, 4000));
  cluster.sky.clear();
  return small.join(' and ');
}

async function oneWay(scene: Scene): Promise<string> {
  const { cluster, random, pause } = scene;
  const name = nameOf(await victim(scene));
  const isHeard = random.between(0, 1) === 0;
  for (const other of namesWithout(cluster, name)) {
    if (isHeard) cluster.sky.set(other, name, { cut: true });
    else cluster.sky.set(name, other, { cut: true });
  }
  await pause(random.between(500, 4000));
  cluster.sky.clear();
  return `${name} ${isHeard ? 'hears' : 'reaches'} nobody`;
}

async function halfOpen(scene: Scene): Promise<string> {
  const member = await victim(scene);
  const count = member.relay.halfOpen(namesWithout(scene.cluster, nameOf(member)));
  await scene.pause(scene.random.between(200, 1500));
  return `${count} connections to ${nameOf(member)}`;
}

async function reset({ cluster, random, pause }: Scene): Promise<string> {
  const times = random.between(1, 8);
  for (let time = 0; time < times; time++) {
    const { relay } = anyOf(random, cluster.members);
    relay.reset(cluster.members.map(nameOf));
    await pause(random.between(20, 300));
  }
  return `${times} times`;
}

/** Bad weather on some of the ways between members. */
async function bad(
  { cluster, random, pause }: Scene,
  weather: Partial<Weather>,
  what: string,
): Promise<string> {
  const ways = cluster.members.map(nameOf).flatMap((from) => {
    return namesWithout(cluster, from).map((to) => [from, to] as const);
  });
  const chosen = ways.filter(() => random.between(0, 1) === 0);
  if (chosen.length === 0) chosen.push(anyOf(random, ways));
  for (const [from, to] of chosen) cluster.sky.set(from, to, weather);
  await pause(random.between(500, 3500));
  cluster.sky.clear();
  return `${chosen.length} ways ${what}`;
}

async function disk(scene: Scene, mode: 'refuse' | 'lie' | 'slow'): Promise<string> {
  const member = await victim(scene);
  writeFileSync(member.diskFile, mode);
  await scene.pause(scene.random.between(300, 2500));
  rmSync(member.diskFile, { force: true });
  if (!member.process.running) member.process.start();
  return nameOf(member);
}

/** A disk with no byte left; where no small disk could be mounted, no file may grow. */
async function diskFull(scene: Scene): Promise<string> {
  const { cluster, random, pause } = scene;
  const member = cluster.members.find(({ hasSmallDisk }) => hasSmallDisk);
  if (member === undefined) return fileLimit(scene);
  const filler = join(member.process.dataDir, '.filler');
  fill(filler, member.process.dataDir);
  await pause(random.between(500, 3000));
  rmSync(filler, { force: true });
  if (!member.process.running) member.process.start();
  return nameOf(member);
}

function fill(file: string, directory: string): void {
  const { bavail, bsize } = statfsSync(directory);
  const descriptor = openSync(file, 'w');
  const piece = Buffer.alloc(1 << 20);
  try {
    for (let left = bavail * bsize; left > 0;)
      left -= writeSync(descriptor, piece, 0, Math.min(left, piece.length));
  } catch {
    // Full sooner than it said, because the member writes too.
  } finally {
    closeSync(descriptor);
  }
}

/** No file of the member may grow, which is what a full quota looks like to it. */
async function fileLimit(scene: Scene): Promise<string> {
  const { cluster, random, pause } = scene;
  const member = anyOf(random, cluster.running);
  if (!member.process.running) return 'nobody';
  const bytes = random.between(0, 200_000);
  execFileSync('prlimit', [`--pid=${member.process.pid}`, `--fsize=${bytes}:unlimited`]);
  await pause(random.between(500, 2500));
  if (member.process.running) {
    execFileSync('prlimit', [`--pid=${member.process.pid}`, '--fsize=unlimited:unlimited']);
  } else {
    member.process.start();
  }
  return `${nameOf(member)}, ${bytes} bytes`;
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

/** What the kernel does to a member that has taken too much memory: it was busy, and is gone. */
async function outOfMemory(scene: Scene): Promise<string> {
  const { cluster, random, pause } = scene;
  const member = anyOf(random, cluster.running);
  if (!member.process.running) return 'nobody';
  const { pid, client } = member.process;
  const limit = residentBytes(pid) + random.between(8, 48) * (1 << 20);
  const value = 'x'.repeat(1_000_000);
  const over = new AbortController();
  const writers = Array.from({ length: 6 }, async (_, writer) => {
    while (!over.signal.aborted)
      await client.put(`big/${writer}`, value, {}, 500).catch(() => pause(20));
  });
  for (let look = 0; look < 60 && residentBytes(pid) < limit; look++) await pause(25);
  const reached = residentBytes(pid);
  await member.process.kill();
  over.abort();
  await Promise.all(writers);
  await pause(random.between(100, 1500));
  member.process.start();
  return `${nameOf(member)} at ${Math.round(reached / (1 << 20))} MiB`;
}

function residentBytes(pid: number): number {
  try {
    const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return Number(kilobytes ?? 0) * 1024;
  } catch {
    return 0;
  }
}

async function garbage({ cluster, random, pause }: Scene): Promise<string> {
  const times = random.between(1, 5);
  for (let time = 0; time < times; time++) {
    const { process } = anyOf(random, cluster.members);
    await sendGarbage(Number(new URL(process.peerUrl).port), random);
    await pause(random.between(20, 200));
  }
  return `${times} times`;
}

async function moveLeader({ cluster, random, pause }: Scene): Promise<string> {
  const leader = await cluster.leader();
  if (leader === undefined) return 'nobody leads';
  const target = anyOf(
    random,
    cluster.members.filter((member) => member !== leader),
  );
  const status = await target.process.client.status().catch(() => undefined);
  if (status === undefined) return `${nameOf(target)} does not answer`;
  const targetID = status.header.member_id;
  const done = await leader.process.client
    .call('Maintenance', 'MoveLeader', { targetID }, 2000)
    .then(
      () => 'done',
      (error: unknown) => (error instanceof Error ? error.message : 'failed'),
    );
  await pause(random.between(100, 500));
  return `${nameOf(leader)} to ${nameOf(target)}: ${done}`;
}
