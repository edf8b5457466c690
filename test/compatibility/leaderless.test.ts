import { status } from '@grpc/grpc-js';
import { beforeAll, expect, test } from 'vitest';
import { eventually } from '../cluster/processes.ts';
import type { Conversation, Failure } from './raw.ts';
import { onEachTarget } from './targets.ts';

const noLeader = { code: 'UNAVAILABLE', details: 'etcdserver: no leader' };
const timedOut = { code: 'UNAVAILABLE', details: 'etcdserver: request timed out' };
const insisting = { hasleader: 'true' };

/** The error in the last line of a JSON stream that requires a leader. */
async function lastOf(url: string, body: string): Promise<Failure> {
  const headers = { 'Grpc-Metadata-hasleader': 'true' };
  const response = await fetch(url, { method: 'POST', body, headers });
  const last = (await response.text()).trimEnd().split('\n').at(-1) ?? '';
  const { error } = JSON.parse(last);
  // Releases differ in the form: an object, with or without names of their own, or text and code side by side.
  const message = typeof error === 'string' ? error : error.message;
  const code = error.code ?? error.grpc_code ?? JSON.parse(last).code;
  return { code: status[code] ?? String(code), details: message };
}

onEachTarget('a member that has lost all others', (subject) => {
  /** Streams of every kind that require a leader, by purpose; the last two in JSON. */
  const insistent = new Map<string, Promise<Failure>>();
  let patient: Conversation;
  /** Calls that need a majority, without one: a read, and three writes. */
  let failures: Promise<readonly Failure[]>;
  let lease: ReturnType<typeof subject.raw.failure>;

  beforeAll(async () => {
    const { raw } = subject;
    await raw.put('before', 'the others left');
    const watch = raw.open('Watch.Watch', insisting);
    await watch.create({ key: 'key' });
    const keepAlive = raw.open('Lease.LeaseKeepAlive', insisting);
    keepAlive.say({ ID: await raw.grant() });
    await keepAlive.next();
    const observe = raw.listen('Election.Observe', { name: 'e' }, insisting);
    const health = raw.listen('Health.Watch', {}, insisting);
    await health.next();
    const url = subject.members[0]!.clientUrl;
    insistent
      .set('watch', watch.ended())
      .set('keepalive', keepAlive.ended())
      .set('observe', observe.ended())
      .set('health', health.ended())
      .set('watch in JSON', lastOf(`${url}/v3/watch`, '{"create_request":{"key":"aw=="}}'))
      .set('observe in JSON', lastOf(`${url}/v3/election/observe`, '{"name":"ZQ=="}'));
    patient = raw.watching();
    await patient.create({ key: 'key' });
    const [survivor, ...others] = subject.members;
    for (const member of others) await member.kill();
    await eventually('the survivor being without a leader', async () => {
      const { leader } = await survivor!.client.status();
      return leader === '0' ? true : undefined;
    });
    failures = Promise.all([
      raw.failure('KV.Range', { key: 'before' }),
      raw.failure('KV.Put', { key: 'key', value: '1' }),
      raw.failure('KV.Txn', { success: [{ request_put: { key: 'key2', value: '1' } }] }),
      raw.failure('Lease.LeaseGrant', { TTL: 60 }),
    ]);
    lease = raw.failure('Lease.LeaseTimeToLive', { ID: 1 });
  });

  test('refuses calls that require a leader', async () => {
    const { raw } = subject;
    expect(await raw.failure('KV.Range', { key: 'before' }, insisting)).toEqual(noLeader);
    expect(await raw.failure('KV.Put', { key: 'key', value: '1' }, insisting)).toEqual(noLeader);
    expect(await raw.failure('Lease.LeaseGrant', { TTL: 60 }, insisting)).toEqual(noLeader);
    expect(await raw.failure('Lock.Lock', { name: 'l' }, insisting)).toEqual(noLeader);
    expect(await raw.failure('Election.Leader', { name: 'e' }, insisting)).toEqual(noLeader);
    expect(await raw.open('Watch.Watch', insisting).ended()).toEqual(noLeader);
    expect(await raw.open('Lease.LeaseKeepAlive', insisting).ended()).toEqual(noLeader);
    for (const [call, request] of [
      ['Election.Observe', { name: 'e' }],
      ['Health.Watch', {}],
      ['Maintenance.Snapshot', {}],
      ...(subject.since('3.7') ? [['KV.RangeStream', { key: 'before' }] as const] : []),
    ] as const) {
      expect({ call, ended: await raw.listen(call, request, insisting).ended() }).toEqual({
        call,
        ended: noLeader,
      });
    }
    const url = `${subject.members[0]!.clientUrl}/v3/watch`;
    expect(await lastOf(url, '{"create_request":{"key":"aw=="}}')).toEqual(noLeader);
    expect((await raw.ask('Maintenance.Status'))['errors']).toEqual(['etcdserver: no leader']);
  });

  test('serves serializable reads', async () => {
    const { kvs } = await subject.raw.get('before', { serializable: true });
    expect(kvs).toMatchObject([{ value: 'the others left' }]);
  });

  test('ends streams that insist after three election timeouts, and keeps the others', async () => {
    for (const [what, ended] of insistent) {
      // etcd's health library has texts of its own for every end.
      const isOther = what === 'health' && !subject.isRollcall;
      const expected = isOther ? { code: 'CANCELLED', details: 'Stream has ended.' } : noLeader;
      expect({ what, ended: await ended }).toEqual({ what, ended: expected });
    }
    expect(await patient.create({ key: 'other' })).toMatchObject({ created: true });
  });

  test('times out calls that need a majority', async () => {
    const [read, ...writes] = await failures;
    expect(read).toEqual(timedOut);
    // A real etcd lets writes wait outside of Raft for a leader, and reports the context that ended there. Rollcall
    // has one text for every timeout, which clients know as retryable.
    const code = subject.since('3.5') ? 'DEADLINE_EXCEEDED' : 'UNKNOWN';
    const ended = { code, details: 'context deadline exceeded' };
    for (const write of writes) expect(write).toEqual(subject.isRollcall ? timedOut : ended);
  });

  test('says of leases, which the leader knows, that there is none', async () => {
    expect(await lease).toEqual(noLeader);
  });

  test('continues when another comes back, and so do open watchers', async () => {
    const { raw } = subject;
    subject.members[1]!.start();
    await eventually('a write', () => raw.ask('KV.Put', { key: 'key', value: 'back' }, insisting));
    for (let value = ''; value !== 'back';) {
      const { events } = await patient.next();
      value = events.at(-1)?.kv.value ?? '';
    }
    patient.hangUp();
  });
});
