import { WatchHub } from '../watch/index.ts';
import { Applier } from './applier.ts';
import type { ReplicaContext } from './context.ts';
import { Forwarder } from './forwarder.ts';
import { LeaderRequests } from './leader-requests.ts';
import { LeadershipHandover } from './leadership-handover.ts';
import { Lessor } from './lessor.ts';
import { LinearizableReads } from './linearizable-reads.ts';
import { LogTruncation } from './log-truncation.ts';
import { PeerMessages } from './peer-messages.ts';
import { Persister } from './persister.ts';
import { Slices } from './slices.ts';
import { SnapshotTransfer } from './snapshot-transfer.ts';

/** The parts of a replica. Each does one thing; none owns another. */
export interface ReplicaParts {
  /** Long work of this member, in slices. */
  readonly slices: Slices;
  readonly watch: WatchHub;
  readonly lessor: Lessor;
  readonly leaderRequests: LeaderRequests;
  readonly reads: LinearizableReads;
  readonly forwarder: Forwarder;
  readonly peers: PeerMessages;
  readonly applier: Applier;
  readonly persister: Persister;
  readonly logTruncation: LogTruncation;
  readonly snapshots: SnapshotTransfer;
  readonly handover: LeadershipHandover;
}

/** Builds them in order: each is given the context, and those of the earlier ones that it calls. */
export function buildParts(context: ReplicaContext, flushedIndex: number): ReplicaParts {
  const slices = new Slices(context.clock, context.metrics.sliceSeconds);
  const watch = createHub(context);
  const lessor = new Lessor(context);
  const leaderRequests = new LeaderRequests(context, lessor);
  const reads = new LinearizableReads(context);
  const forwarder = new Forwarder(context, leaderRequests);
  const peers = new PeerMessages(context, leaderRequests);
  const applier = new Applier(context, { lessor, forwarder, watch, peers });
  const persister = new Persister(context, flushedIndex, (position) => applier.install(position));
  const logTruncation = new LogTruncation(context, persister);
  const snapshots = new SnapshotTransfer(context);
  const handover = new LeadershipHandover(context);
  return {
    slices,
    watch,
    lessor,
    leaderRequests,
    reads,
    forwarder,
    peers,
    applier,
    persister,
    logTruncation,
    snapshots,
    handover,
  };
}

function createHub({ applied, loop, options }: ReplicaContext): WatchHub {
  const { watchEventsPerTurn: eventsMax, logger, random } = options;
  return new WatchHub(applied.state, {
    ...(eventsMax === undefined ? {} : { eventsMax }),
    seed: random.between(1, 2 ** 31 - 1),
    onWorkAvailable: () => loop.wake(),
    onSinkFailure: (error) =>
      logger.error('a watch stream was ended, and its reader could not be told', {
        error: error instanceof Error ? error.stack : String(error),
      }),
  });
}
