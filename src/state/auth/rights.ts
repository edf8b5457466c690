import { unreachable } from '../../base/assert.ts';
import { singleKey } from '../../base/key.ts';
import type { Key, KeyRange } from '../../base/key.ts';
import type { Leases } from '../lease-table.ts';
import type { LeaseId } from '../key-value.ts';
import type { Refusal } from '../refusal.ts';
import type { Command } from '../command.ts';
import { useOf, useOfDelete, useOfPut, useOfTxn } from './key-use.ts';
import type { KeyUse } from './key-use.ts';
import { RangeSet } from './range-set.ts';
import { rootName } from './view.ts';
import type { AuthView, Role } from './view.ts';

/**
 * The right that a call needs while authentication is on. While it is off every caller has every right.
 *
 * - `none`: no login is needed, and no token is looked at.
 * - `any`: no login is needed, but no token that is invalid.
 * - `known`: any user, or a caller without a login where the API serves such callers; no token that is invalid.
 * - `login`: any user.
 * - `keys`: a user that may read and write what the request reads and writes.
 * - `user`: this user itself, or root. `role`: a user that has this role, or root.
 * - `root`: a user with the role `root`.
 */
export type Access =
  | { readonly kind: 'none' }
  | { readonly kind: 'any' }
  | { readonly kind: 'known' }
  | { readonly kind: 'login' }
  | { readonly kind: 'root' }
  | { readonly kind: 'user' | 'role'; readonly name: string }
  | { readonly kind: 'keys'; readonly use: KeyUse };

/**
 * The name under which callers that did not log in act, in the APIs that serve such callers (Consul's, DNS). It has the
 * permissions of the role `anonymous`, and none if there is no such role. No user's rights are ever looked up by it.
 */
export const anonymousUser = '\0anonymous';
const anonymousRole = 'anonymous';

/** A user that calls, and the revision of users and roles at which its login was verified. */
export interface LoggedIn {
  readonly name: string;
  readonly authRevision: number;
}

/** The caller, as far as its rights depend on it. Undefined: it did not log in. */
export type Who = LoggedIn | 'member' | undefined;

/** The rights of one user. */
export class Rights {
  /** It may do everything. */
  readonly isRoot: boolean;
  /** It may read each key of these ranges. */
  readonly reads: RangeSet;
  readonly writes: RangeSet;

  private constructor(roles: readonly (Role | undefined)[], isRoot: boolean) {
    const permissions = roles.flatMap((role) => role?.permissions ?? []);
    const rangesOf = (missing: 'read' | 'write'): KeyRange[] =>
      permissions.filter(({ type }) => type !== missing).map(({ range }) => range);
    this.isRoot = isRoot;
    this.reads = new RangeSet(rangesOf('write'));
    this.writes = new RangeSet(rangesOf('read'));
  }

  /** Undefined: there is no such user. */
  static of(auth: AuthView, name: string): Rights | undefined {
    if (name === anonymousUser) return new Rights([auth.role(anonymousRole)], false);
    const user = auth.user(name);
    if (user === undefined) return undefined;
    const isRoot = user.roles.includes(rootName);
    return new Rights(
      user.roles.map((role) => auth.role(role)),
      isRoot,
    );
  }

  /** True if it may read every key of the range. */
  mayRead(range: KeyRange): boolean {
    return this.isRoot || this.reads.covers(range);
  }

  mayWrite(range: KeyRange): boolean {
    return this.isRoot || this.writes.covers(range);
  }

  mayReadKey(key: Key): boolean {
    return this.isRoot || this.reads.holds(key);
  }

  mayWriteKey(key: Key): boolean {
    return this.isRoot || this.writes.holds(key);
  }
}

/** Rights of this many users are kept compiled. */
const compiledMax = 1000;

/** The rights of users, compiled once for each revision of users and roles. */
export class RightsTable {
  readonly #auth: AuthView;
  readonly #compiled = new Map<string, Rights>();
  #revision = 0;

  constructor(auth: AuthView) {
    this.#auth = auth;
  }

  /** Undefined: there is no such user. */
  of(name: string): Rights | undefined {
    if (this.#revision !== this.#auth.revision) {
      this.#compiled.clear();
      this.#revision = this.#auth.revision;
    }
    const known = this.#compiled.get(name);
    if (known !== undefined) return known;
    const rights = Rights.of(this.#auth, name);
    if (rights === undefined) return undefined;
    if (this.#compiled.size >= compiledMax) this.#compiled.clear();
    this.#compiled.set(name, rights);
    return rights;
  }
}

/** The parts of the state that decide about rights. */
export interface RightsBasis {
  readonly auth: AuthView;
  readonly rights: RightsTable;
  readonly leases: Leases;
}

/** Decides whether a caller has a right. Returns the refusal, if any. The checks are in etcd's order. */
export function refusalOf(basis: RightsBasis, who: Who, access: Access): Refusal | undefined {
  const { auth, rights } = basis;
  if (!auth.isEnabled || who === 'member') return undefined;
  if (access.kind === 'none' || access.kind === 'any') return undefined;
  if (who === undefined) return notLoggedIn;
  if (who.authRevision < auth.revision) return loginIsOld;
  const own = rights.of(who.name);
  if (own === undefined) return deniedUser(who.name);
  if (own.isRoot) return undefined;
  switch (access.kind) {
    case 'known':
      return undefined;
    case 'login':
      return who.name === anonymousUser ? notLoggedIn : undefined;
    case 'root':
      return denied(`the user ${JSON.stringify(who.name)} does not have the role root`);
    case 'user':
      return access.name === who.name
        ? undefined
        : denied(`only root and ${JSON.stringify(access.name)} itself may see this user`);
    case 'role':
      return auth.user(who.name)?.roles.includes(access.name) === true
        ? undefined
        : denied(`only root and users with the role ${JSON.stringify(access.name)} may see it`);
    case 'keys':
      return refusalOfUse(basis, who.name, own, access.use);
    default:
      return unreachable(access);
  }
}

function refusalOfUse(
  { leases }: RightsBasis,
  name: string,
  rights: Rights,
  { reads, writes, readLeases, writtenLeases }: KeyUse,
): Refusal | undefined {
  for (const range of writes) if (!rights.mayWrite(range)) return deniedRange(name, 'write', range);
  for (const range of reads) if (!rights.mayRead(range)) return deniedRange(name, 'read', range);
  const ids = readLeases === 'all' ? leases.list().map(({ id }) => id) : readLeases;
  for (const id of ids) {
    const lease = leases.get(id);
    if (lease?.keysAreIn(rights.reads) === true) continue;
    for (const key of lease?.keySet ?? []) {
      if (!rights.mayReadKey(key)) return deniedRange(name, 'read', singleKey(key));
    }
  }
  return refusalOfLeases(leases, name, rights, writtenLeases);
}

function refusalOfLeases(
  leases: Leases,
  name: string,
  rights: Rights,
  writtenLeases: readonly LeaseId[],
): Refusal | undefined {
  for (const id of writtenLeases) {
    const lease = leases.get(id);
    if (lease?.keysAreIn(rights.writes) === true) continue;
    for (const key of lease?.keySet ?? []) {
      if (!rights.mayWriteKey(key)) return deniedRange(name, 'write', singleKey(key));
    }
  }
  return undefined;
}

/**
 * The decision about a command when it is applied, equal on every member. The member that took the call has looked at the
 * keys of the request at `origin.authRevision`. If anything changed since, the command is refused. If not, only the keys
 * that are attached to leases are looked at again: other commands may have attached some since then.
 */
export function refusalToApply(
  { auth, rights, leases }: RightsBasis,
  command: Command,
): Refusal | undefined {
  if (!auth.isEnabled || !needsOrigin[command.kind]) return undefined;
  const { origin } = command;
  if (origin === undefined) return notLoggedIn;
  const { user, authRevision } = origin;
  // The member itself.
  if (user === '') return undefined;
  if (authRevision < auth.revision) return loginIsOld;
  const own = rights.of(user);
  if (own === undefined) return deniedUser(user);
  return own.isRoot ? undefined : refusalOfLeases(leases, user, own, leasesWrittenBy(command));
}

/**
 * Commands that are refused without the right of their origin, when they are applied. The others are proposed by members
 * themselves, whoever calls, or carry their own proof. Changes of the membership take effect when they are logged, so
 * nothing can refuse them when they are applied: the gate alone decides about them, as in etcd.
 */
const needsOrigin: Readonly<Record<Command['kind'], boolean>> = {
  put: true,
  'delete-range': true,
  txn: true,
  compact: true,
  'lease-grant': true,
  'lease-revoke': true,
  'lease-checkpoint': false,
  alarm: true,
  'member-add': false,
  'member-remove': false,
  'member-promote': false,
  'member-update': true,
  'member-publish': false,
  'member-level': false,
  'cluster-version': false,
  'auth-enable': true,
  'auth-disable': true,
  'user-add': true,
  'user-delete': true,
  'user-password': true,
  'user-grant-role': true,
  'user-revoke-role': true,
  'role-add': true,
  'role-delete': true,
  'role-grant': true,
  'role-revoke': true,
  login: false,
};

const noLeases: readonly LeaseId[] = [];

function leasesWrittenBy(command: Command): readonly LeaseId[] {
  const { kind } = command;
  if (kind === 'put') return command.request.lease === 0n ? noLeases : [command.request.lease];
  if (kind === 'txn') return useOfTxn(command.request).writtenLeases;
  return kind === 'lease-revoke' ? [command.id] : noLeases;
}

/** The right that a caller needs for a command. */
export function accessOfCommand(command: Command): Access {
  const { kind } = command;
  if (kind === 'put') return { kind: 'keys', use: useOfPut(command.request) };
  if (kind === 'delete-range') return { kind: 'keys', use: useOfDelete(command.request) };
  if (kind === 'txn') return { kind: 'keys', use: useOfTxn(command.request) };
  if (kind === 'lease-grant') return { kind: 'login' };
  if (kind !== 'lease-revoke') return { kind: 'root' };
  return { kind: 'keys', use: useOf({ writtenLeases: [command.id] }) };
}

const notLoggedIn: Refusal = {
  kind: 'error',
  code: 'user-empty',
  message: 'authentication is on, and the caller did not log in; log in as a user',
};

const loginIsOld: Refusal = {
  kind: 'error',
  code: 'auth-revision-old',
  message: 'users or roles have changed since the caller logged in; log in again',
};

function denied(why: string): Refusal {
  return { kind: 'error', code: 'permission-denied', message: why };
}

function deniedUser(name: string): Refusal {
  return denied(`there is no user ${JSON.stringify(name)}`);
}

function deniedRange(name: string, right: 'read' | 'write', { start, end }: KeyRange): Refusal {
  const from = JSON.stringify(start);
  const what = end === `${start}\0` ? from : `${from} up to ${JSON.stringify(end ?? 'the last')}`;
  const who =
    name === anonymousUser ? 'a caller without a login' : `the user ${JSON.stringify(name)}`;
  return denied(`${who} may not ${right} ${what}; it needs a role with the right to ${right} it`);
}
