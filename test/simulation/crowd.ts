import { callMember } from './caller.ts';
import { textOf } from './key-model.ts';
import type { SeededRandom } from './random.ts';
import { putOf } from './requests.ts';
import { Violation } from './trace.ts';
import { Session } from './users/session.ts';
import type { World } from './world.ts';

/**
 * Calls that a crowd has in flight at once. A member may still work on calls of a former round that the client gave
 * up.
 */
export const crowdCallsMax = 100;

/**
 * A client that makes many calls at once, more than a member may hold open, and the next ones when all of them are
 * answered. Its keys are its own, so each call is checked by the history of the members.
 */
export class Crowd {
  readonly name: string;
  readonly #world: World;
  readonly #session: Session;
  readonly #random: SeededRandom;
  #count = 0;

  constructor(name: string, world: World, random: SeededRandom) {
    this.name = name;
    this.#world = world;
    this.#session = new Session(world, name, 'worker');
    this.#random = random;
  }

  async live(): Promise<void> {
    const { scheduler } = this.#world;
    while (this.#world.isOpen) {
      await scheduler.sleep(this.#random.real(5, 300));
      if (!this.#world.isOpen) return;
      const calls = this.#random.between(crowdCallsMax / 4, crowdCallsMax);
      await Promise.all(Array.from({ length: calls }, () => this.#put()));
    }
  }

  async #put(): Promise<void> {
    const world = this.#world;
    const value = `${this.name}-${++this.#count}`;
    // Keys outside the range that other clients list and watch.
    const key = `m/${this.name}/${this.#count % 20}`;
    const machine = this.#random.pick(world.callable());
    const reply = await callMember(this.#session, machine, (operations, as) =>
      operations.put(putOf(key, value), as),
    );
    world.trace.count(`crowd's calls ${reply.kind}`);
    if (reply.kind === 'ok') {
      const { revision } = reply.value.header;
      const events = world.model.eventsOf(revision);
      if (!events.some(({ kv }) => textOf(kv.value) === value)) {
        throw new Violation(`${this.name} was told that "${value}" was written at ${revision}`);
      }
      world.acked(revision);
    } else if (reply.kind !== 'unknown') world.neverWritten(value, this.name);
    if (reply.kind === 'refused' && reply.error.code === 'too-many-requests') {
      world.trace.count('writes refused as too many');
    }
  }
}
