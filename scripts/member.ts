/** Kills, pauses, restarts or wipes one member of the cluster that `cluster.ts` runs; see `help`. */
import { rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { Refusal, supervisor, readPid, rememberedPlan } from './lib/cluster-plan.ts';
import type { ClusterPlan, PlannedMember } from './lib/cluster-plan.ts';

const help = `npx tsx scripts/member.ts ACTION MEMBER [--data-dir DIR]

  kill m1      ends it at once, as a power failure would
  pause m1     stops it in the middle of what it does
  resume m1    lets it go on
  restart m1   ends it politely if it runs, and starts it
  wipe m1      ends it, loses its disk, and lets it join the cluster again as a new member`;

const waitMs = 10_000;

type Action = (plan: ClusterPlan, member: PlannedMember) => Promise<string>;

const actions: Readonly<Record<string, Action>> = {
  kill: async (plan, member) => {
    await end(plan, member, 'SIGKILL');
    return 'killed';
  },
  pause: async (plan, member) => {
    process.kill(pidOf(plan, member), 'SIGSTOP');
    return 'paused';
  },
  resume: async (plan, member) => {
    process.kill(pidOf(plan, member), 'SIGCONT');
    return 'goes on';
  },
  restart: async (plan, member) => {
    supervisorPid(plan);
    if (readPid(plan, member.name) !== undefined) await end(plan, member, 'SIGTERM');
    return start(plan, member);
  },
  wipe: async (plan, member) => {
    supervisorPid(plan);
    if (plan.members.length === 1)
      throw new Refusal('the only member cannot join again; "npm start -- --fresh" begins anew');
    if (readPid(plan, member.name) !== undefined) await end(plan, member, 'SIGKILL');
    rmSync(member.dataDir, { recursive: true, force: true });
    await replace(plan, member);
    return start(plan, member);
  },
};

/** Its old incarnation may have acknowledged votes and entries that the new one has lost, so it gets a new id. */
async function replace(plan: ClusterPlan, member: PlannedMember): Promise<void> {
  const peerUrl = `http://127.0.0.1:${member.peerPort}`;
  const others = plan.members.filter((other) => other !== member);
  const { members } = await ask(others, 'list', {});
  const old = members.find(({ peerURLs }) => peerURLs.includes(peerUrl));
  if (old !== undefined) await ask(others, 'remove', { ID: old.ID });
  await ask(others, 'add', { peerURLs: [peerUrl] });
}

const memberList = z.object({
  members: z
    .array(z.object({ ID: z.string(), peerURLs: z.array(z.string()).default([]) }))
    .default([]),
});

/** Asks one member after the other, until one can answer. */
async function ask(
  members: readonly PlannedMember[],
  call: string,
  body: object,
): Promise<z.infer<typeof memberList>> {
  let reason = '';
  for (const { clientPort } of members) {
    try {
      const answer = await fetch(`http://127.0.0.1:${clientPort}/v3/cluster/member/${call}`, {
        method: 'POST',
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(waitMs),
      });
      if (answer.ok) return memberList.parse(await answer.json());
      reason = await answer.text();
    } catch (error) {
      reason = String(error);
    }
  }
  throw new Refusal(`member ${call} failed: ${reason.trim()}`);
}

/** The program that started the members starts what is missing when it gets this signal. */
async function start(plan: ClusterPlan, member: PlannedMember): Promise<string> {
  process.kill(supervisorPid(plan), 'SIGUSR2');
  await until(() => readPid(plan, member.name) !== undefined, `${member.name} does not start`);
  return 'starts';
}

async function end(
  plan: ClusterPlan,
  member: PlannedMember,
  signal: NodeJS.Signals,
): Promise<void> {
  process.kill(pidOf(plan, member), signal);
  await until(() => readPid(plan, member.name) === undefined, `${member.name} does not end`);
}

function pidOf(plan: ClusterPlan, { name }: PlannedMember): number {
  const pid = readPid(plan, name);
  if (pid === undefined) throw new Refusal(`${name} does not run`);
  return pid;
}

function supervisorPid(plan: ClusterPlan): number {
  const pid = readPid(plan, supervisor);
  if (pid === undefined)
    throw new Refusal(`nobody runs the cluster in ${plan.directory}; "npm start" does`);
  return pid;
}

async function until(condition: () => boolean, otherwise: string): Promise<void> {
  const endsMs = performance.now() + waitMs;
  while (!condition()) {
    if (performance.now() > endsMs) throw new Refusal(otherwise);
    await new Promise((done) => setTimeout(done, 50));
  }
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { 'data-dir': { type: 'string', default: '.rollcall' } },
  });
  const [word = '', name = ''] = positionals;
  const action = actions[word];
  if (action === undefined) throw new Refusal(help);
  const plan = rememberedPlan(resolve(values['data-dir']));
  const member = plan.members.find((one) => one.name === name);
  if (member === undefined) {
    throw new Refusal(`"${name}" is none of ${plan.members.map((one) => one.name).join(', ')}`);
  }
  console.log(`${name} ${await action(plan, member)}`);
}

try {
  await main();
} catch (error) {
  if (!(error instanceof Refusal)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
