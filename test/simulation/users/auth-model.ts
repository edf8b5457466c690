import { rangeHolds } from '../../../src/base/key.ts';
import type { KeyRange } from '../../../src/base/key.ts';
import type { Applied, AuthCommand, Command } from '../../../src/state/index.ts';
import { Violation } from '../trace.ts';
import { changeBy } from './auth-changes.ts';
import type { AuthParts } from './auth-changes.ts';

/** Users and roles from an index on. */
export interface AuthVersion extends AuthParts {
  readonly index: number;
  readonly revision: number;
}

interface ModelLogin {
  readonly user: string;
  readonly index: number;
  /** The index from which on its token counts no more. */
  endedAt: number;
}

/** The keys that a call reads and writes. */
export interface KeyNeed {
  readonly reads: readonly KeyRange[];
  readonly writes: readonly KeyRange[];
}

/** Proposed by members, whoever calls; or, as a login, with their own proof; or the gate alone decides. */
const freeKinds: ReadonlySet<Command['kind']> = new Set<Command['kind']>([
  'lease-checkpoint',
  'member-add',
  'member-remove',
  'member-promote',
  'member-publish',
  'member-level',
  'cluster-version',
  'login',
]);
/** Other users than root may do these. */
const keyKinds: ReadonlySet<Command['kind']> = new Set<Command['kind']>([
  'put',
  'delete-range',
  'txn',
  'lease-grant',
  'lease-revoke',
]);

/**
 * Users, roles and logins at each index of the log, kept in the simplest way: each change copies all of it. It is told of
 * each command when the first member applies it, and says whether that was right.
 */
export class AuthModel {
  readonly #versions: AuthVersion[] = [
    { index: 0, isEnabled: false, revision: 1, users: new Map(), roles: new Map() },
  ];
  readonly #logins = new Map<number, ModelLogin>();
  /** The first index of each revision of keys, in order. */
  readonly #revisions: { readonly revision: number; readonly index: number }[] = [
    { revision: 1, index: 0 },
  ];
  /** Changes of users and roles that were not refused. */
  readonly #changes: { readonly index: number; readonly what: string }[] = [];
  #lastIndex = 0;

  get now(): AuthVersion {
    return this.#versions.at(-1)!;
  }

  get lastIndex(): number {
    return this.#lastIndex;
  }

  /** The versions that were in force between two indexes, both included. */
  between(from: number, to: number): readonly AuthVersion[] {
    const first = this.#versions.findLastIndex(({ index }) => index <= from);
    const last = this.#versions.findLastIndex(({ index }) => index <= to);
    return this.#versions.slice(Math.max(0, first), Math.max(first, last) + 1);
  }

  at(index: number): AuthVersion {
    return this.#versions.findLast((version) => version.index <= index)!;
  }

  login(index: number): ModelLogin | undefined {
    return this.#logins.get(index);
  }

  /** The token of this login counts at this index. */
  isLoggedIn(login: number, index: number): boolean {
    const known = this.#logins.get(login);
    return known !== undefined && known.index <= index && index < known.endedAt;
  }

  /** The indexes at which keys were at this revision. */
  indexesOf(revision: number): { readonly from: number; readonly to: number } {
    const at = this.#revisions.findLastIndex((one) => one.revision <= revision);
    const next = this.#revisions[at + 1];
    return { from: this.#revisions[at]?.index ?? 0, to: (next?.index ?? Infinity) - 1 };
  }

  /** The index of the first such change after another index. Undefined: there is none. */
  changeAfter(what: string, index: number): number | undefined {
    return this.#changes.find((change) => change.index > index && change.what === what)?.index;
  }

  /** The caller with this login may do this at this index; undefined: it did not log in. */
  mayDo(login: number | undefined, need: KeyNeed | 'root', index: number): boolean {
    const version = this.at(index);
    if (!version.isEnabled) return true;
    if (login === undefined || !this.isLoggedIn(login, index)) return false;
    return mayUse(version, this.#logins.get(login)?.user ?? '', need);
  }

  // Applying.

  /** The first member has applied a command. */
  applied(index: number, command: Command, applied: Applied): void {
    this.#lastIndex = Math.max(this.#lastIndex, index);
    const { revision, result } = applied;
    if (revision > this.#revisions.at(-1)!.revision) this.#revisions.push({ revision, index });
    const code = result.kind === 'error' ? result.code : undefined;
    const refusal = this.#refusalOfOrigin(command);
    const isOld = code === 'auth-revision-old' && command.kind !== 'login';
    if (refusal !== undefined || isOld || code === 'user-empty') {
      if (code !== refusal) this.#differs(index, command, code, refusal);
      return;
    }
    if (code === undefined) this.#mustBeAllowed(index, command, applied);
    if (isAuthCommand(command)) {
      const expected = this.#carryOut(index, command);
      if (code !== expected) this.#differs(index, command, code, expected);
      if (code === undefined) this.#changes.push({ index, what: changeOf(command) });
    }
  }

  #differs(index: number, { kind }: Command, found?: string, expected?: string): never {
    throw new Violation(
      `entry ${index} (${kind}) ended with ${found ?? 'success'}, not with ${expected ?? 'success'}`,
    );
  }

  #refusalOfOrigin({ kind, origin }: Command): string | undefined {
    const { isEnabled, revision, users } = this.now;
    if (!isEnabled || freeKinds.has(kind) || origin?.user === '') return undefined;
    if (origin === undefined) return 'user-empty';
    if (origin.authRevision < revision) return 'auth-revision-old';
    return users.has(origin.user) ? undefined : 'permission-denied';
  }

  /** A command that took effect was one of a user that may do what it did. */
  #mustBeAllowed(index: number, { kind, origin }: Command, { events }: Applied): void {
    const version = this.now;
    const { user = '' } = origin ?? {};
    if (!version.isEnabled || freeKinds.has(kind) || user === '') return;
    if (!keyKinds.has(kind) && !mayUse(version, user, 'root')) {
      throw new Violation(`entry ${index} (${kind}) is one of ${user}, which is not root`);
    }
    for (const { kv } of events) {
      const writes = [{ start: kv.key, end: `${kv.key}\0` }];
      if (mayUse(version, user, { reads: [], writes })) continue;
      throw new Violation(`entry ${index} (${kind}) changed ${kv.key}, which ${user} may not`);
    }
  }

  /** Returns the code of the refusal. */
  #carryOut(index: number, command: AuthCommand): string | undefined {
    const change = changeBy(this.now, command);
    if (typeof change === 'string') return change;
    if (command.kind === 'login') {
      this.#logins.set(index, { user: command.user, index, endedAt: Infinity });
      return undefined;
    }
    const { endsLoginsOf } = change;
    for (const login of this.#logins.values()) {
      if (endsLoginsOf !== 'all' && endsLoginsOf !== login.user) continue;
      login.endedAt = Math.min(login.endedAt, index);
    }
    const revision = this.now.revision + (change.isNew ? 1 : 0);
    this.#versions.push({ ...this.now, ...change.parts, index, revision });
    return undefined;
  }
}

/** True if a user that exists may do this. */
export function mayUse(version: AuthVersion, name: string, need: KeyNeed | 'root'): boolean {
  const user = version.users.get(name);
  if (user === undefined) return false;
  if (user.roles.includes('root')) return true;
  if (need === 'root') return false;
  const held = user.roles.flatMap((role) => version.roles.get(role) ?? []);
  const covers = (missing: 'read' | 'write', range: KeyRange): boolean => {
    const ranges = held.filter(({ type }) => type !== missing).map((one) => one.range);
    // Whether a key is held changes at the ends of ranges only.
    const ends = ranges.flatMap(({ start, end }) => (end === undefined ? [start] : [start, end]));
    const probes = [range.start, ...ends.filter((key) => rangeHolds(range, key))];
    return probes.every((key) => ranges.some((one) => rangeHolds(one, key)));
  };
  return (
    need.reads.every((range) => covers('write', range)) &&
    need.writes.every((range) => covers('read', range))
  );
}

/** A change, as `changeAfter` knows it. */
export function changeOf(command: AuthCommand): string {
  const name = 'name' in command ? command.name : '';
  const role = 'role' in command ? command.role : '';
  return [command.kind, name, role].join(' ').trimEnd();
}

export function isAuthCommand(command: Command): command is AuthCommand & Command {
  const { kind } = command;
  return /^(auth|user|role)-/.test(kind) || kind === 'login';
}
