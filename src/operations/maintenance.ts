import { RegistryError } from '../base/errors.ts';
import { nothingToCancel } from '../base/clock.ts';
import type { MemberId } from '../base/member-id.ts';
import type { Histogram } from '../base/metrics.ts';
import type { Alarm } from '../state/index.ts';
import { openBackup } from './backup.ts';
import { orAborted, resultOf } from './core.ts';
import type { Core } from './core.ts';
import { Gate } from './gate.ts';
import { anyUser, everyone, root } from './needs.ts';
import type { GatedOperations, RequestOf } from './needs.ts';
import type { Answered, CallOptions, HashResult, MemberStatus } from './operations.ts';
import { minorOf } from './versions.ts';

type MaintenanceOperations = GatedOperations<
  | 'alarm'
  | 'status'
  | 'defragment'
  | 'hash'
  | 'hashKv'
  | 'backup'
  | 'moveLeader'
  | 'downgrade'
  | 'checkHealth'
>;

/** Operating a cluster. */
export function maintenanceOperations(core: Core): MaintenanceOperations {
  return { ...diagnosis(core), ...administration(core) };
}

const diagnosisNeeds = {
  access: root,
  servedByLearner: false,
  leader: 'if-required',
  consistency: 'local',
  growthBytes: 0,
} as const;

function diagnosis(
  core: Core,
): Pick<MaintenanceOperations, 'status' | 'defragment' | 'hash' | 'hashKv' | 'checkHealth'> {
  const gate = new Gate(core);
  return {
    status: gate.once(
      'status',
      { ...diagnosisNeeds, access: anyUser, servedByLearner: true },
      async () => ({ ...statusOf(core), header: core.header() }),
    ),

    defragment: gate.once('defragment', diagnosisNeeds, async () => {}),

    hash: gate.once('hash', diagnosisNeeds, (_request, options) =>
      hashUpTo(core, 0, options, core.metrics.hashSeconds),
    ),

    hashKv: gate.once('hashKv', diagnosisNeeds, (revision, options) =>
      hashUpTo(core, revision, options, core.metrics.hashAtRevisionSeconds),
    ),

    checkHealth: gate.once(
      'checkHealth',
      {
        // Load balancers do not log in.
        access: everyone,
        servedByLearner: true,
        leader: ({ linearizable }) => (linearizable ? 'must-exist' : 'if-required'),
        consistency: ({ linearizable }) => (linearizable ? 'linearizable' : 'local'),
        growthBytes: 0,
      },
      async () => {},
    ),
  };
}

const administrationNeeds = {
  access: root,
  servedByLearner: false,
  leader: 'if-required',
  consistency: 'log',
  growthBytes: 0,
} as const;

function administration(
  core: Core,
): Pick<MaintenanceOperations, 'alarm' | 'backup' | 'moveLeader' | 'downgrade'> {
  const gate = new Gate(core);
  return {
    alarm: gate.once(
      'alarm',
      {
        ...administrationNeeds,
        access: ({ action }) => (action === 'get' ? anyUser : root),
        consistency: ({ action }) => (action === 'get' ? 'linearizable' : 'log'),
        subject: ({ action, memberId, type }) => ({ action, member: memberId, alarm: type }),
      },
      async ({ action, memberId, type }, { caller }) => {
        if (action === 'get') {
          const alarms = core.state.alarms.filter(
            (alarm) => type === undefined || alarm.type === type,
          );
          return { alarms, header: core.header() };
        }
        if (type === undefined) return { alarms: [], header: core.header() };
        const command = { kind: 'alarm', action, memberId, type } as const;
        const { result, header } = await core.propose(command, caller);
        return { alarms: resultOf(result, 'alarms').alarms, header };
      },
    ),

    backup: gate.once(
      'backup',
      // A backup holds all writes that were acknowledged before it was asked for.
      { ...administrationNeeds, servedByLearner: true, consistency: 'linearizable-if-led' },
      async (_request, options) => {
        const backup = await openBackup(core, options);
        return { ...backup, header: core.header() };
      },
    ),

    moveLeader: gate.once(
      'moveLeader',
      {
        ...administrationNeeds,
        leader: 'this-member',
        consistency: 'local',
        subject: (target) => ({ member: target }),
      },
      (target, options) => moveLeader(core, target, options),
    ),

    downgrade: gate.once(
      'downgrade',
      { ...administrationNeeds, consistency: 'linearizable' },
      (request) => downgrade(core, request),
    ),
  };
}

async function moveLeader(core: Core, target: MemberId, { signal }: CallOptions): Promise<void> {
  const { replica } = core;
  if (target === replica.id) return;
  if (replica.transferLeadership(target) !== 'started') {
    throw new RegistryError(
      'bad-leader-transferee',
      `${target} cannot lead: it is no voting member, or another transfer is under way`,
    );
  }
  await orAborted(leaderIs(core, target), signal);
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

/** Tells whether the cluster could go back to an older release. That needs no preparation. */
async function downgrade(
  core: Core,
  { action, version }: RequestOf<'downgrade'>,
): Promise<Answered<{ readonly version: string }>> {
  const current = core.state.clusterVersion ?? minorOf(core.options.reportEtcdVersion);
  const answer = { version: current.replace(/\.0$/, ''), header: core.header() };
  // No downgrade is ever in progress; cancelling one is no error in etcd either.
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

/** The reported size of an empty store, whose own rows are not counted. */
const emptyBytes = 1;

function statusOf(core: Core): MemberStatus {
  const { replica, state, options } = core;
  const { quotaBytes } = options.limits;
  return {
    version: options.reportEtcdVersion,
    storageVersion: minorOf(options.reportEtcdVersion),
    // Never 0, as in etcd: JSON would leave the field out.
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

/** An alarm in etcd's words, with a decimal id. */
function alarmText({ memberId, type }: Alarm): string {
  const name = type === 'no-space' ? 'NOSPACE' : 'CORRUPT';
  return `memberID:${BigInt(`0x${memberId}`)} alarm:${name} `;
}

/** Resolves when this member sees `target` lead; rejects after the time limit of a request. */
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

/** A cluster can go back by one minor release. */
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
