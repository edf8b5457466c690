import { RegistryError } from '../base/errors.ts';
import { nothingToCancel } from '../base/clock.ts';
import type { Histogram } from '../base/metrics.ts';
import type { Alarm } from '../state/index.ts';
import { openBackup } from './backup.ts';
import { orAborted, resultOf } from './core.ts';
import type { Core } from './core.ts';
import type { Answered, CallOptions, HashResult, MemberStatus, Operations } from './operations.ts';
import { minorOf } from './versions.ts';

type MaintenanceOperations = Pick<
  Operations,
  | 'alarm'
  | 'status'
  | 'hash'
  | 'hashKv'
  | 'backup'
  | 'moveLeader'
  | 'downgrade'
  | 'clusterVersion'
  | 'checkHealth'
  | 'alarms'
  | 'hasLeader'
  | 'isLearner'
>;

/** What operators ask. */
export function maintenanceOperations(core: Core): MaintenanceOperations {
  const { replica } = core;
  return {
    async alarm({ action, memberId, type }, options) {
      core.admit(options);
      if (action === 'get') {
        await core.linearize();
        const alarms = core.state.alarms.filter(
          (alarm) => type === undefined || alarm.type === type,
        );
        return { alarms, header: core.header() };
      }
      if (type === undefined) return { alarms: [], header: core.header() };
      const command = { kind: 'alarm', action, memberId, type } as const;
      const { result, header } = await core.propose(command);
      return { alarms: resultOf(result, 'alarms').alarms, header };
    },

    async status() {
      const status = await statusOf(core);
      return { ...status, header: core.header() };
    },

    async hash(options) {
      core.admit(options);
      return hashUpTo(core, 0, options, core.metrics.hashSeconds);
    },

    async hashKv(revision, options) {
      core.admit(options);
      return hashUpTo(core, revision, options, core.metrics.hashAtRevisionSeconds);
    },

    async backup(options) {
      core.requireLeader(options);
      const backup = await openBackup(core, options);
      return { ...backup, header: core.header() };
    },

    async moveLeader(target, options) {
      core.admit(options);
      if (!replica.isLeader) {
        throw new RegistryError('not-leader', 'this member does not lead; ask the leader');
      }
      if (target === replica.id) return;
      if (replica.transferLeadership(target) !== 'started') {
        throw new RegistryError(
          'bad-leader-transferee',
          `${target} cannot lead: it is no voting member, or another transfer is under way`,
        );
      }
      await orAborted(leaderIs(core, target), options.signal);
    },

    downgrade: (request, options) => downgrade(core, request, options),

    clusterVersion: () => core.state.clusterVersion,

    async checkHealth({ linearizable, signal }) {
      if (replica.leader === undefined && linearizable) {
        throw new RegistryError('no-leader', 'the cluster has no leader now');
      }
      if (linearizable) await orAborted(core.linearize(), signal);
    },

    alarms: () => core.state.alarms,
    hasLeader: () => replica.leader !== undefined,
    isLearner: () => replica.isLearner,
  };
}

async function hashUpTo(
  core: Core,
  revision: number,
  call: CallOptions,
  seconds: Histogram,
): Promise<Answered<HashResult>> {
  const beganMs = core.clock.nowMs();
  const header = core.header();
  const { value } = await core.read(core.state.openHash(revision), { call });
  seconds.observe((core.clock.nowMs() - beganMs) / 1000);
  return { ...value, header };
}

/** Says whether the cluster could go back to an older release; there is nothing to do for it. */
async function downgrade(
  core: Core,
  { action, version }: Parameters<Operations['downgrade']>[0],
  options: CallOptions,
): ReturnType<Operations['downgrade']> {
  core.admit(options);
  await core.linearize();
  const current = core.state.clusterVersion ?? minorOf(core.options.reportEtcdVersion);
  const answer = { version: current.replace(/\.0$/, ''), header: core.header() };
  // There never is one under way, and etcd takes that for an answer, too.
  if (action === 'cancel') return answer;
  checkDowngrade(current, version);
  if (action === 'enable') {
    throw new RegistryError(
      'not-supported',
      'Rollcall has one data format, so there is nothing to prepare; start the older release',
    );
  }
  return answer;
}

/** What an empty store is said to take, as its own rows are not counted. */
const emptyBytes = 1;

async function statusOf(core: Core): Promise<MemberStatus> {
  const { replica, state, options } = core;
  const { quotaBytes } = options.limits;
  return {
    version: options.reportEtcdVersion,
    storageVersion: minorOf(options.reportEtcdVersion),
    // Never 0, as an etcd's is not: a field of 0 is left out of JSON.
    dbSizeBytes: Math.max(state.sizeInUseBytes, emptyBytes),
    dbSizeInUseBytes: Math.max(state.sizeInUseBytes, emptyBytes),
    quotaBytes: Number.isFinite(quotaBytes) ? quotaBytes : 0,
    leader: replica.leader,
    raftIndex: replica.commitIndex,
    raftTerm: replica.term,
    raftAppliedIndex: state.appliedIndex,
    isLearner: replica.isLearner,
    errors: errorsOf(core),
  };
}

function errorsOf({ replica, state }: Core): readonly string[] {
  const alarms = state.alarms.map(alarmText);
  return replica.leader === undefined ? ['etcdserver: no leader', ...alarms] : alarms;
}

/** The text by which etcd shows an alarm; the id is decimal. */
function alarmText({ memberId, type }: Alarm): string {
  const name = type === 'no-space' ? 'NOSPACE' : 'CORRUPT';
  return `memberID:${BigInt(`0x${memberId}`)} alarm:${name} `;
}

/** Resolves when this member sees `target` lead; rejects when that takes longer than a request may. */
function leaderIs(core: Core, target: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let cancelTimer = nothingToCancel;
    const look = (): void => {
      if (core.replica.leader !== target) return;
      cancelTimer();
      cancelListener();
      resolve();
    };
    const cancelListener = core.replica.onLeaderChange(look);
    cancelTimer = core.clock.after(core.deadlineMs() - core.clock.nowMs(), () => {
      cancelListener();
      reject(
        new RegistryError('timeout', `${target} did not take over in time; see who leads now`),
      );
    });
    look();
  });
}

/** A cluster goes back by one minor release at a time. */
function checkDowngrade(current: string, version: string): void {
  const match = /^(\d+)\.(\d+)(?:\.\d+(?:-[-.\da-zA-Z]+)?(?:\+[-.\da-zA-Z]+)?)?$/.exec(version);
  if (match === null) {
    throw new RegistryError(
      'wrong-downgrade-version-format',
      `"${version}" is not a version of the form 3.6.0`,
    );
  }
  const [major = 0, minor = 0] = current.split('.').map(Number);
  if (Number(match[1]) !== major || Number(match[2]) !== minor - 1) {
    throw new RegistryError(
      'invalid-downgrade-version',
      `from ${current} the cluster can go back to ${major}.${minor - 1}.0 only`,
    );
  }
}
