import { silentLogger } from '../../src/base/logger.ts';
import { silentMetrics } from '../../src/base/metrics.ts';
import { Replica } from '../../src/replica/index.ts';
import type {
  ReplicaOptions,
  Store,
  Transport,
  TransportReceiver,
} from '../../src/replica/index.ts';
import { State } from '../../src/state/index.ts';

export interface OneMember {
  readonly replica: Replica;
  /** What peers call. */
  readonly receiver: TransportReceiver;
}

/**
 * The first of these voters, on whatever its store holds, or as it begins; the others are whatever the test plays with
 * `receiver`. What it sends goes nowhere, unless `send` takes it.
 */
export async function startOneMember(
  voters: readonly string[],
  options: Pick<ReplicaOptions, 'store' | 'clock' | 'random' | 'onFatal'> & {
    readonly connectedSinceMs?: Transport['connectedSinceMs'];
    readonly send?: Transport['send'];
    readonly cacheBytesMax?: number;
  },
): Promise<OneMember> {
  const [id = ''] = voters;
  const {
    store,
    connectedSinceMs = () => undefined,
    send = () => {},
    cacheBytesMax,
    ...given
  } = options;
  await begin(store, voters);
  const recovered = await store.load();
  const bounds = cacheBytesMax === undefined ? {} : { cacheBytesMax };
  const state = await State.load(store.engine, recovered.appliedIndex, bounds);
  let receiver: TransportReceiver | undefined;
  const transport: Transport = {
    start: async (started) => void (receiver = started),
    setPeers: () => {},
    send,
    sendSnapshot: async () => {},
    connectedSinceMs,
    stop: async () => {},
  };
  const replica = new Replica(optionsOf({ ...given, id, transport, store }), recovered, state);
  await replica.start();
  if (receiver === undefined) throw new Error('the replica has not started its transport');
  return { replica, receiver };
}

type Given = Pick<ReplicaOptions, 'id' | 'store' | 'transport' | 'clock' | 'random'> &
  Partial<ReplicaOptions>;

/** Settings of a member that a test says nothing about. */
export function optionsOf(given: Given): ReplicaOptions {
  return {
    clusterId: 'c1',
    logger: silentLogger,
    metrics: silentMetrics,
    heartbeatIntervalMs: 100,
    electionTimeoutMs: 1000,
    preVote: true,
    initialElectionTickAdvance: true,
    snapshotCount: 1000,
    snapshotCatchupEntries: 100,
    leaseCheckpointIntervalMs: 60_000,
    progressNotifyIntervalMs: 60_000,
    compactionBatchLimit: 100,
    membership: { maxLearners: 1, strict: true },
    onFatal: () => {},
    onRemoved: () => {},
    ...given,
  };
}

/** A transport without peers. */
export function silentTransport(send: Transport['send'] = () => {}): Transport {
  return {
    start: async () => {},
    setPeers: () => {},
    send,
    sendSnapshot: async () => {},
    connectedSinceMs: () => undefined,
    stop: async () => {},
  };
}

async function begin(store: Store, voters: readonly string[]): Promise<void> {
  const { identity } = await store.load();
  if (identity !== undefined) return;
  const members = voters.map((id) => ({
    id,
    name: id,
    peerUrls: [`http://${id}:2380`],
    clientUrls: [],
    isLearner: false,
  }));
  State.create(store.engine, { members });
  const configuration = { voters, outgoing: [], learners: [] };
  await store.create(
    { clusterId: 'c1', memberId: voters[0] ?? '' },
    { index: 1, term: 1, configuration },
  );
}
