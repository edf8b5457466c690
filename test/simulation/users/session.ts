import type { CallOptions, Operations } from '../../../src/operations/index.ts';
import type { KeyRange } from '../../../src/base/key.ts';
import type { Reply } from '../caller.ts';
import { anonymous } from '../callers.ts';
import type { Machine, Process } from '../machine.ts';
import type { World } from '../world.ts';
import type { UserCall } from './judge.ts';
import { everything } from './users.ts';
import type { Users } from './users.ts';

/** After such a refusal a client logs in. */
const lostLogin: ReadonlySet<string> = new Set([
  'user-empty',
  'invalid-auth-token',
  'auth-revision-old',
]);

const anyCall: UserCall = { need: everything, kind: 'any' };

/**
 * How one client is known to the members. In a world with users it is a user that logs in when a member asks for that, as
 * libraries for clients do; a call that was refused is not repeated here.
 */
export class Session {
  readonly world: World;
  readonly name: string;
  readonly user: string;
  token: string | undefined;
  readonly #users: Users | undefined;
  #mustLogIn = false;
  #attempts = 0;

  constructor(world: World, name: string, user: string) {
    this.world = world;
    this.name = name;
    this.user = user;
    this.#users = world.users;
  }

  /** False in a world without users. */
  get hasUser(): boolean {
    return this.#users !== undefined;
  }

  async call<T>(
    machine: Machine,
    operation: (operations: Operations, as: CallOptions) => Promise<T>,
    timeoutMs?: number,
    what: UserCall = anyCall,
  ): Promise<Reply<T>> {
    const users = this.#users;
    if (users === undefined) throw new Error('this world has no users');
    if (this.needsLogin) await this.logIn(machine);
    const reply = await users.call(this, machine, operation, what, timeoutMs);
    if (reply.kind === 'refused') this.refused(reply.error.code);
    return reply;
  }

  get needsLogin(): boolean {
    return this.#mustLogIn && this.token === undefined && !this.world.isSettled;
  }

  /** A member refused a call, or canceled a watcher. */
  refused(code: string): void {
    if (!lostLogin.has(code)) return;
    this.token = undefined;
    this.#mustLogIn = true;
  }

  /** True if it has a new token. It tries one password after the other. */
  async logIn(machine: Machine): Promise<boolean> {
    const passwords = this.#users?.passwords.of(this.user) ?? [];
    const password = passwords[this.#attempts % passwords.length];
    if (this.#users === undefined || password === undefined) return false;
    this.#attempts++;
    // Each attempt comes from another address, so that none is slowed down.
    const address = `${this.name}-${this.#attempts}`;
    const reply = await this.#users.authenticate(machine, { user: this.user, password, address });
    if (reply.kind === 'ok') {
      this.token = reply.value.token;
      this.#attempts = 0;
      this.#users.passwords.worked(this.user, password);
      return true;
    }
    if (reply.kind === 'refused' && reply.error.code === 'auth-not-enabled') {
      this.#mustLogIn = false;
    }
    return false;
  }

  /** For a stream to this process, which shows the token of now for as long as it is open. */
  streamOptions(machine: Machine, process: Process, operations: Operations): CallOptions {
    const users = this.#users;
    if (users === undefined) return anonymous;
    const { token, name } = this;
    const callerNow = () => users.callerAt(machine, process, operations, token, name);
    return { caller: callerNow(), callerNow };
  }

  /** Events of this range are sent to a stream of this session that was opened with this token. */
  hears(token: string | undefined, range: KeyRange, process: Process): void {
    this.#users?.mayHear(this.name, token, range, process);
  }
}
