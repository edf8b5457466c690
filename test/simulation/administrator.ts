import { prefixRange } from '../../src/base/key.ts';
import type { CallOptions, Operations } from '../../src/operations/index.ts';
import { callMember } from './caller.ts';
import type { Reply } from './caller.ts';
import type { SeededRandom } from './random.ts';
import { Violation } from './trace.ts';
import { freshOf } from './callers.ts';
import { Session } from './users/session.ts';
import type { World } from './world.ts';

const rolesMax = 4;

/**
 * Adds and deletes roles and their permissions, and compares what members list with what was acknowledged. A role whose
 * fate is unknown may come or go at any time, so it is left alone from then on.
 */
export class Administrator {
  readonly name: string;
  readonly #world: World;
  readonly #session: Session;
  readonly #random: SeededRandom;
  /** The roles that it knows of, and whether they are there. */
  readonly #known = new Map<string, boolean>();
  #names = 0;
  /** The revision of users and roles that was seen last. */
  #revision = 0;

  constructor(name: string, world: World, random: SeededRandom) {
    this.name = name;
    this.#world = world;
    this.#session = new Session(world, name, 'operator');
    this.#random = random;
  }

  async live(): Promise<void> {
    const { scheduler, settings } = this.#world;
    while (this.#world.isOpen) {
      await scheduler.sleep(this.#random.real(1, settings.thinkMsMax));
      if (!this.#world.isOpen) return;
      const dice = this.#random.unit();
      if (dice < 0.35) await this.#change('adds', true);
      else if (dice < 0.5) await this.#change('deletes', false);
      else if (dice < 0.65) await this.#grant();
      else await this.#look();
    }
  }

  async #change(what: string, isThere: boolean): Promise<void> {
    const role = this.#role();
    const reply = await this.#call(`${what} ${role}`, (operations, as) =>
      isThere ? operations.roleAdd(role, as) : operations.roleDelete(role, as),
    );
    const found = isThere ? 'role-exists' : 'role-not-found';
    if (reply.kind === 'ok') {
      this.#expect(role, !isThere, what);
      this.#known.set(role, isThere);
    } else if (reply.kind === 'refused') {
      if (reply.error.code === found) this.#expect(role, isThere, `is told ${found} of`);
    } else if (reply.kind === 'unknown') this.#known.delete(role);
  }

  async #grant(): Promise<void> {
    const role = this.#role();
    const permission = {
      type: 'read',
      range: prefixRange(`${this.#random.between(1, 5)}/`),
    } as const;
    const reply = await this.#call(`grants ${role}`, (operations, as) =>
      operations.roleGrantPermission({ name: role, permission }, as),
    );
    if (reply.kind === 'ok') this.#expect(role, true, 'grants');
  }

  async #look(): Promise<void> {
    const reply = await this.#call('lists roles', async (operations, as) => {
      const { authRevision } = await operations.authStatus({}, as);
      return { authRevision, ...(await operations.roleList({}, freshOf(as))) };
    });
    if (reply.kind !== 'ok') return;
    const { roles, authRevision } = reply.value;
    if (authRevision < this.#revision) {
      throw new Violation(`the revision of users fell from ${this.#revision} to ${authRevision}`);
    }
    this.#revision = authRevision;
    const listed = new Set(roles.map(({ name }) => name));
    for (const role of this.#known.keys()) this.#expect(role, listed.has(role), 'lists');
  }

  #expect(role: string, isThere: boolean, what: string): void {
    if ((this.#known.get(role) ?? isThere) === isThere) return;
    throw new Violation(`${this.name} ${what} ${role}, which was acknowledged to be otherwise`);
  }

  #role(): string {
    if (this.#known.size < rolesMax) {
      const role = `${this.name}-${++this.#names}`;
      this.#known.set(role, false);
      return role;
    }
    return this.#random.pick([...this.#known.keys()]);
  }

  async #call<T>(
    what: string,
    operation: (operations: Operations, as: CallOptions) => Promise<T>,
  ): Promise<Reply<T>> {
    const machine = this.#random.pick(this.#world.callable());
    const reply = await callMember(this.#session, machine, operation);
    this.#world.trace.count(`administrator's calls ${reply.kind}`);
    this.#world.trace.tell(this.name, () => `${what} at ${machine.name}: ${reply.kind}`);
    return reply;
  }
}
