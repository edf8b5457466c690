import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LockDelays } from '../../../src/api/consul/kv/lock-delays.ts';
import { encodeSession } from '../../../src/api/consul/sessions/session.ts';
import { finish } from '../../../src/base/steps.ts';
import { Rollcall } from '../../../src/client/index.ts';
import type { KeyEvent, KeyValue } from '../../../src/operations/index.ts';
import { kvKeys, sessionKeys } from '../../../src/registry/index.ts';
import { startServer } from '../../../src/server/index.ts';
import type { EmbeddedMember } from '../../../src/server/index.ts';
import { eventually } from '../../cluster/processes.ts';
import { SteppedClock } from '../../transport/peers.ts';
import { ask, at, textAt } from './ask.ts';
import type { Asked } from './ask.ts';

let member: EmbeddedMember;
let etcd: Rollcall;
let url: string;

beforeAll(async () => {
  member = await startServer({ consulListen: ['127.0.0.1:0'], name: 'm1' });
  await member.ready;
  url = member.consulUrls[0] ?? '';
  etcd = new Rollcall({ endpoints: [...member.clientUrls] });
});

afterAll(async () => {
  etcd.close();
  await member.stop();
});

const get = (path: string) => ask(url, `/v1/session/${path}`);
const put = (path: string, body?: object | string) =>
  ask(url, `/v1/session/${path}`, { method: 'PUT', ...(body === undefined ? {} : { body }) });
const newSession = async (fields?: object): Promise<string> =>
  textAt((await put('create', fields)).json, 'ID');
const indexOf = ({ headers }: Asked): number => Number(headers['x-consul-index']);

describe('sessions', () => {
  test('are created with the defaults of Consul, listed and ended', async () => {
    const id = await newSession();
    expect(id).toMatch(/^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/);
    const info = await get(`info/${id}`);
    expect(at(info.json, 0)).toEqual({
      ID: id,
      Name: '',
      Node: 'm1',
      LockDelay: 15_000_000_000,
      Behavior: 'release',
      TTL: '',
      NodeChecks: ['serfHealth'],
      ServiceChecks: null,
      CreateIndex: indexOf(info),
      ModifyIndex: indexOf(info),
    });
    expect((await get('list')).json).toEqual(info.json);
    expect((await get('node/M1')).json).toEqual(info.json);
    expect((await get('node/other')).json).toEqual([]);
    expect((await put(`destroy/${id}`)).json).toBe(true);
    expect((await put(`destroy/${id}`)).json).toBe(true);
    const gone = await get(`info/${id}`);
    expect(gone.json).toEqual([]);
    expect(indexOf(gone)).toBeGreaterThan(indexOf(info));
  });

  test.each([
    [{ LockDelay: '0.001s' }, { LockDelay: 1_000_000 }],
    [{ LockDelay: 5 }, { LockDelay: 5_000_000_000 }],
    [{ LockDelay: 2_000_000_000 }, { LockDelay: 2_000_000_000 }],
    [{ LockDelay: '2600h' }, { LockDelay: 9_360_000_000_000_000 }],
    [{ LockDelay: -5 }, { LockDelay: -5_000_000_000 }],
    [{ NodeChecks: ['SerfHealth'] }, { NodeChecks: ['SerfHealth'] }],
    [{ TTL: '0s' }, { TTL: '0s' }],
    [
      { TTL: '10s', Behavior: 'delete' },
      { TTL: '10s', Behavior: 'delete' },
    ],
    [{ Checks: [] }, { NodeChecks: [] }],
    [
      { name: 'n', node_checks: [], Bogus: 1 },
      { Name: 'n', NodeChecks: [] },
    ],
  ])('%j is taken', async (fields, expected) => {
    const id = await newSession(fields);
    expect(at((await get(`info/${id}`)).json, 0)).toMatchObject(expected);
    await put(`destroy/${id}`);
  });

  test.each([
    [{ TTL: '5s' }, "Invalid Session TTL '5000000000', must be between [10s=24h0m0s]"],
    [{ TTL: '25h' }, "Invalid Session TTL '90000000000000', must be between [10s=24h0m0s]"],
    [{ TTL: 'abc' }, `Session TTL 'abc' invalid: time: invalid duration "abc"`],
    [{ Behavior: 'x' }, "Invalid Behavior setting 'x'"],
    [{ Node: 'nowhere' }, 'Missing node registration'],
    [{ Checks: ['zz'] }, "Missing check 'zz' registration"],
    [{ ServiceChecks: [{ ID: 'q' }] }, "Missing check 'q' registration"],
  ])('%j is refused with its text', async (fields, text) => {
    expect(await put('create', fields)).toMatchObject({ status: 500, text });
  });

  test('without an id are refused, and a body that is no object is, too', async () => {
    for (const path of ['destroy/', 'renew/']) {
      expect(await put(path)).toMatchObject({ status: 400, text: 'Missing session' });
    }
    expect(await get('info/')).toMatchObject({ status: 400, text: 'Missing session' });
    expect(await get('node/')).toMatchObject({ status: 400, text: 'Missing node name' });
    expect((await put('create', '[]')).status).toBe(400);
  });

  test('are renewed, and lapse by a lease of twice their TTL', async () => {
    const id = await newSession({ TTL: '10s' });
    expect(at((await put(`renew/${id}`)).json, 0, 'ID')).toBe(id);
    const lease = (await etcd.get(`/consul/sessions/${id}`))?.lease ?? 0n;
    expect((await etcd.leases.timeToLive(lease)).grantedTtlSeconds).toBe(20);
    await etcd.leases.revoke(lease);
    expect((await get(`info/${id}`)).json).toEqual([]);
    expect(await put(`renew/${id}`)).toMatchObject({
      status: 404,
      text: `Session id '${id}' not found`,
    });
  });

  test('that come and go wake the query that lists them', async () => {
    const before = indexOf(await get('list'));
    const comes = get(`list?index=${before}&wait=10s`);
    const id = await newSession();
    expect((await comes).text).toContain(id);
    const leaves = get(`info/${id}?index=${indexOf(await comes)}&wait=10s`);
    await put(`destroy/${id}`);
    expect((await leaves).json).toEqual([]);
  });

  test('are none without a lease, which an etcd client may have put', async () => {
    const { text } = await get('list');
    await etcd.put('/consul/sessions/x', JSON.stringify({ id: 'x', node: 'gone' }));
    expect((await get('info/x')).json).toEqual([]);
    expect((await get('list')).text).toBe(text);
    await etcd.delete('/consul/sessions/x');
  });

  test('end when one of their checks turns critical or is gone, and need it to pass', async () => {
    const check = (status: string) =>
      etcd.put(
        '/checks/web/web-1/alive',
        JSON.stringify({ name: 'alive', status, notes: '', type: 'http', definition: {} }),
      );
    await etcd.put(
      '/services/web/web-1',
      JSON.stringify({ address: '10.0.0.1', node: 'm1', port: 80 }),
    );
    await check('critical');
    expect((await put('create', { Checks: ['alive'] })).text).toBe(
      "Check 'alive' is in critical state",
    );
    for (const end of [() => check('critical'), () => etcd.delete('/checks/web/web-1/alive')]) {
      await check('passing');
      const id = await newSession({ Checks: ['serfHealth', 'alive'] });
      expect((await ask(url, `/v1/kv/k?acquire=${id}`, { method: 'PUT', body: 'x' })).text).toBe(
        'true',
      );
      await end();
      await eventually(
        'the session ends',
        async () => Object((await get(`info/${id}`)).json).length === 0,
      );
      await ask(url, '/v1/kv/k', { method: 'DELETE' });
    }
  });
});

const session = {
  name: '',
  node: 'n',
  behavior: 'release',
  ttl: '',
  nodeChecks: [],
  serviceChecks: [],
} as const;
const kvOf = (key: string, value: Uint8Array | string, modRevision: number): KeyValue => ({
  key,
  value: Buffer.from(value),
  createRevision: 1,
  modRevision,
  version: 1,
  lease: 5n,
});
const sessionAt = (revision: number, lockDelay = 10_000_000_000n): KeyValue =>
  kvOf(sessionKeys.of('s'), encodeSession({ ...session, id: 's', lockDelay }), revision);
const lockAt = (revision: number): KeyValue => kvOf(kvKeys.lock('k'), 's', revision);
const putEvent = (kv: KeyValue): KeyEvent => ({ kind: 'put', kv });
const deleteEvent = (kv: KeyValue, modRevision: number): KeyEvent => ({
  kind: 'delete',
  kv: { ...kv, value: new Uint8Array(), modRevision },
});

describe('the delays of locks', () => {
  test('run from the end of the session, in whatever order its keys are deleted', () => {
    for (const inOrder of [true, false]) {
      const clock = new SteppedClock();
      const delays = new LockDelays(clock);
      delays.apply([putEvent(sessionAt(2)), putEvent(lockAt(3))]);
      const ends = [deleteEvent(sessionAt(2), 4), deleteEvent(lockAt(3), 4)];
      delays.apply(inOrder ? ends : ends.toReversed());
      expect(delays.isRunning('k')).toBe(true);
      expect(delays.isRunning('other')).toBe(false);
      clock.pass(9999);
      expect(delays.isRunning('k')).toBe(true);
      clock.pass(1);
      expect(delays.isRunning('k')).toBe(false);
    }
  });

  test('do not run after a release, nor for sessions without one', () => {
    const clock = new SteppedClock();
    const delays = new LockDelays(clock);
    delays.apply([putEvent(sessionAt(2)), putEvent(lockAt(3)), deleteEvent(lockAt(3), 4)]);
    delays.apply([deleteEvent(sessionAt(2), 5)]);
    expect(delays.isRunning('k')).toBe(false);
    delays.apply([putEvent(sessionAt(6, 0n)), putEvent(lockAt(7))]);
    delays.apply([deleteEvent(sessionAt(6), 8), deleteEvent(lockAt(7), 8)]);
    expect(delays.isRunning('k')).toBe(false);
  });

  test('also run for what was lost while this member read everything anew', async () => {
    const clock = new SteppedClock();
    const delays = new LockDelays(clock);
    finish(delays.load([sessionAt(2), lockAt(3)]));
    await turn();
    finish(delays.load([]));
    expect(delays.isRunning('k')).toBe(true);
  });
});
