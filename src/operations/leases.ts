import { RegistryError } from '../base/errors.ts';
import type { Key } from '../base/key.ts';
import { sorted } from '../base/steps.ts';
import type { LeaseId } from '../state/index.ts';
import { leaseCost } from './cost.ts';
import { orAborted, resultOf } from './core.ts';
import type { Core } from './core.ts';
import { Gate } from './gate.ts';
import { useOf } from '../state/index.ts';
import { anyUser, keyRights } from './needs.ts';
import type { GatedOperations, RequestOf } from './needs.ts';
import type { Answered, Header } from './operations.ts';

type LeaseOperations = GatedOperations<
  'leaseGrant' | 'leaseRevoke' | 'leaseKeepAlive' | 'leaseTimeToLive' | 'leaseList'
>;

/** The limit of etcd: about 285 years. */
export const ttlSecondsMax = 9_000_000_000;

/** Granting, renewing and revoking leases. */
export function leaseOperations(core: Core): LeaseOperations {
  return { ...leaseChanges(core), ...leaseReads(core) };
}

function leaseChanges(
  core: Core,
): Pick<LeaseOperations, 'leaseGrant' | 'leaseRevoke' | 'leaseKeepAlive'> {
  const gate = new Gate(core);
  const renewals = new Renewals(core);
  const { electionTimeoutMs } = core.options;
  // A lease must outlast an election; otherwise it could expire although its holder renews it.
  const ttlSecondsMin = Math.ceil((1.5 * electionTimeoutMs) / 1000);
  return {
    leaseGrant: gate.once(
      'leaseGrant',
      {
        access: anyUser,
        servedByLearner: false,
        leader: 'if-required',
        consistency: 'log',
        growthBytes: leaseCost,
        checkAfterAccess: checkTtl,
      },
      async ({ id, ttlSeconds }, { caller }) => {
        const command = {
          kind: 'lease-grant',
          id: id === 0n ? core.options.random.positiveInt63() : id,
          ttlSeconds: Math.max(ttlSeconds, ttlSecondsMin),
        } as const;
        const { result, header } = await core.propose(command, caller);
        const granted = resultOf(result, 'lease-granted');
        return { id: granted.id, ttlSeconds: granted.ttlSeconds, header };
      },
    ),

    leaseRevoke: gate.once(
      'leaseRevoke',
      {
        access: (id) => keyRights(useOf({ writtenLeases: [id] })),
        servedByLearner: false,
        leader: 'if-required',
        consistency: 'log',
        growthBytes: 0,
      },
      async (id, { caller }) => {
        const { header } = await core.propose({ kind: 'lease-revoke', id }, caller);
        return { header };
      },
    ),

    leaseKeepAlive: gate.once(
      'leaseKeepAlive',
      {
        access: (id) => keyRights(useOf({ writtenLeases: [id] })),
        servedByLearner: false,
        leader: 'if-required',
        // The leader confirms its leadership once for each batch of renewals.
        consistency: 'local',
        growthBytes: 0,
      },
      (id, { signal }) => orAborted(renewals.renew(id, core.header()), signal),
    ),
  };
}

function leaseReads(core: Core): Pick<LeaseOperations, 'leaseTimeToLive' | 'leaseList'> {
  const gate = new Gate(core);
  return {
    leaseTimeToLive: gate.once(
      'leaseTimeToLive',
      {
        access: ({ id, keys }) => (keys ? keyRights(useOf({ readLeases: [id] })) : anyUser),
        servedByLearner: false,
        leader: 'if-required',
        // The time comes from the leader, the keys from this member's state: of now, as its caller may see those.
        consistency: ({ keys }) => (keys ? 'linearizable' : 'local'),
        growthBytes: 0,
      },
      async ({ id, keys }) => {
        const header = core.header();
        const attached = keys ? [...(core.state.leases.get(id)?.keySet ?? [])] : [];
        const time = await leaseTime(core, id);
        if (time.kind === 'not-found') {
          return { id, ttlSeconds: -1, grantedSeconds: 0, keys: [], header };
        }
        const inOrder = await core.inSlices(sorted(attached, compareKeys));
        return { id, ...time, keys: inOrder, header };
      },
    ),

    leaseList: gate.once(
      'leaseList',
      {
        access: keyRights(useOf({ readLeases: 'all' })),
        servedByLearner: false,
        leader: 'if-required',
        consistency: 'linearizable',
        growthBytes: 0,
      },
      async () => {
        const ids = core.state.leases.list().map((lease) => lease.id);
        return { ids, header: core.header() };
      },
    ),
  };
}

function checkTtl({ ttlSeconds }: RequestOf<'leaseGrant'>): void {
  if (ttlSeconds <= ttlSecondsMax) return;
  throw new RegistryError(
    'lease-ttl-too-large',
    `a lease may live ${ttlSecondsMax} seconds at most`,
  );
}

function compareKeys(a: Key, b: Key): number {
  return a < b ? -1 : 1;
}

function leaseTime(core: Core, id: LeaseId) {
  type Found = Extract<
    Parameters<Parameters<Core['replica']['leaseTimeToLive']>[2]>[0],
    { kind: string }
  >;
  return new Promise<Found>((resolve, reject) => {
    core.replica.leaseTimeToLive(id, core.deadlineMs(), (result) => {
      if (result instanceof RegistryError) reject(result);
      else resolve(result);
    });
  });
}

type Renewed = Answered<{ readonly ttlSeconds: number }>;

interface Renewal {
  readonly id: LeaseId;
  readonly header: Header;
  readonly expiresMs: number;
  readonly resolve: (renewed: Renewed) => void;
  readonly reject: (error: RegistryError) => void;
}

/** Requests to the leader under way. Each is retried while there is no leader. */
const requestsMax = 16;
/** Renewals that share a request, and so its deadline, began within this time. */
const sharedMs = 500;

/** Gathers renewals: those of one turn, or those that arrive while enough requests are under way, share one request. */
class Renewals {
  readonly #core: Core;
  #gathered: Renewal[] = [];
  #sendDue = false;
  #underWay = 0;

  constructor(core: Core) {
    this.#core = core;
  }

  /** Resolves with this header, of the time at which the renewal began. */
  renew(id: LeaseId, header: Header): Promise<Renewed> {
    return new Promise((resolve, reject) => {
      this.#gathered.push({ id, header, expiresMs: this.#core.deadlineMs(), resolve, reject });
      this.#sendSoon();
    });
  }

  #sendSoon(): void {
    if (this.#sendDue || this.#underWay >= requestsMax || this.#gathered.length === 0) return;
    this.#sendDue = true;
    this.#core.clock.endOfTurn(() => {
      this.#sendDue = false;
      this.#send();
    });
  }

  #send(): void {
    const batch = this.#take();
    const last = batch.at(-1);
    if (last === undefined) return;
    const ids = batch.map(({ id }) => id);
    this.#underWay++;
    this.#core.replica.renewLeases(ids, last.expiresMs, (result) => {
      this.#underWay--;
      for (const [at, { header, resolve, reject }] of batch.entries()) {
        if (result instanceof RegistryError) reject(result);
        else resolve({ ttlSeconds: result[at] ?? 0, header });
      }
      this.#sendSoon();
    });
    this.#sendSoon();
  }

  /** The oldest renewals, which may share a deadline. */
  #take(): readonly Renewal[] {
    const gathered = this.#gathered;
    const untilMs = (gathered[0]?.expiresMs ?? 0) + sharedMs;
    const rest = gathered.findIndex(({ expiresMs }) => expiresMs > untilMs);
    if (rest === -1) {
      this.#gathered = [];
      return gathered;
    }
    this.#gathered = gathered.slice(rest);
    return gathered.slice(0, rest);
  }
}
