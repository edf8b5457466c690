import type { LeaseId } from '../../src/operations/index.ts';
import { callMember } from './caller.ts';
import type { Machine } from './machine.ts';
import type { SeededRandom } from './random.ts';
import { putOf } from './requests.ts';
import { Session } from './users/session.ts';
import type { World } from './world.ts';

/** Grants leases, attaches keys, renews for a while, and then revokes them or lets them expire. */
export class LeaseHolder {
  readonly name: string;
  readonly #world: World;
  readonly #session: Session;
  readonly #random: SeededRandom;
  #machine: Machine | undefined;
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
      await scheduler.sleep(this.#random.real(50, 800));
      if (this.#world.isOpen) await this.#keepOne();
    }
  }

  async #keepOne(): Promise<void> {
    const world = this.#world;
    const random = this.#random;
    const ttlSeconds = random.between(2, 4);
    const id = random.positiveInt63();
    const askedMs = world.fastMs();
    const granted = await this.#ask((machine) =>
      callMember(this.#session, machine, (operations, as) =>
        operations.leaseGrant({ id, ttlSeconds }, as),
      ),
    );
    if (granted.kind !== 'ok') return;
    world.acked(granted.value.header.revision);
    world.leases.promised(id, granted.value.ttlSeconds, askedMs);
    world.trace.tell(this.name, () => `has lease ${id.toString(16)} for ${ttlSeconds} s`);
    const number = ++this.#count;
    await this.#ask((machine) =>
      callMember(this.#session, machine, (operations, as) =>
        operations.put(putOf(`lease/${this.name}`, `${this.name}-${number}`, { lease: id }), as),
      ),
    );
    const rounds = random.between(0, 8);
    for (let round = 0; round < rounds && world.isOpen; round++) {
      await world.scheduler.sleep(random.real(100, ttlSeconds * 700));
      if (!(await this.#renew(id))) return;
    }
    if (random.chance(0.3)) await this.#revoke(id);
  }

  /** False once the lease does not exist any more. */
  async #renew(id: LeaseId): Promise<boolean> {
    const world = this.#world;
    const askedMs = world.fastMs();
    const reply = await this.#ask((machine) =>
      callMember(this.#session, machine, (operations, as) => operations.leaseKeepAlive(id, as)),
    );
    if (reply.kind !== 'ok') return true;
    const { ttlSeconds } = reply.value;
    world.trace.count('leases renewed');
    world.trace.tell(this.name, () => `renewed ${id.toString(16)}: ${ttlSeconds} s`);
    if (ttlSeconds > 0) world.leases.promised(id, ttlSeconds, askedMs);
    else world.leases.toldGone(id);
    return ttlSeconds > 0;
  }

  async #revoke(id: LeaseId): Promise<void> {
    const world = this.#world;
    world.leases.mayEnd(id);
    await this.#ask((machine) =>
      callMember(this.#session, machine, (operations, as) => operations.leaseRevoke(id, as)),
    );
  }

  async #ask<T extends { readonly kind: string }>(
    ask: (machine: Machine) => Promise<T>,
  ): Promise<T> {
    this.#machine ??= this.#random.pick(this.#world.callable());
    const reply = await ask(this.#machine);
    this.#world.trace.count(`lease calls ${reply.kind}`);
    if (reply.kind !== 'ok' || this.#random.chance(0.2)) this.#machine = undefined;
    return reply;
  }
}
