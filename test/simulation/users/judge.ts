import type { Identity } from '../../../src/operations/index.ts';
import type { State } from '../../../src/state/index.ts';
import { Violation } from '../trace.ts';
import { mayUse } from './auth-model.ts';
import type { AuthModel, KeyNeed } from './auth-model.ts';

/** The right that a call needs, and how its answer follows from the state. */
export interface UserCall {
  readonly need: KeyNeed | 'root';
  /**
   * `linearizable`, `serializable`: a read that shows the keys at the revision of its answer. `put`: a write at that
   * revision. `any`: its answer is not looked at, only its refusal.
   */
  readonly kind: 'linearizable' | 'serializable' | 'put' | 'any';
}

/** A member at one moment of a call. */
export interface Moment {
  readonly state: State;
  readonly appliedIndex: number;
  /** The last index that any member had applied. */
  readonly lastIndex: number;
}

/** A call that a member has taken. */
export interface Course {
  /** Changes up to this index were acknowledged before the call. */
  readonly floor: number;
  taken: Moment | undefined;
  ended: Moment | undefined;
  identity: Identity | undefined;
}

/** Changes of users that a caller of `authenticate` is spared. */
const loginAttempts = 5;

/** Compares answers and refusals with what the log says of users. */
export class Judge {
  readonly #model: AuthModel;
  readonly #isKnown: (state: State, login: number) => boolean;

  /** `isKnown`: this state has applied this login, and did not load it. */
  constructor(model: AuthModel, isKnown: (state: State, login: number) => boolean) {
    this.#model = model;
    this.#isKnown = isKnown;
  }

  /** An answer is right if its caller was allowed at an index of the log that fits it. */
  mustBeAllowed(
    who: string,
    login: number | undefined,
    { need, kind }: UserCall,
    answer: unknown,
    { floor, taken, ended }: Course,
  ): void {
    if (kind === 'any' || taken === undefined || ended === undefined) return;
    const keys = memberOf(answer, 'keys');
    // A lease without keys tells nothing.
    if (Array.isArray(keys) && keys.length === 0) return;
    const revision = revisionOf(answer);
    const shown = this.#model.indexesOf(revision);
    const from = kind === 'serializable' ? taken.appliedIndex : floor;
    const to = kind === 'serializable' ? ended.appliedIndex : ended.lastIndex;
    const first = Math.max(shown.from, kind === 'put' ? 0 : from);
    const last = kind === 'put' ? shown.from : Math.min(shown.to, to);
    const may = (index: number): boolean => this.#model.mayDo(login, need, index);
    if (this.sometime(login, first, last, may)) return;
    throw new Violation(
      `${who} was answered a ${kind} call at revision ${revision}, with ${this.describe(login)}, ` +
        `and was not allowed from ${first} to ${last}`,
    );
  }

  /** A refusal is right if there was a reason at an index at which its member may have looked. */
  explain(
    who: string,
    login: number | undefined,
    need: KeyNeed | 'root',
    code: string,
    { taken, ended, identity }: Course,
  ): void {
    if (taken === undefined || ended === undefined) return;
    const from = taken.appliedIndex;
    const to = ended.lastIndex;
    const sometime = (holds: (index: number) => boolean): boolean =>
      this.sometime(login, from, to, holds);
    const isOn = (index: number): boolean => this.#model.at(index).isEnabled;
    const isExplained = (): boolean => {
      switch (code) {
        case 'user-empty':
          return sometime(isOn) && (login === undefined || sometime((index) => !isOn(index)));
        case 'invalid-auth-token':
          return (
            identity?.kind === 'refused' ||
            sometime((index) => !this.#model.isLoggedIn(login ?? 0, index)) ||
            !this.#isKnown(ended.state, login ?? 0)
          );
        case 'auth-revision-old':
          return this.#revisionsBetween(from, to) >= 2;
        case 'permission-denied':
          return sometime(
            (index) =>
              isOn(index) &&
              !mayUse(this.#model.at(index), this.#model.login(login ?? 0)?.user ?? '', need),
          );
        default:
          return true;
      }
    };
    if (isExplained()) return;
    throw new Violation(
      `${who} was refused, ${code}, with ${this.describe(login)} from ${from} to ${to}, for no reason`,
    );
  }

  explainLogin(
    who: string,
    code: string,
    { floor, taken, ended }: Course,
    has: (index: number) => boolean,
  ): void {
    if (taken === undefined || ended === undefined) return;
    const to = ended.lastIndex;
    const isExplained =
      (code !== 'auth-failed' || this.sometime(undefined, floor, to, (index) => !has(index))) &&
      (code !== 'auth-not-enabled' ||
        this.sometime(undefined, floor, to, (index) => !this.#model.at(index).isEnabled)) &&
      (code !== 'auth-revision-old' ||
        this.#revisionsBetween(taken.appliedIndex, to) >= loginAttempts);
    if (isExplained) return;
    throw new Violation(`the login of ${who} was refused, ${code}, from ${floor} to ${to}`);
  }

  /** True if it holds at an index in between, both included. */
  sometime(
    login: number | undefined,
    from: number,
    to: number,
    holds: (index: number) => boolean,
  ): boolean {
    if (from > to) return false;
    const changes = this.#model.between(from, to).map(({ index }) => index);
    const points = [from, login ?? from, ...changes];
    return points.some((index) => index >= from && index <= to && holds(index));
  }

  #revisionsBetween(from: number, to: number): number {
    return this.#model.at(to).revision - this.#model.at(from).revision;
  }

  describe(login: number | undefined): string {
    const known = login === undefined ? undefined : this.#model.login(login);
    if (login === undefined) return 'no token';
    if (known === undefined) return `a token of nobody (${login})`;
    const end = known.endedAt === Infinity ? 'goes on' : `has ended at ${known.endedAt}`;
    return `the login of ${known.user} at ${login}, which ${end}`;
  }
}

/** Of keys, as the header of an answer names it. */
function revisionOf(answer: unknown): number {
  const header = memberOf(answer, 'header');
  const revision = memberOf(header, 'revision');
  if (typeof revision === 'number') return revision;
  throw new Error('an answer without a revision cannot be judged');
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
