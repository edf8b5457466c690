import { expect, test } from 'vitest';
import type { Api } from '../../src/api/index.ts';
import { gatewayRoutes } from '../../src/api/etcd/gateway-routes.ts';
import { createHttpHandler } from '../../src/api/http/index.ts';
import type { Method, RequestStream } from '../../src/api/methods.ts';
import { RegistryError } from '../../src/base/errors.ts';
import { LogTap } from '../../src/base/log-tap.ts';
import { silentLogger } from '../../src/base/logger.ts';
import { Core, createOperations } from '../../src/operations/index.ts';
import type { Access, Caller } from '../../src/operations/index.ts';
import { createPrometheusMetrics, systemClock } from '../../src/platform/index.ts';
import { defaultConfig } from '../../src/server/config.ts';
import { AbsentNames, followCatalog, History } from '../../src/registry/index.ts';
import { apisOf } from '../../src/server/open-apis.ts';
import { serve } from '../api/etcd/serve.ts';
import { Stage } from '../operations/stage.ts';

const key = Buffer.from('k');
const leader = { name: key, key, rev: 1, lease: 7 };

/** A sound request of each method that asks an operation, and the operation. */
const guarded: Readonly<Record<string, readonly [operation: string, request: object]>> = {
  '/etcdserverpb.KV/Range': ['range', { key }],
  '/etcdserverpb.KV/RangeStream': ['rangeStream', { key }],
  '/etcdserverpb.KV/Put': ['put', { key }],
  '/etcdserverpb.KV/DeleteRange': ['deleteRange', { key }],
  '/etcdserverpb.KV/Txn': ['txn', { success: [{ request_put: { key } }] }],
  '/etcdserverpb.KV/Compact': ['compact', { revision: 1 }],
  '/etcdserverpb.Watch/Watch': ['watch', { create_request: { key } }],
  '/etcdserverpb.Lease/LeaseGrant': ['leaseGrant', { TTL: 60 }],
  '/etcdserverpb.Lease/LeaseRevoke': ['leaseRevoke', { ID: 7 }],
  '/etcdserverpb.Lease/LeaseKeepAlive': ['leaseKeepAlive', { ID: 7 }],
  '/etcdserverpb.Lease/LeaseTimeToLive': ['leaseTimeToLive', { ID: 7, keys: true }],
  '/etcdserverpb.Lease/LeaseLeases': ['leaseList', {}],
  '/etcdserverpb.Cluster/MemberAdd': ['memberAdd', { peerURLs: ['http://new:2380'] }],
  '/etcdserverpb.Cluster/MemberRemove': ['memberRemove', { ID: 7 }],
  '/etcdserverpb.Cluster/MemberUpdate': ['memberUpdate', { ID: 7, peerURLs: ['http://new:1'] }],
  '/etcdserverpb.Cluster/MemberPromote': ['memberPromote', { ID: 7 }],
  '/etcdserverpb.Cluster/MemberList': ['memberList', {}],
  '/etcdserverpb.Maintenance/Alarm': ['alarm', { action: 0 }],
  '/etcdserverpb.Maintenance/Status': ['status', {}],
  '/etcdserverpb.Maintenance/Defragment': ['defragment', {}],
  '/etcdserverpb.Maintenance/Hash': ['hash', {}],
  '/etcdserverpb.Maintenance/HashKV': ['hashKv', {}],
  '/etcdserverpb.Maintenance/Snapshot': ['backup', {}],
  '/etcdserverpb.Maintenance/MoveLeader': ['moveLeader', { targetID: 7 }],
  '/etcdserverpb.Maintenance/Downgrade': ['downgrade', { action: 2 }],
  '/etcdserverpb.Auth/AuthEnable': ['authEnable', {}],
  '/etcdserverpb.Auth/AuthDisable': ['authDisable', {}],
  '/etcdserverpb.Auth/AuthStatus': ['authStatus', {}],
  '/etcdserverpb.Auth/Authenticate': ['authenticate', { name: 'ann', password: 'p' }],
  '/etcdserverpb.Auth/UserAdd': ['userAdd', { name: 'ann', password: 'p' }],
  '/etcdserverpb.Auth/UserGet': ['userGet', { name: 'ann' }],
  '/etcdserverpb.Auth/UserList': ['userList', {}],
  '/etcdserverpb.Auth/UserDelete': ['userDelete', { name: 'ann' }],
  '/etcdserverpb.Auth/UserChangePassword': ['userChangePassword', { name: 'ann', password: 'p' }],
  '/etcdserverpb.Auth/UserGrantRole': ['userGrantRole', { user: 'ann', role: 'r' }],
  '/etcdserverpb.Auth/UserRevokeRole': ['userRevokeRole', { name: 'ann', role: 'r' }],
  '/etcdserverpb.Auth/RoleAdd': ['roleAdd', { name: 'r' }],
  '/etcdserverpb.Auth/RoleGet': ['roleGet', { role: 'r' }],
  '/etcdserverpb.Auth/RoleList': ['roleList', {}],
  '/etcdserverpb.Auth/RoleDelete': ['roleDelete', { role: 'r' }],
  '/etcdserverpb.Auth/RoleGrantPermission': ['roleGrantPermission', { name: 'r' }],
  '/etcdserverpb.Auth/RoleRevokePermission': ['roleRevokePermission', { role: 'r', key }],
  '/v3lockpb.Lock/Lock': ['lock', { name: key, lease: 7 }],
  '/v3lockpb.Lock/Unlock': ['unlock', { key }],
  '/v3electionpb.Election/Campaign': ['campaign', { name: key, lease: 7 }],
  '/v3electionpb.Election/Proclaim': ['proclaim', { leader }],
  '/v3electionpb.Election/Leader': ['leader', { name: key }],
  '/v3electionpb.Election/Observe': ['observe', { name: key }],
  '/v3electionpb.Election/Resign': ['resign', { leader }],
};

/** Methods without an operation: they show nothing that depends on data, members or users, and change nothing. */
const unguarded = [
  // The process serves.
  /^\/grpc\.health\.v1\.Health\/(Check|List|Watch)$/,
  // Schemas of messages.
  /^\/grpc\.reflection\.v1(alpha)?\.ServerReflection\/ServerReflectionInfo$/,
];

const isUnguarded = (path: string): boolean => unguarded.some((one) => one.test(path));

interface Asked {
  readonly caller: Caller;
  readonly access: Access;
  readonly operation: string;
}

/** All APIs of a member that authorizes no caller, except for what needs no right if `everyone` passes. */
async function refusingMember({ everyone }: { readonly everyone: boolean }) {
  const stage = await Stage.open();
  const asked: Asked[] = [];
  const core = new Core({
    ...stage.coreOf(stage.leader).options,
    authorize: (caller, access, operation) => {
      asked.push({ caller, access, operation });
      if (everyone && access.kind === 'none') return undefined;
      return new RegistryError('permission-denied', 'planted');
    },
  });
  const metrics = createPrometheusMetrics();
  const followed = followCatalog(core, silentLogger, metrics);
  const operations = createOperations(core);
  const clock = systemClock();
  const history = new History({
    wallTimeMs: () => 0,
    memberName: 'm',
    hasLease: () => true,
    isAlone: () => true,
  });
  const checks = { runsOf: () => undefined, runNow: () => Promise.resolve(false) };
  const logs = new LogTap();
  const absent = new AbsentNames({ wallTimeMs: () => 0, metrics });
  const parts = {
    core,
    operations,
    followed,
    history,
    absent,
    checks,
    clock,
    logger: silentLogger,
    logs,
    metrics,
  };
  return { stage, asked, ...apisOf(defaultConfig, parts) };
}

function methodsOf(apis: readonly Api[]): ReadonlyMap<string, Method> {
  const all = apis.flatMap(({ calls }) => calls?.methods ?? []);
  return new Map(all.map((method) => [method.path, method]));
}

/** The error with which a call ends, as its caller gets it. */
async function refusalOf(method: Method, request: object): Promise<unknown> {
  const context = {
    address: '10.0.0.9',
    signal: new AbortController().signal,
    metadata: () => undefined,
  };
  const bytes = method.request.encode({ ...request });
  const error = await (method.kind === 'unary'
    ? answerOf(() => method.call(bytes, context)).then(() => 'answered', asIs)
    : new Promise<unknown>((resolve) => {
        let stream: RequestStream | undefined;
        const responses = {
          push: () => (resolve('answered'), true),
          pushAlike: () => (resolve('answered'), true),
          end: resolve,
          pause() {},
          resume() {},
        };
        stream = method.open(context, responses);
        stream.message(bytes);
      }));
  return error instanceof Error ? method.statusOf(error) : error;
}

/** An error that a method throws counts as a rejection. */
async function answerOf<T>(call: () => T): Promise<Awaited<T>> {
  return await call();
}

const asIs = (error: unknown): unknown => error;
/** Locks and elections have another code, as in etcd. */
const denied = { message: 'etcdserver: permission denied' };

test('every gRPC method of every API asks the gate, or is known not to', async () => {
  const { stage, apis, asked } = await refusingMember({ everyone: false });
  const methods = methodsOf(apis);
  expect([...methods.keys()].filter((path) => !isUnguarded(path)).toSorted()).toEqual(
    Object.keys(guarded).toSorted(),
  );
  for (const [path, [operation, request]] of Object.entries(guarded)) {
    asked.length = 0;
    const refusal = await stage.settled(refusalOf(methods.get(path)!, request));
    expect([path, refusal]).toMatchObject([path, denied]);
    expect(asked).toMatchObject([{ operation, caller: { api: 'etcd', address: '10.0.0.9' } }]);
  }
});

test('methods that are known not to ask the gate ask no operation at all', async () => {
  const { stage, apis, asked } = await refusingMember({ everyone: false });
  const { lastIndex } = stage.leader.replica!;
  for (const [path, method] of methodsOf(apis)) {
    if (isUnguarded(path)) await stage.settled(refusalOf(method, {}));
  }
  await stage.pass(1000);
  expect(asked).toEqual([]);
  expect(stage.leader.replica!.lastIndex).toBe(lastIndex);
});

test('every JSON route leads to a gRPC method, and is refused as that one is', async () => {
  const { apis, etcd, asked } = await refusingMember({ everyone: false });
  const methods = methodsOf(apis);
  const base = await serve(
    createHttpHandler({ routes: [etcd.routes!(methods)], logger: silentLogger }),
  );
  for (const [route, name] of Object.entries(gatewayRoutes)) {
    expect([...methods.keys()]).toContain(`/${name}`);
    const [, request] = guarded[`/${name}`] ?? [];
    if (request === undefined) continue;
    const body = JSON.stringify(request, (_field, value: unknown) => base64Of(value));
    const response = await fetch(base + route, { method: 'POST', body });
    const text = await response.text();
    expect([route, text]).toEqual([route, expect.stringContaining(denied.message)]);
    expect(asked.pop()?.caller).toMatchObject({ api: 'etcd', address: '127.0.0.1' });
  }
});

/** Buffers come as what `Buffer.toJSON` makes of them. */
function base64Of(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('data' in value)) return value;
  return Buffer.from(Array.isArray(value.data) ? value.data : []).toString('base64');
}

test('health pages ask the gate for what everybody may know', async () => {
  const { etcd, apis, asked } = await refusingMember({ everyone: true });
  const base = await serve(
    createHttpHandler({ routes: [etcd.routes!(methodsOf(apis))], logger: silentLogger }),
  );
  for (const page of ['/health?serializable=true', '/livez']) {
    asked.length = 0;
    expect((await fetch(base + page)).status).toBe(200);
    expect(asked).toMatchObject([
      {
        operation: 'checkHealth',
        access: { kind: 'none' },
        caller: { api: 'health', address: '127.0.0.1' },
      },
    ]);
  }
});
