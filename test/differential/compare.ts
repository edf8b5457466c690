import { ClusterOfProcesses } from '../cluster/processes.ts';
import type { ServerProgram } from '../cluster/processes.ts';
import { allowed } from './allowed.ts';
import type { Answer, Step } from './steps.ts';
import { TargetMember } from './target.ts';

/** A request that two members answered differently, without that being allowed. */
export interface Difference {
  readonly at: number;
  readonly step: Step;
  readonly etcd: Answer;
  readonly rollcall: Answer;
}

/** A new member of a cluster of its own. */
export async function startMember(
  program: ServerProgram,
): Promise<{ readonly target: TargetMember; readonly end: () => Promise<void> }> {
  const cluster = await ClusterOfProcesses.start(1, [], program);
  const target = await TargetMember.of(cluster.members[0]!);
  return {
    target,
    end: async () => {
      target.close();
      await cluster.end();
    },
  };
}

/** True if Rollcall answers as etcd does, or differs as documented. */
export function isRight(step: Step, etcd: Answer, rollcall: Answer): boolean {
  return (
    JSON.stringify(etcd) === JSON.stringify(rollcall) ||
    allowed.some(({ applies }) => applies(step, etcd, rollcall))
  );
}

/** Sends the same requests to new members of both, and returns the different answers. */
export async function differences(
  steps: readonly Step[],
  etcdProgram: ServerProgram,
  rollcallProgram: ServerProgram,
  { most }: { readonly most: number },
): Promise<Difference[]> {
  const found: Difference[] = [];
  const etcd = await startMember(etcdProgram);
  const rollcall = await startMember(rollcallProgram);
  try {
    for (const [at, step] of steps.entries()) {
      const [one, other] = await Promise.all([etcd.target.run(step), rollcall.target.run(step)]);
      if (!isRight(step, one, other)) found.push({ at, step, etcd: one, rollcall: other });
      // After different writes later answers differ for that reason alone.
      if (found.length >= most || etcd.target.revision !== rollcall.target.revision) break;
    }
  } finally {
    await Promise.all([etcd.end(), rollcall.end()]);
  }
  return found;
}

/** Tries to find a difference with fewer requests: members are started for each try. */
const triesMax = 25;

/** As few of the requests before as still lead to a difference in the last one. */
export async function smallest(
  before: readonly Step[],
  last: Step,
  etcd: ServerProgram,
  rollcall: ServerProgram,
): Promise<readonly Step[]> {
  let triesLeft = triesMax;
  const stillDiffers = async (kept: readonly Step[]): Promise<boolean> => {
    triesLeft -= 1;
    const found = await differences([...kept, last], etcd, rollcall, { most: Infinity });
    return found.some(({ at }) => at === kept.length);
  };
  if (await stillDiffers([])) return [];
  let kept = before;
  for (let length = Math.ceil(before.length / 2); length > 0; length = Math.floor(length / 2)) {
    for (let from = 0; from < kept.length;) {
      if (triesLeft === 0) return kept;
      const fewer = [...kept.slice(0, from), ...kept.slice(from + length)];
      if (await stillDiffers(fewer)) kept = fewer;
      else from += length;
    }
  }
  return kept;
}
