import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { prefixRange, rangeHolds, singleKey } from '../../src/base/key.ts';
import type { Key, KeyRange } from '../../src/base/key.ts';
import {
  anonymousUser,
  RangeSet,
  refusalOf,
  Rights,
  RightsTable,
  useOf,
} from '../../src/state/index.ts';
import type {
  Access,
  AuthView,
  LeaseInfo,
  Leases,
  Permission,
  Role,
  User,
  Who,
} from '../../src/state/index.ts';

/** All keys of up to two letters out of `a`, `b`, and the bytes 00 and FF, at which ranges end. */
const letters = ['\0', 'a', 'b', '\u{ff}'];
const keys: readonly Key[] = letters.flatMap((one) => [one, ...letters.map((two) => one + two)]);

/** At least one key between any two ends of the ranges below, and one beyond them. */
const probes: readonly Key[] = [
  ...keys.flatMap((key) => [key, `${key}\0`, `${key}\u{ff}\u{ff}`, prefixRange(key).end ?? key]),
  '\u{ff}'.repeat(9),
];

const anyKey = fc.constantFrom(...keys);
const anyRange: fc.Arbitrary<KeyRange> = fc.oneof(
  anyKey.map(singleKey),
  anyKey.map(prefixRange),
  fc.record({ start: anyKey, end: fc.option(anyKey, { nil: undefined }) }),
);

function authOf(users: readonly User[], roles: readonly Role[], revision = 1): AuthView {
  return {
    isEnabled: true,
    revision,
    users,
    roles,
    user: (name) => users.find((user) => user.name === name),
    role: (name) => roles.find((role) => role.name === name),
  };
}

function userOf(name: string, ...roles: string[]): User {
  return { name, roles, passwordHash: undefined };
}

function leasesOf(attached: Readonly<Record<string, readonly Key[]>>): Leases {
  const list = Object.entries(attached).map(([id, own]): LeaseInfo => ({
    id: BigInt(id),
    ttlSeconds: 60,
    remainingSeconds: 0,
    keys: own.toSorted(),
    keySet: new Set(own),
    keysAreIn: (ranges) => own.every((key) => ranges.holds(key)),
  }));
  return { size: list.length, get: (id) => list.find((one) => one.id === id), list: () => list };
}

describe('a set of ranges', () => {
  test('covers a range just if it holds each of its keys, and its start', () => {
    const property = fc.property(fc.array(anyRange, { maxLength: 5 }), anyRange, (given, asked) => {
      const set = new RangeSet(given);
      const isHeld = (key: Key): boolean => given.some((range) => rangeHolds(range, key));
      const allHeld =
        isHeld(asked.start) && probes.every((key) => !rangeHolds(asked, key) || isHeld(key));
      expect(probes.filter((key) => set.holds(key))).toEqual(probes.filter(isHeld));
      expect(set.covers(asked)).toBe(allHeld);
    });
    fc.assert(property, { numRuns: 2000 });
  });

  test('joins ranges that touch', () => {
    const set = new RangeSet([
      { start: 'b', end: 'c' },
      singleKey('a'),
      { start: 'a\0', end: 'b' },
    ]);
    expect(set.ranges).toEqual([{ start: 'a', end: 'c' }]);
  });
});

function keysOf(leases: Leases, ids: readonly bigint[] | 'all'): Key[] {
  return leases
    .list()
    .flatMap(({ id, keys: own }) => (ids === 'all' || ids.includes(id) ? own : []));
}

function few<T>(of: fc.Arbitrary<T>): fc.Arbitrary<T[]> {
  return fc.array(of, { maxLength: 2 });
}

/** Asks for every key by itself, of each permission by itself. */
function naive(auth: AuthView, leases: Leases, who: Who, access: Access): string | undefined {
  if (!auth.isEnabled || access.kind === 'none' || who === 'member') return undefined;
  if (who === undefined) return 'user-empty';
  if (who.authRevision < auth.revision) return 'auth-revision-old';
  const roles = who.name === anonymousUser ? ['anonymous'] : auth.user(who.name)?.roles;
  if (roles === undefined) return 'permission-denied';
  if (who.name !== anonymousUser && roles.includes('root')) return undefined;
  if (access.kind === 'login') return who.name === anonymousUser ? 'user-empty' : undefined;
  return isAllowed() ? undefined : 'permission-denied';

  function isAllowed(): boolean {
    if (access.kind === 'user') return who !== 'member' && access.name === who?.name;
    if (access.kind === 'role') {
      return (
        who !== 'member' && who?.name !== anonymousUser && roles?.includes(access.name) === true
      );
    }
    if (access.kind !== 'keys') return false;
    const { reads, writes, readLeases, writtenLeases } = access.use;
    return (
      reads.every((range) => mayAll('read', range)) &&
      writes.every((range) => mayAll('write', range)) &&
      keysOf(leases, readLeases).every((key) => may('read', key)) &&
      keysOf(leases, writtenLeases).every((key) => may('write', key))
    );
  }

  function mayAll(right: 'read' | 'write', range: KeyRange): boolean {
    return (
      may(right, range.start) && probes.every((key) => !rangeHolds(range, key) || may(right, key))
    );
  }

  function may(right: 'read' | 'write', key: Key): boolean {
    return (roles ?? []).some((name) =>
      auth
        .role(name)
        ?.permissions.some(
          ({ type, range }) => (type === 'readwrite' || type === right) && rangeHolds(range, key),
        ),
    );
  }
}

describe('the decision', () => {
  const anyPermission: fc.Arbitrary<Permission> = fc.record({
    type: fc.constantFrom('read', 'write', 'readwrite'),
    range: anyRange,
  });
  const roleNames = ['r1', 'r2', 'r3', 'anonymous', 'root'];
  const anyRoles = fc
    .tuple(...roleNames.map(() => fc.array(anyPermission, { maxLength: 3 })))
    .map((all): Role[] =>
      all.map((permissions, at) => ({ name: roleNames[at] ?? '', permissions })),
    );
  const anyUsers = fc
    .tuple(fc.subarray(roleNames), fc.subarray(['r1', 'r2', 'gone']))
    .map(([first, second]) => [userOf('u1', ...first), userOf('u2', ...second)]);
  const anyLeases = fc
    .record({
      1: fc.uniqueArray(anyKey, { maxLength: 3 }),
      2: fc.uniqueArray(anyKey, { maxLength: 3 }),
    })
    .map(leasesOf);
  const anyId = fc.constantFrom(1n, 2n, 3n);
  const anyAccess: fc.Arbitrary<Access> = fc.oneof(
    fc.record({ kind: fc.constantFrom('none', 'login', 'root') }),
    fc.record({ kind: fc.constant('user' as const), name: fc.constantFrom('u1', 'u2') }),
    fc.record({ kind: fc.constant('role' as const), name: fc.constantFrom(...roleNames) }),
    fc.record({
      kind: fc.constant('keys' as const),
      use: fc.record({
        reads: few(anyRange),
        writes: few(anyRange),
        readLeases: fc.oneof(few(anyId), fc.constant('all' as const)),
        writtenLeases: few(anyId),
      }),
    }),
  );
  const anyWho: fc.Arbitrary<Who> = fc.oneof(
    fc.constantFrom('member' as const, undefined),
    fc.record({
      name: fc.constantFrom('u1', 'u2', 'nobody', anonymousUser),
      authRevision: fc.constantFrom(6, 7),
    }),
  );

  test('is that of a naive model', () => {
    const property = fc.property(
      fc.boolean(),
      anyUsers,
      anyRoles,
      anyLeases,
      anyWho,
      anyAccess,
      (isEnabled, users, roles, leases, who, access) => {
        const auth = { ...authOf(users, roles, 7), isEnabled };
        const basis = { auth, rights: new RightsTable(auth), leases };
        expect(refusalOf(basis, who, access)?.code).toBe(naive(auth, leases, who, access));
      },
    );
    fc.assert(property, { numRuns: 3000 });
  });

  test('follows a change of users and roles', () => {
    let auth = authOf([userOf('u', 'r')], [], 1);
    const view: AuthView = {
      get isEnabled() {
        return auth.isEnabled;
      },
      get revision() {
        return auth.revision;
      },
      get users() {
        return auth.users;
      },
      get roles() {
        return auth.roles;
      },
      user: (name) => auth.user(name),
      role: (name) => auth.role(name),
    };
    const table = new RightsTable(view);
    expect(table.of('u')?.mayReadKey('a')).toBe(false);
    const permissions: Permission[] = [{ type: 'read', range: singleKey('a') }];
    auth = authOf([userOf('u', 'r')], [{ name: 'r', permissions }], 2);
    expect(table.of('u')?.mayReadKey('a')).toBe(true);
    expect(table.of('u')?.mayWriteKey('a')).toBe(false);
    auth = authOf([], [], 3);
    expect(table.of('u')).toBeUndefined();
  });

  test('says to people which key and right are missing', () => {
    const auth = authOf([userOf('bob')], []);
    const basis = { auth, rights: new RightsTable(auth), leases: leasesOf({}) };
    const access: Access = { kind: 'keys', use: useOf({ writes: [singleKey('/a')] }) };
    const refusal = refusalOf(basis, { name: 'bob', authRevision: 1 }, access);
    expect(refusal?.message).toBe(
      'the user "bob" may not write "/a"; it needs a role with the right to write it',
    );
  });

  test('the role anonymous gives no rights of root to callers without a login', () => {
    const auth = authOf([], [{ name: 'anonymous', permissions: [] }]);
    expect(Rights.of(auth, anonymousUser)?.isRoot).toBe(false);
  });
});
