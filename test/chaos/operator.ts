import { eventually } from '../cluster/processes.ts';
import type { ListedMember } from '../cluster/etcd-client.ts';
import type { SeededRandom } from '../simulation/random.ts';
import { anyOf, nameOf } from './fault.ts';
import type { ChaosCluster, ChaosMember } from './cluster.ts';

const callMsMax = 3000;
const betweenTriesMs = 200;

/** Resolves to true when it is done; otherwise, or if it throws, it is tried again. */
type Step = () => Promise<boolean>;

/**
 * Changes the membership. Any call may be refused, and its answer may be lost; so each step reads the member list
 * first, and is retried until it is done. Steps that take too long are completed when the faults are over.
 */
export class Operator {
  readonly #cluster: ChaosCluster;
  readonly #random: SeededRandom;
  #steps: Step[] = [];
  #temporaryCount = 0;
  /** The last refusal, for the report of a timeout. */
  #refusal = '';

  constructor(cluster: ChaosCluster, random: SeededRandom) {
    this.#cluster = cluster;
    this.#random = random;
  }

  get isBusy(): boolean {
    return this.#steps.length > 0 || this.#cluster.temporary !== undefined;
  }

  /** Removes a member, empties its disk, and adds it as a new one. False if that is not done yet. */
  async replace(
    member: ChaosMember,
    { asLearner }: { readonly asLearner: boolean },
    msMax: number,
  ): Promise<boolean> {
    const cluster = this.#cluster;
    const removal = this.#removal(member);
    const empty = async (): Promise<boolean> => {
      cluster.inMaintenance.add(member);
      await cluster.empty(member);
      removal.over();
      return true;
    };
    this.#steps = [removal.step, empty, ...this.#arrival(member, asLearner)];
    return this.#goOn(msMax);
  }

  /** False if it is not added yet. */
  async addGuest({ asLearner }: { readonly asLearner: boolean }, msMax: number): Promise<boolean> {
    const temporary = await this.#cluster.prepare(`temporary${++this.#temporaryCount}`);
    this.#cluster.temporary = temporary;
    this.#steps = this.#arrival(temporary, asLearner);
    return this.#goOn(msMax);
  }

  /** False if it is not removed yet. */
  async removeGuest(msMax: number): Promise<boolean> {
    const { temporary } = this.#cluster;
    if (temporary === undefined) return true;
    const removal = this.#removal(temporary);
    const retire = async (): Promise<boolean> => {
      await this.#cluster.retire(temporary);
      removal.over();
      this.#cluster.temporary = undefined;
      return true;
    };
    this.#steps = [removal.step, retire];
    return this.#goOn(msMax);
  }

  /** After the faults: completes all steps; then exactly the intended members must exist. */
  async finish(msMax: number): Promise<void> {
    const isDone = (await this.#goOn(msMax)) && (await this.removeGuest(msMax));
    if (!isDone) throw new Error(`membership was not put right: ${this.#refusal}`);
    await eventually('exactly the members that should be', () => this.#settle(), msMax);
  }

  /** True if so; removes a member that was added by a call whose answer was lost. */
  async #settle(): Promise<true | undefined> {
    const listed = await this.#list();
    const urls = this.#cluster.members.map(({ process }) => process.peerUrl);
    const stranger = listed.find(({ peerURLs }) => !urls.includes(peerURLs[0] ?? ''));
    if (stranger !== undefined) await this.#call('MemberRemove', { ID: stranger.ID });
    const isWhole = listed.every(({ name, isLearner }) => name !== '' && !isLearner);
    return isWhole && listed.length === urls.length ? true : undefined;
  }

  async #goOn(msMax: number): Promise<boolean> {
    const endsMs = performance.now() + msMax;
    for (;;) {
      const [step] = this.#steps;
      if (step === undefined) return true;
      const isDone = await step().catch((error: unknown) => {
        this.#refusal = error instanceof Error ? error.message : String(error);
        return false;
      });
      if (isDone) this.#steps.shift();
      else if (performance.now() > endsMs) return false;
      else await new Promise((resolve) => setTimeout(resolve, betweenTriesMs));
    }
  }

  /**
   * Removes the member that is at these URLs now, and not a later one. From the first call on, until this is over, it
   * may end by itself.
   */
  #removal(member: ChaosMember): { readonly step: Step; readonly over: () => void } {
    const { exits } = this.#cluster;
    let id: string | undefined;
    let over: (() => void) | undefined;
    const step = async (): Promise<boolean> => {
      const listed = await this.#list();
      id ??= at(member, listed)?.ID;
      if (id === undefined) return false;
      if (!listed.some(({ ID }) => ID === id)) return true;
      over ??= exits.excuse('removal', nameOf(member));
      await this.#call('MemberRemove', { ID: id });
      return false;
    };
    return { step, over: () => over?.() };
  }

  /** Adds the member to the cluster, starts it, and promotes a learner. */
  #arrival(member: ChaosMember, asLearner: boolean): Step[] {
    const cluster = this.#cluster;
    const { peerUrl } = member.process;
    let settled: (() => void) | undefined;
    const add = async (): Promise<boolean> => {
      if (at(member, await this.#list()) !== undefined) return true;
      await this.#call('MemberAdd', { peerURLs: [peerUrl], isLearner: asLearner });
      return false;
    };
    const start = async (): Promise<boolean> => {
      const listed = await this.#list();
      if (at(member, listed) === undefined) return false;
      const initial = listed.map(({ name, peerURLs }) => {
        return `${peerURLs[0] === peerUrl ? nameOf(member) : name}=${peerURLs[0] ?? ''}`;
      });
      cluster.inMaintenance.delete(member);
      settled ??= cluster.exits.excuse('arrival', nameOf(member));
      cluster.join(member, initial);
      return true;
    };
    const settle = async (): Promise<boolean> => {
      if (!member.process.running) cluster.start(member);
      const listed = at(member, await this.#list());
      if (listed?.isLearner === true) await this.#call('MemberPromote', { ID: listed.ID });
      const isIn = listed !== undefined && listed.name !== '' && !listed.isLearner;
      if (isIn) settled?.();
      return isIn;
    };
    return [add, start, settle];
  }

  async #list(): Promise<readonly ListedMember[]> {
    const { process } = anyOf(this.#random, this.#cluster.members);
    const request = { linearizable: true };
    const { members } = await process.client.call('Cluster', 'MemberList', request, callMsMax);
    return members;
  }

  async #call(method: string, request: object): Promise<void> {
    const { process } = anyOf(this.#random, this.#cluster.members);
    await process.client.call('Cluster', method, request, callMsMax);
  }
}

function at({ process }: ChaosMember, listed: readonly ListedMember[]): ListedMember | undefined {
  return listed.find(({ peerURLs }) => peerURLs.includes(process.peerUrl));
}
