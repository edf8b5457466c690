import { prefixRange } from '../../../src/base/key.ts';
import type { CallOptions, Operations } from '../../../src/operations/index.ts';
import type { Permission } from '../../../src/state/index.ts';
import type { Reply } from '../caller.ts';
import type { SeededRandom } from '../random.ts';
import { clientKeys } from '../requests.ts';
import type { World } from '../world.ts';
import { Session } from './session.ts';
import { everything } from './users.ts';
import type { Users } from './users.ts';

interface Target {
  readonly user: string;
  readonly role: string;
  readonly permissions: readonly Permission[];
}

/** Others wait for its changes, so it does not wait for a member for long. */
const timeoutMs = 1500;

/** The users of the ordinary clients have all rights. */
const allKeys: Permission = { type: 'readwrite', range: everything.reads[0]! };
const ordinary: readonly Target[] = [
  { user: 'worker', role: 'all', permissions: [allKeys] },
  { user: 'operator', role: 'root', permissions: [] },
];
const root: Target = { user: 'root', role: 'root', permissions: [] };

/** The keys of a user of its own. */
export function ownKeys(user: string): Permission['range'] {
  return prefixRange(`u/${user}/`);
}

function targetOf(user: string): Target {
  const permissions = [
    { type: 'readwrite', range: ownKeys(user) },
    { type: 'read', range: clientKeys },
  ] as const;
  return { user, role: `role-${user}`, permissions };
}

/**
 * Makes users and roles, turns authentication on, and changes all of that while others work: passwords, roles,
 * permissions, deletions, authentication off and on. In the end it puts everything in order again, in most worlds with
 * authentication on, and everybody must be served.
 */
export class UserAdministrator {
  readonly name: string;
  readonly #world: World;
  readonly #users: Users;
  readonly #random: SeededRandom;
  readonly #session: Session;
  readonly #targets: readonly Target[];

  constructor(name: string, world: World, users: Users, random: SeededRandom) {
    this.name = name;
    this.#world = world;
    this.#users = users;
    this.#random = random;
    this.#session = new Session(world, name, root.user);
    const own = Array.from({ length: world.settings.users }, (_, at) => targetOf(`u${at + 1}`));
    this.#targets = [root, ...ordinary, ...own];
  }

  async live(): Promise<void> {
    const { scheduler, settings } = this.#world;
    while (this.#world.isOpen && !(await this.#restore(true))) {
      await scheduler.sleep(this.#random.real(20, 400));
    }
    while (this.#world.isOpen) {
      await scheduler.sleep(this.#random.real(1, 4 * settings.thinkMsMax));
      if (this.#world.isOpen) await this.#changeSomething();
    }
    const endsOn = settings.seed % 4 !== 0;
    while (!this.#world.isSettled) {
      await this.#restore(endsOn);
      await scheduler.sleep(this.#random.real(200, 800));
    }
  }

  async #changeSomething(): Promise<void> {
    const random = this.#random;
    const dice = random.unit();
    if (dice < 0.06) await this.#switch(false);
    else if (dice < 0.2) await this.#restore(true);
    else {
      const isOrdinary = random.chance(0.15);
      const some = this.#targets.filter(({ user }) => user.startsWith('u') !== isOrdinary);
      await this.#changeUser(random.pick(some), random.unit());
    }
  }

  async #changeUser(target: Target, dice: number): Promise<void> {
    const { user, role, permissions } = target;
    if (dice < 0.3) await this.#changePassword(user);
    else if (dice < 0.45) await this.#delete(user);
    else if (dice < 0.55) await this.#ensure(target);
    else if (dice < 0.7) {
      await this.#do(`user-revoke-role ${user} ${role}`, user, (operations, as) =>
        operations.userRevokeRole({ name: user, role }, as),
      );
    } else if (dice < 0.75 && role !== 'root') {
      await this.#do(`role-delete ${role}`, user, (operations, as) =>
        operations.roleDelete(role, as),
      );
    } else if (dice < 0.9 && permissions.length > 0) {
      const { range } = this.#random.pick(permissions);
      await this.#do(`role-revoke ${role}`, user, (operations, as) =>
        operations.roleRevokePermission({ name: role, range }, as),
      );
    } else await this.#grant(user, role);
  }

  async #changePassword(user: string): Promise<void> {
    const password = this.#users.passwords.next(user);
    await this.#do(`user-password ${user}`, user, (operations, as) =>
      operations.userChangePassword({ name: user, password }, as),
    );
  }

  async #delete(user: string): Promise<void> {
    await this.#do(`user-delete ${user}`, user, (operations, as) =>
      operations.userDelete(user, as),
    );
    // Soon there may be another user of this name.
    if (this.#random.chance(0.5)) await this.#add(user);
  }

  async #add(user: string): Promise<void> {
    const { passwords } = this.#users;
    // The same password as the deleted user had, or another one.
    const former = this.#random.chance(0.5) ? passwords.of(user)[0] : undefined;
    const password = former ?? passwords.next(user);
    await this.#do(`user-add ${user}`, undefined, (operations, as) =>
      operations.userAdd({ name: user, password, hasPassword: true }, as),
    );
  }

  async #grant(user: string, role: string): Promise<void> {
    await this.#do(`user-grant-role ${user} ${role}`, undefined, (operations, as) =>
      operations.userGrantRole({ name: user, role }, as),
    );
  }

  async #switch(on: boolean): Promise<void> {
    if (on) {
      await this.#do('auth-enable', 'all', (operations, as) => operations.authEnable({}, as));
    } else {
      await this.#do('auth-disable', undefined, (operations, as) => operations.authDisable({}, as));
    }
  }

  /** Adds whatever is missing. True if all is there and authentication is as it should be. */
  async #restore(on: boolean): Promise<boolean> {
    if (!(await this.#ensure(root))) return false;
    const complete = await Promise.all(this.#targets.map((target) => this.#ensure(target)));
    const status = await this.#ask((operations, as) => operations.authStatus({}, as));
    if (status.kind !== 'ok' || complete.includes(false)) return false;
    if (status.value.isEnabled !== on) await this.#switch(on);
    return status.value.isEnabled === on;
  }

  /** True if all of it was there. */
  async #ensure(target: Target): Promise<boolean> {
    const { user, role } = target;
    const found = await this.#ask((operations, as) => operations.userGet(user, as));
    const isMissing = found.kind === 'refused' && found.error.code === 'user-not-found';
    if (isMissing) await this.#add(user);
    else if (found.kind !== 'ok') return false;
    if (role !== 'root' && !(await this.#ensureRole(target))) return false;
    if (found.kind === 'ok' && found.value.user.roles.includes(role)) return true;
    await this.#grant(user, role);
    return false;
  }

  async #ensureRole({ role, permissions }: Target): Promise<boolean> {
    const found = await this.#ask((operations, as) => operations.roleGet(role, as));
    const isMissing = found.kind === 'refused' && found.error.code === 'role-not-found';
    if (isMissing) {
      await this.#do(`role-add ${role}`, undefined, (operations, as) =>
        operations.roleAdd(role, as),
      );
    } else if (found.kind !== 'ok') return false;
    const held = found.kind === 'ok' ? found.value.role.permissions : [];
    const starts = held.map(({ range }) => range.start);
    const missing = permissions.filter(({ range }) => !starts.includes(range.start));
    for (const permission of missing) {
      await this.#do(`role-grant ${role}`, undefined, (operations, as) =>
        operations.roleGrantPermission({ name: role, permission }, as),
      );
    }
    return true;
  }

  /** `taken`: the user that loses a right by it, or all. */
  async #do(
    what: string,
    taken: string | undefined,
    operation: (operations: Operations, as: CallOptions) => Promise<unknown>,
  ): Promise<void> {
    const since = this.#users.model.lastIndex;
    const loser = taken === 'all' ? undefined : taken;
    if (taken !== undefined) this.#users.taking(loser);
    const reply = await this.#ask(operation);
    this.#world.trace.count(`changes of users ${reply.kind}`);
    this.#world.trace.tell(this.name, () => `${what}: ${answerText(reply)}`);
    if (reply.kind !== 'ok') return;
    this.#users.acked(what, since);
    if (taken !== undefined) this.#users.taken(loser);
  }

  #ask<T>(operation: (operations: Operations, as: CallOptions) => Promise<T>): Promise<Reply<T>> {
    const machine = this.#random.pick(this.#world.callable());
    return this.#session.call(machine, operation, timeoutMs, { need: 'root', kind: 'any' });
  }
}

function answerText(reply: Reply<unknown>): string {
  return reply.kind === 'refused' ? `refused, ${reply.error.code}` : reply.kind;
}
