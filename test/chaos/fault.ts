import type { SeededRandom } from '../simulation/random.ts';
import type { ChaosCluster, ChaosMember } from './cluster.ts';
import type { Compactions } from './compactions.ts';
import type { Operator } from './operator.ts';

/** The context of a fault. `pause` ends early when the run does. */
export interface Scene {
  readonly cluster: ChaosCluster;
  readonly random: SeededRandom;
  readonly pause: (ms: number) => Promise<void>;
  readonly endsMs: number;
  readonly operator: Operator;
  readonly compactions: Compactions;
}

/** A fault that lasts for a while. `ChaosCluster.heal` ends whatever is left of it. */
export interface Fault {
  readonly name: string;
  /** It modifies the program, or is of a kind against which etcd promises nothing without TLS. */
  readonly onlyRollcall?: boolean;
  /** Runs the fault. Resolves to a description of what it did. */
  readonly run: (scene: Scene) => Promise<string>;
}

export function anyOf<T>(random: SeededRandom, all: readonly T[]): T {
  const one = all[random.between(0, all.length - 1)];
  if (one === undefined) throw new Error('nobody is left');
  return one;
}

export function nameOf({ process }: ChaosMember): string {
  return process.name;
}

/** Prefers the leader, where faults matter most. */
export async function victim({ cluster, random }: Scene): Promise<ChaosMember> {
  const leader = random.between(0, 1) === 0 ? await cluster.leader() : undefined;
  return leader ?? anyOf(random, cluster.members);
}

export function namesWithout(cluster: ChaosCluster, name: string): string[] {
  return cluster.members.map(nameOf).filter((other) => other !== name);
}
