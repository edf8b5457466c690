import { readFileSync } from 'node:fs';
import type { MemberProcess } from '../cluster/processes.ts';
import type { SeededRandom } from '../simulation/random.ts';
import type { ChaosCluster } from './cluster.ts';
import { anyOf, nameOf } from './fault.ts';
import type { Fault, Scene } from './fault.ts';

/** Members that are killed, paused or stopped. */
export const processFaults: readonly Fault[] = [
  { name: 'kill', run: kill },
  { name: 'kill-leader', run: killLeader },
  { name: 'power-cut', run: powerCut },
  { name: 'restart-storm', run: restartStorm },
  { name: 'rolling-restart', run: rollingRestart },
  { name: 'pause', run: pauseMember },
  { name: 'out-of-memory', run: outOfMemory },
];

/** It has half a second for calls in flight, and the machine may be busy. */
const stopMsMax = 30_000;

async function kill({ cluster, random, pause }: Scene): Promise<string> {
  const member = anyOf(random, cluster.members);
  await cluster.kill(member);
  await pause(random.between(100, 3000));
  cluster.start(member);
  return nameOf(member);
}

async function killLeader({ cluster, random, pause }: Scene): Promise<string> {
  const member = (await cluster.leader()) ?? anyOf(random, cluster.members);
  await cluster.kill(member);
  await pause(random.between(100, 3000));
  cluster.start(member);
  return nameOf(member);
}

async function powerCut({ cluster, random, pause }: Scene): Promise<string> {
  const lost = await cutEverything(cluster, random);
  await pause(random.between(0, 500));
  for (const member of cluster.members) cluster.start(member);
  return `everybody, ${lost} bytes were not synced`;
}

/** Kills members again while they start. */
async function restartStorm({ cluster, random, pause }: Scene): Promise<string> {
  const times = random.between(3, 6);
  for (let time = 0; time < times; time++) {
    const member = anyOf(random, cluster.members);
    await cluster.kill(member);
    cluster.start(member);
    await pause(random.between(50, 700));
  }
  return `${times} times`;
}

/** As an administrator does it: stops and starts one after the other. */
async function rollingRestart({ cluster, random, pause }: Scene): Promise<string> {
  for (const member of cluster.members) {
    const { process } = member;
    await stopPolitely(process);
    cluster.start(member);
    // Bounded: another fault may be active.
    for (let look = 0; look < 30 && !(await isHealthy(process.clientUrl)); look++) await pause(100);
    await pause(random.between(0, 500));
  }
  return 'everybody, politely';
}

/** A member that does not stop on request is a finding. */
async function stopPolitely(member: MemberProcess): Promise<void> {
  if (!member.running) return;
  const { name } = member;
  const stopped = member.stop();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), stopMsMax);
  });
  const outcome = await Promise.race([stopped, late]);
  clearTimeout(timer);
  if (outcome !== 'late') return;
  await member.kill();
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
  // Resumes the process, even if it was asked to stop meanwhile: it could not stop while paused.
  const { pid } = member.process;
  signal(pid, 'SIGSTOP');
  await pause(random.between(300, 4000));
  signal(pid, 'SIGCONT');
  return nameOf(member);
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended.
  }
}

/** The power of all members fails at once: unsynced writes are lost. Returns the number of bytes lost. */
export async function cutEverything(cluster: ChaosCluster, random: SeededRandom): Promise<number> {
  const lost = await Promise.all(
    cluster.members.map((member) => cluster.cutPower(member, random.fork(nameOf(member)))),
  );
  return lost.reduce((sum, bytes) => sum + bytes, 0);
}

/** As the kernel's out-of-memory killer does: kills a busy member. */
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
  await cluster.kill(member);
  over.abort();
  await Promise.all(writers);
  await pause(random.between(100, 1500));
  cluster.start(member);
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
