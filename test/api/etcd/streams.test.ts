import { describe, expect, test } from 'vitest';
import { Admission } from '../../../src/api/etcd/admission.ts';
import { etcdMethods } from '../../../src/api/etcd/index.ts';
import type { Method, StreamMethod } from '../../../src/api/methods.ts';
import { OpenStreams } from '../../../src/api/open-streams.ts';
import { RegistryError } from '../../../src/base/errors.ts';
import { etcdserverpb as pb, grpc, v3electionpb } from '../../../src/gen/etcd.js';
import type { Machine } from '../../simulation/machine.ts';
import { operationsOf, Stage } from '../../operations/stage.ts';
import { anonymous } from '../../simulation/callers.ts';

const requests: Readonly<Record<string, Uint8Array>> = {
  '/etcdserverpb.KV/RangeStream': pb.RangeRequest.encode({ key: Buffer.from('k') }).finish(),
  '/etcdserverpb.Watch/Watch': pb.WatchRequest.encode({
    create_request: { key: Buffer.from('k') },
  }).finish(),
  '/etcdserverpb.Lease/LeaseKeepAlive': pb.LeaseKeepAliveRequest.encode({ ID: 1 }).finish(),
  '/etcdserverpb.Maintenance/Snapshot': pb.SnapshotRequest.encode({}).finish(),
  '/v3electionpb.Election/Observe': v3electionpb.LeaderRequest.encode({
    name: Buffer.from('e'),
  }).finish(),
  '/grpc.health.v1.Health/Watch': grpc.health.v1.HealthCheckRequest.encode({}).finish(),
};
const paths = Object.keys(requests);
/** Those that have no end of their own. */
const lasting = paths.filter((path) => !/RangeStream|Snapshot/.test(path));

/** The streams of one machine. */
class Streams {
  readonly open: OpenStreams;
  readonly #methods: ReadonlyMap<string, Method>;

  constructor(machine: Machine) {
    const operations = operationsOf(machine);
    this.open = new OpenStreams();
    const admission = new Admission(operations);
    const methods = etcdMethods({ operations, messageBytesMax: 1 << 20, maxTxnOps: 128 })
      .map((method) => admission.admit(method))
      .map((method) => (method.kind === 'stream' ? this.open.track(method) : method));
    this.#methods = new Map(methods.map((method) => [method.path, method]));
  }

  get paths(): string[] {
    return [...this.#methods.values()].flatMap(({ kind, path }) =>
      kind === 'stream' ? [path] : [],
    );
  }

  method(path: string): StreamMethod {
    const method = this.#methods.get(path);
    if (method?.kind !== 'stream') throw new Error(`${path} is no stream`);
    return method;
  }

  /** Opens a stream as a carrier does, and asks its question. */
  begin(path: string, metadata: Readonly<Record<string, string>> = {}) {
    const seen: { ended: unknown[]; answers: number; closed: number } = {
      ended: [],
      answers: 0,
      closed: 0,
    };
    let close = doNothing;
    const context = {
      address: '10.0.0.9',
      signal: new AbortController().signal,
      metadata: (name: string) => metadata[name],
    };
    const stream = this.method(path).open(context, {
      push: () => {
        seen.answers++;
        return true;
      },
      pushAlike: ({ count }) => {
        seen.answers += count;
        return true;
      },
      end: (error) => {
        if (error instanceof RegistryError) seen.ended.push(error.code);
        else seen.ended.push(error instanceof Error ? error.message : error);
        close();
      },
      pause: () => {},
      resume: () => {},
    });
    close = () => {
      seen.closed++;
      stream.closed();
    };
    if (seen.ended.length > 0) close();
    else stream.message(requests[path] ?? new Uint8Array());
    return seen;
  }
}

const doNothing = (): void => {};
const insisting = { hasleader: 'true' };

test('these tests cover every stream method', async () => {
  const stage = await Stage.open();
  expect(new Streams(stage.leader).paths.toSorted()).toEqual(paths.toSorted());
});

describe('a stream that insists on a leader', () => {
  test('is refused without one, for every method', async () => {
    const stage = await Stage.open({ members: 3 });
    const survivor = stage.leader;
    const streams = new Streams(survivor);
    for (const machine of stage.followers) machine.crash('process');
    await stage.until('no leader', () => survivor.replica?.leader === undefined);
    for (const path of paths) {
      expect({ path, ...streams.begin(path, insisting) }).toMatchObject({
        ended: ['no-leader'],
        answers: 0,
      });
    }
    for (const path of lasting) expect(streams.begin(path).ended).toEqual([]);
  });

  test('ends after three election timeouts without one, and releases its watchers', async () => {
    const stage = await Stage.open({ members: 3 });
    const survivor = stage.leader;
    const streams = new Streams(survivor);
    const open = lasting.map((path) => streams.begin(path, insisting));
    const patient = lasting.map((path) => streams.begin(path));
    await stage.pass(100);
    for (const { ended } of open) expect(ended).toEqual([]);
    for (const machine of stage.followers) machine.crash('process');
    await stage.until('no leader', () => survivor.replica?.leader === undefined);
    await stage.pass(2800);
    for (const { ended } of open) expect(ended).toEqual([]);
    await stage.pass(400);
    for (const seen of open) expect(seen).toMatchObject({ ended: ['no-leader'], closed: 1 });
    for (const { ended } of patient) expect(ended).toEqual([]);
    expect(streams.open.count).toBe(patient.length);
    // The watch and the observer that stay.
    expect(survivor.replica?.watch.stats.watchers).toBe(2);
    // A leader that comes and goes again is looked for anew.
    for (const machine of stage.machines) if (machine.state === 'down') machine.start();
    await stage.until('a leader', () => survivor.replica?.leader !== undefined);
    expect(streams.begin('/etcdserverpb.Watch/Watch', insisting).ended).toEqual([]);
  });
});

test('a learner serves no stream but a snapshot', async () => {
  const stage = await Stage.open();
  const operations = operationsOf(stage.leader);
  const added = { peerUrls: ['http://m2:2380'], isLearner: true };
  await stage.settled(operations.memberAdd(added, anonymous));
  const learner = stage.join('m2');
  await stage.until('the learner', () => learner.replica?.isLearner === true);
  const streams = new Streams(learner);
  for (const path of paths) {
    const { ended } = streams.begin(path);
    expect({ path, ended }).toEqual({
      path,
      ended: path.endsWith('Snapshot') ? [] : ['not-supported-for-learner'],
    });
  }
});

test('a client api version that is not valid UTF-8 is refused', async () => {
  const stage = await Stage.open();
  const streams = new Streams(stage.leader);
  for (const path of paths) {
    const { ended } = streams.begin(path, { 'client-api-version': '3.7\u{fffd}' });
    expect({ path, ended }).toEqual({ path, ended: ['etcdserver: invalid client api version'] });
  }
});

test('a member that stops ends every stream with an error, and refuses new ones', async () => {
  const stage = await Stage.open();
  const { leader } = stage;
  const streams = new Streams(leader);
  const open = lasting.map((path) => streams.begin(path));
  await stage.pass(100);
  streams.open.end();
  for (const seen of open) expect(seen).toMatchObject({ ended: ['stopped'], closed: 1 });
  for (const path of paths) expect(streams.begin(path).ended).toEqual(['stopped']);
  await stage.pass(10);
  expect(streams.open.count).toBe(0);
  expect(leader.replica?.watch.stats).toMatchObject({ streams: 0, watchers: 0 });
});
