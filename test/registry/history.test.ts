import { expect, test } from 'vitest';
import { finish } from '../../src/base/steps.ts';
import type { KeyEvent } from '../../src/operations/index.ts';
import { Catalog, History } from '../../src/registry/index.ts';
import type { Change, HistoryOptions, Subject } from '../../src/registry/index.ts';
import { deletion, kvOf, put } from './events.ts';

interface Set {
  readonly catalog: Catalog;
  readonly history: History;
  readonly leases: globalThis.Set<bigint>;
  /** Applies one revision; its number is the time, too. */
  readonly apply: (...events: readonly KeyEvent[]) => void;
  readonly revision: () => number;
}

function setOf(more: Partial<HistoryOptions> = {}): Set {
  const leases = new globalThis.Set<bigint>();
  let revision = 1;
  const history = new History({
    wallTimeMs: () => revision * 1000,
    memberName: 'm1',
    hasLease: (lease) => leases.has(lease),
    isAlone: () => true,
    ...more,
  });
  const catalog = new Catalog({ floor: () => 0, onBadKey: () => {}, journal: history });
  finish(catalog.load([], [], 1));
  const apply = (...events: readonly KeyEvent[]): void => {
    revision++;
    catalog.apply(
      events.map(({ kind, kv }) => ({ kind, kv: { ...kv, modRevision: revision } })),
      revision,
    );
  };
  return { catalog, history, leases, apply, revision: () => revision };
}

const name = { namespace: 'default', service: 'pay', instance: 'p1' };
const subject: Subject = { kind: 'instance', name };
const key = '/services/pay/p1';
const caller = { api: 'etcd', address: '10.0.0.9', identity: undefined };

const putLeased = (lease: bigint): KeyEvent => ({
  kind: 'put',
  kv: { ...kvOf(key, 'h:1', 1), lease },
});

const summary = (changes: readonly Change[]): readonly string[] =>
  changes.map(({ kind, from, to, check, times }) =>
    [kind, `${from}>${to}`, check && `${check.id}=${check.status}`, times > 1 && `x${times}`]
      .filter(Boolean)
      .join(' '),
  );

test('an instance is remembered from its registration to its deletion, with the check that made the difference', () => {
  const { history, apply } = setOf();
  apply(put(key, 'h:1', 1));
  apply(put('/checks/pay/p1/http', { status: 'passing' }, 1));
  apply(
    put('/checks/pay/p1/http', { status: 'critical' }, 1),
    put('/outputs/pay/p1/http', 'connection refused', 1),
  );
  apply(put('/checks/pay/p1/_hold', { status: 'critical', notes: 'broken disk' }, 1));
  apply(deletion('/checks/pay/p1/_hold', 1));
  apply(deletion(key, 1));
  expect(summary(history.of(subject))).toEqual([
    'registered absent>passing',
    'check passing>passing http=passing',
    'check passing>critical http=critical',
    'check critical>maintenance _hold=critical',
    'check maintenance>critical _hold=removed',
    'deleted critical>absent http=critical',
  ]);
  expect(history.of(subject)[2]).toMatchObject({
    revision: 4,
    timeMs: 4000,
    check: { output: 'connection refused' },
  });
  expect(history.of(subject)[3]).toMatchObject({ check: { notes: 'broken disk' } });
  expect(history.departedOf(name)).toEqual([name]);
});

test('a heartbeat that is not renewed makes its check late', () => {
  const { history, apply } = setOf();
  const check = { status: 'passing', definition: { TTL: '10s' } };
  apply(put(key, 'h:1', 1), put('/checks/pay/p1/ttl', check, 1));
  apply(put('/heartbeats/pay/p1/ttl', '', 1));
  apply(deletion('/heartbeats/pay/p1/ttl', 1));
  expect(summary(history.of(subject))).toEqual([
    'registered absent>critical ttl=critical',
    'check critical>passing ttl=passing',
    'check passing>critical ttl=critical',
  ]);
  expect(history.of(subject)[2]?.check?.isLate).toBe(true);
});

test('an instance whose lease is gone has lapsed, or another member knows more', () => {
  for (const isAlone of [true, false]) {
    const { history, apply, leases } = setOf({ isAlone: () => isAlone });
    leases.add(7n);
    apply(putLeased(7n));
    leases.delete(7n);
    apply(deletion(key, 1));
    expect(history.of(subject).at(-1)?.kind).toBe(isAlone ? 'lapsed' : 'lease-ended');
  }
});

test('an instance whose lease is still there was deleted', () => {
  const { history, apply, leases } = setOf();
  leases.add(7n);
  apply(putLeased(7n));
  apply(deletion(key, 1));
  expect(history.of(subject).at(-1)?.kind).toBe('deleted');
});

test.each(['before', 'after'] as const)(
  'the member that took a write knows its caller, told %s the change',
  (when) => {
    for (const isRevoke of [true, false]) {
      const { history, apply, revision } = setOf({ isAlone: () => false });
      apply(putLeased(7n));
      const event = deletion(key, 1);
      const command = isRevoke ? 'lease-revoke' : 'delete-range';
      const tell = (at: number): void =>
        history.wrote(
          { revision: at, events: [event], isLarge: false, result: { kind: 'done' } },
          command,
          caller,
        );
      if (when === 'before') tell(revision() + 1);
      apply(event);
      if (when === 'after') tell(revision());
      expect(history.of(subject).at(-1)).toMatchObject({
        kind: isRevoke ? 'revoked' : 'deleted',
        actor: { api: 'etcd', address: '10.0.0.9', member: 'm1' },
      });
    }
  },
);

test('a departure says more than the deletion in the same revision', () => {
  const { history, apply } = setOf();
  const left = {
    reason: 'reaped',
    api: 'checks',
    member: 'm2',
    time: '2026-01-02T03:04:05.000Z',
    check: { id: 'http', status: 'critical', output: 'refused' },
  };
  apply(put(key, 'h:1', 1));
  apply(deletion(key, 1), put('/consul/departures/pay%2Fp1', left, 1));
  expect(summary(history.of(subject))).toEqual([
    'registered absent>passing',
    'reaped passing>absent http=critical',
  ]);
  expect(history.of(subject).at(-1)?.actor).toEqual({ api: 'checks', address: '', member: 'm2' });
});

test('registrations that repeat are one change', () => {
  const { history, apply } = setOf();
  for (let at = 0; at < 5; at++) apply(put(key, 'h:1', 1));
  expect(summary(history.of(subject))).toEqual([
    'registered absent>passing',
    'registered-again passing>passing x4',
  ]);
  apply(put(key, 'bad', 1));
  expect(summary(history.of(subject)).at(-1)).toBe('unreadable passing>absent');
});

test('a node has a history of its own', () => {
  const { history, apply } = setOf();
  apply(put('/consul/node-checks/n1/disk', { status: 'critical' }, 1));
  expect(summary(history.of({ kind: 'node', node: 'N1' }))).toEqual([
    'check passing>critical disk=critical',
  ]);
});

test('the last changes of an instance are kept, and a day of departures', () => {
  let nowMs = 0;
  const { history, apply } = setOf({ wallTimeMs: () => nowMs });
  for (let at = 0; at < 40; at++) {
    apply(put('/checks/pay/p1/c', { status: at % 2 === 0 ? 'passing' : 'critical' }, 1));
    apply(at % 2 === 0 ? put(key, 'h:1', 1) : deletion(key, 1));
  }
  expect(history.of(subject)).toHaveLength(16);
  expect(history.departedOf(name)).toEqual([name]);
  nowMs = 25 * 3600_000;
  expect(history.departedOf(name)).toEqual([]);
});

test('the memory is bounded: what did not change for longest is forgotten', () => {
  const { history, apply } = setOf({ bytesMax: 10_000 });
  for (let at = 0; at < 200; at++) apply(put(`/services/pay/p${at}`, 'h:1', 1));
  expect(history.bytes).toBeLessThanOrEqual(10_000);
  const of = (instance: string) =>
    history.of({ kind: 'instance', name: { ...name, instance } }).length;
  expect(of('p0')).toBe(0);
  expect(of('p199')).toBe(1);
  for (let at = 0; at < 200; at++) apply(deletion(`/services/pay/p${at}`, 1));
  expect(history.departedOf(name).length).toBeLessThan(20);
});

test('what is read at once is no change, and a new reading says since when nothing is missing', () => {
  const { catalog, history, apply } = setOf();
  expect(history.sinceMs).toBe(1000);
  apply(put(key, 'h:1', 1));
  finish(catalog.load([kvOf(key, 'h:1', 2), kvOf('/services/pay/p2', 'h:1', 2)], [], 3));
  expect(history.sinceMs).toBe(2000);
  expect(summary(history.of(subject))).toEqual(['registered absent>passing']);
  apply(put('/checks/pay/p2/c', { status: 'critical' }, 1));
  expect(history.of({ kind: 'instance', name: { ...name, instance: 'p2' } })).toHaveLength(1);
});
