import type { Cancel, Clock } from '../../base/clock.ts';
import type { KeyRange } from '../../base/key.ts';
import type { LogLine } from '../../base/log-tap.ts';
import type { AgentProcess } from '../../base/agent-hooks.ts';
import type { Logger } from '../../base/logger.ts';
import type { Metrics } from '../../base/metrics.ts';
import type { Random } from '../../base/random.ts';
import type {
  AbsentNames,
  CheckDuty,
  FollowedCatalog,
  History,
  Registrar,
  Wanted,
} from '../../registry/index.ts';
import type { Operations, RangeFollower } from '../../operations/index.ts';
import type { LogMonitors } from './agent/log-monitors.ts';
import type { BlockingQueries } from './frame/blocking.ts';
import type { DeletionRevisions, KvStore } from './kv/store.ts';
import type { LockDelays } from './kv/lock-delays.ts';

/** The parts of a member that the endpoints of Consul's API use. */
export interface ConsulParts {
  readonly operations: Operations;
  readonly followed: FollowedCatalog;
  /** The changes that this member remembers. */
  readonly history: History;
  /** Names that clients ask for, and that are not there. */
  readonly absent: AbsentNames;
  /** How well instances must be for answers of DNS. */
  readonly dnsWanted: Wanted;
  /** The revisions of the last deletions, as this member has them now. */
  readonly deletions: () => DeletionRevisions;
  /** Tells what is under some ranges and how it changes. */
  readonly follow: (ranges: readonly KeyRange[], follower: RangeFollower) => Cancel;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Milliseconds since 1970. */
  readonly wallTimeMs: () => number;
  readonly datacenter: string;
  /** The name of this member, and so of its node. */
  readonly memberName: string;
  /** The version of this program. */
  readonly version: string;
  /** Memory of this process, the machine, and how long both have run. */
  readonly host: ProcessFacts;
  /** All metrics in Prometheus' text format. */
  readonly metricsText: () => Promise<{ readonly contentType: string; readonly text: string }>;
  readonly blocking: BlockingQueries;
  readonly registrar: Registrar;
  /** The checks that the cluster runs. */
  readonly checks: Pick<CheckDuty, 'runsOf' | 'runNow'>;
  /** Clients may register checks that run a program. */
  readonly allowsScripts: boolean;
  readonly store: KvStore;
  readonly delays: LockDelays;
  readonly monitors: LogMonitors;
  /** Shows the lines of this member's log as they come. */
  readonly followLog: (listener: (line: LogLine) => void) => Cancel;
  /** Undefined: this is a member alone, which reads its flags once and ends by a signal. */
  readonly agent?: AgentProcess;
}

/** Facts about this process and its machine, as they are now. */
export interface ProcessFacts {
  readonly heapBytes: () => number;
  readonly memoryTotalBytes: number;
  readonly memoryFreeBytes: () => number;
  readonly cpus: readonly { readonly model: string; readonly mhz: number }[];
  readonly hostname: string;
  readonly platform: string;
  readonly arch: string;
  readonly uptimeSeconds: () => number;
}
