import type {
  Caller,
  CallOptions,
  Identity,
  LoginOptions,
  Operations,
} from '../../../src/operations/index.ts';
import type { KeyRange } from '../../../src/base/key.ts';
import type { Applied, Command, State } from '../../../src/state/index.ts';
import { exchange } from '../caller.ts';
import type { Reply } from '../caller.ts';
import type { Machine, Process } from '../machine.ts';
import type { SeededRandom } from '../random.ts';
import { Violation } from '../trace.ts';
import type { World } from '../world.ts';
import { AuthModel, isAuthCommand, mayUse } from './auth-model.ts';
import { Judge } from './judge.ts';
import type { Course, Moment, UserCall } from './judge.ts';
import type { KeyNeed } from './auth-model.ts';
import { Hashes, passwordOf, Passwords } from './passwords.ts';

/** All keys. */
export const everything: KeyNeed = {
  reads: [{ start: '\0', end: undefined }],
  writes: [{ start: '\0', end: undefined }],
};

/** A login that one state has applied, and when its token was shown to the member, by the member's clock. */
interface KnownLogin {
  readonly appliedMs: number;
  usedMs: number | undefined;
}

/**
 * Users of a world: what people know of them, what the log says of them, and whether answers and refusals can be
 * explained by it. A token stands for the index of its login.
 */
export class Users {
  readonly model: AuthModel = new AuthModel();
  readonly passwords: Passwords = new Passwords();
  /** Called with a user that is about to lose a right; with undefined, if all are. */
  readonly onTaking: Set<(user: string | undefined) => void> = new Set();
  /** Called with a user that has lost a right, and the change was acknowledged; with undefined, if all may have. */
  readonly onTaken: Set<(user: string | undefined) => void> = new Set();
  readonly #world: World;
  readonly #judge: Judge;
  readonly #tokenTtlMs: number;
  readonly #hashes = new Hashes();
  readonly #known = new WeakMap<State, Map<number, KnownLogin>>();
  /** By value: the login with which it is written. */
  readonly #authors = new Map<string, number | undefined>();
  #ackedIndex = 0;

  constructor(world: World, tokenTtlMs: number) {
    this.#world = world;
    this.#judge = new Judge(this.model, (state, login) => this.#knownTo(state).has(login));
    this.#tokenTtlMs = tokenTtlMs;
  }

  loginOptions(process: Process, random: SeededRandom): LoginOptions {
    return {
      passwords: this.#hashes.of(process.clock, random),
      bcryptCost: 4,
      simpleTokenTtlMs: this.#tokenTtlMs,
      webTokens: undefined,
    };
  }

  // Observing the log.

  /** A member, perhaps not the first one, has applied a command. The model knows it already. */
  applied(
    machine: Machine | undefined,
    state: State,
    index: number,
    command: Command,
    applied: Applied,
  ): void {
    if (machine === undefined || !isAuthCommand(command)) return;
    if (command.kind === 'login' && applied.result.kind !== 'error') {
      this.#knownTo(state).set(index, { appliedMs: machine.clock.nowMs(), usedMs: undefined });
    }
    for (const login of state.auth.logins) {
      if (this.model.isLoggedIn(login.index, index)) continue;
      throw new Violation(
        `${machine.name} keeps the login of ${login.user} at ${login.index}, which has ended at ${index}`,
      );
    }
  }

  /** A value was written for the first time. */
  written(value: string, index: number): void {
    if (!this.#authors.has(value)) return;
    const login = this.#authors.get(value);
    if (!this.model.at(index).isEnabled) return;
    if (login !== undefined && this.model.isLoggedIn(login, index)) return;
    throw new Violation(`"${value}" was written at ${index} with ${this.#judge.describe(login)}`);
  }

  /** This value will be written with this token, or never. */
  writes(value: string, token: string | undefined): void {
    this.#authors.set(value, loginOf(token));
  }

  /** A change was acknowledged that its client began after `since`. Its right is gone from now on, at every member. */
  acked(what: string, since: number): void {
    const index = this.model.changeAfter(what, since);
    if (index === undefined) throw new Violation(`"${what}" was acknowledged and never happened`);
    this.#ackedIndex = Math.max(this.#ackedIndex, index);
  }

  taking(user: string | undefined): void {
    for (const listener of this.onTaking) listener(user);
  }

  taken(user: string | undefined): void {
    for (const listener of this.onTaken) listener(user);
  }

  // Calling.

  /** A call with a token, or without one. Its answer or its refusal must be explained by the log. */
  async call<T>(
    { token, name }: { readonly token: string | undefined; readonly name: string },
    machine: Machine,
    operation: (operations: Operations, as: CallOptions) => Promise<T>,
    { need, kind }: UserCall,
    timeoutMs?: number,
  ): Promise<Reply<T>> {
    const course = this.#course();
    const act = async (operations: Operations, process: Process): Promise<T> => {
      course.taken = this.#moment(process);
      await this.#whenIdentifiable(machine, process, operations, token);
      const callerNow = (): Caller => {
        const caller = this.callerAt(machine, process, operations, token, name);
        course.identity = caller.identity;
        return caller;
      };
      const caller = callerNow();
      try {
        return await operation(operations, { caller, callerNow });
      } finally {
        course.ended = this.#moment(process);
      }
    };
    const reply = await exchange(this.#world, machine, act, operation, timeoutMs);
    const login = loginOf(token);
    if (reply.kind === 'refused') {
      this.#judge.explain(`${name} at ${machine.name}`, login, need, reply.error.code, course);
    } else if (reply.kind === 'ok') {
      this.#judge.mustBeAllowed(
        `${name} at ${machine.name}`,
        login,
        { need, kind },
        reply.value,
        course,
      );
    }
    this.#world.trace.count(
      `calls with ${token === undefined ? 'no token' : 'a token'} ${reply.kind === 'refused' ? reply.error.code : reply.kind}`,
    );
    return reply;
  }

  /** A member that has not applied the login of a token yet waits for it, an election timeout at most. */
  async #whenIdentifiable(
    { name, clock }: Machine,
    { replica, config }: Process,
    operations: Operations,
    token: string | undefined,
  ): Promise<void> {
    const beganMs = clock.nowMs();
    await operations.whenIdentifiable({ token });
    const appliedIndex = replica?.state.appliedIndex ?? 0;
    if (appliedIndex >= (loginOf(token) ?? 0)) return;
    this.#world.trace.count('members that lag behind a login');
    if (clock.nowMs() - beganMs >= config.electionTimeoutMs) return;
    const login = this.#judge.describe(loginOf(token));
    this.#world.failed(new Violation(`${name} does not wait for ${login}`));
  }

  /** Logs a user in. */
  async authenticate(
    machine: Machine,
    {
      user,
      password,
      address,
    }: { readonly user: string; readonly password: string; readonly address: string },
  ): Promise<Reply<{ readonly token: string }>> {
    const course = this.#course();
    const act = async (
      operations: Operations,
      process: Process,
    ): Promise<{ readonly token: string }> => {
      course.taken = this.#moment(process);
      try {
        const caller = { api: 'test', address, identity: undefined };
        return await operations.authenticate({ name: user, password }, { caller });
      } finally {
        course.ended = this.#moment(process);
      }
    };
    const reply = await exchange(this.#world, machine, act, act);
    this.#world.trace.count(`logins ${reply.kind === 'refused' ? reply.error.code : reply.kind}`);
    const has = (index: number): boolean =>
      passwordOf(this.model.at(index).users.get(user)?.passwordHash) === password;
    if (reply.kind === 'ok') {
      const login = loginOf(reply.value.token) ?? 0;
      const isRight = this.model.login(login)?.user === user && has(login);
      if (!isRight || login <= course.floor) {
        throw new Violation(`${user} was logged in at ${login} with "${password}"`);
      }
    } else if (reply.kind === 'refused') {
      this.#judge.explainLogin(`${user} at ${machine.name}`, reply.error.code, course, has);
    }
    return reply;
  }

  /** The caller that shows this token to this member now. */
  callerAt(
    machine: Machine,
    process: Process,
    operations: Operations,
    token: string | undefined,
    name: string,
  ): Caller {
    const identity = operations.identify({ token });
    const { replica } = process;
    if (replica !== undefined) {
      this.#world.check(() => this.#judgeIdentity(machine, replica.state, token, identity));
    }
    return { api: 'test', address: name, identity };
  }

  #judgeIdentity(
    { name, clock }: Machine,
    state: State,
    token: string | undefined,
    identity: Identity | undefined,
  ): void {
    const login = loginOf(token);
    const { appliedIndex } = state;
    if (!this.model.at(appliedIndex).isEnabled || login === undefined) {
      if (identity === undefined) return;
      throw new Violation(`${name} knows a caller that did not log in, at ${appliedIndex}`);
    }
    const known = this.#knownTo(state).get(login);
    const nowMs = clock.nowMs();
    const isGood = this.model.isLoggedIn(login, appliedIndex);
    if (identity?.kind === 'user') {
      const isOver = known?.usedMs !== undefined && nowMs - known.usedMs > this.#tokenTtlMs;
      if (known !== undefined && isGood && !isOver) {
        known.usedMs = nowMs;
        return;
      }
      throw new Violation(
        `${name} takes ${this.#judge.describe(login)} at ${appliedIndex}${isOver ? ', which was not used for too long' : ''}`,
      );
    }
    if (known === undefined || !isGood) return;
    const idleMs = nowMs - Math.max(known.appliedMs, known.usedMs ?? 0);
    if (idleMs > this.#tokenTtlMs) {
      this.#world.trace.count('tokens that lapsed');
      return;
    }
    throw new Violation(`${name} does not take ${this.#judge.describe(login)} at ${appliedIndex}`);
  }

  // Watching.

  /** A member sends events of a range to a stream that was opened with this token. */
  mayHear(name: string, token: string | undefined, range: KeyRange, { replica }: Process): void {
    const index = replica?.state.appliedIndex ?? 0;
    const version = this.model.at(index);
    if (!version.isEnabled) return;
    const login = this.model.login(loginOf(token) ?? 0);
    if (login !== undefined) {
      const hashAt = (at: number): string | undefined =>
        this.model.at(at).users.get(login.user)?.passwordHash;
      const isSame = hashAt(index) !== undefined && hashAt(index) === hashAt(login.index);
      if (isSame && mayUse(version, login.user, { reads: [range], writes: [] })) return;
    }
    throw new Violation(
      `${name} was sent events at ${index}, with ${this.#judge.describe(loginOf(token))}`,
    );
  }

  /** A watcher was canceled by this refusal, in a stream that was opened when its member had applied `from`. */
  explainCancel(
    name: string,
    token: string | undefined,
    range: KeyRange,
    code: string,
    from: number,
  ): void {
    const login = loginOf(token);
    const to = Math.max(from, this.model.lastIndex);
    const need = { reads: [range], writes: [] };
    // Its member may not know the login, or it was not used for too long: that is judged as it is shown.
    if (code === 'invalid-auth-token' && login !== undefined) return;
    if (this.#judge.sometime(login, from, to, (index) => !this.model.mayDo(login, need, index)))
      return;
    throw new Violation(`a watch of ${name} was canceled for no reason: ${code}`);
  }

  #course(): Course {
    return { floor: this.#ackedIndex, taken: undefined, ended: undefined, identity: undefined };
  }

  #moment({ replica }: Process): Moment | undefined {
    if (replica === undefined) return undefined;
    const { state } = replica;
    const { appliedIndex } = state;
    // The model does not hear of entries without a command.
    const lastIndex = Math.max(appliedIndex, this.model.lastIndex);
    return { state, appliedIndex, lastIndex };
  }

  #knownTo(state: State): Map<number, KnownLogin> {
    const known = this.#known.get(state);
    if (known !== undefined) return known;
    const none = new Map<number, KnownLogin>();
    this.#known.set(state, none);
    return none;
  }
}

/** The index of the login that a token stands for. */
export function loginOf(token: string | undefined): number | undefined {
  return token === undefined ? undefined : Number(token.split('.')[1]);
}
