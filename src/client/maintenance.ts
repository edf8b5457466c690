import { etcdserverpb as pb } from '../gen/etcd.js';
import type { Caller } from './caller.ts';
import type { CallOptions } from './options.ts';
import type { Endpoint } from './endpoints.ts';
import { RollcallError } from './errors.ts';
import { bigintOf, int64, numberOf, uint64 } from './numbers.ts';
import { methods } from './wire.ts';

/** The status of one member. */
export interface MemberStatus {
  readonly endpoint: string;
  readonly clusterId: bigint;
  readonly memberId: bigint;
  readonly version: string;
  readonly revision: number;
  readonly dbSize: number;
  readonly dbSizeInUse: number;
  /** The member that leads; 0n if there is none. */
  readonly leader: bigint;
  readonly isLeader: boolean;
  readonly isLearner: boolean;
  readonly raftTerm: number;
  readonly raftIndex: number;
  readonly raftAppliedIndex: number;
  /** Problems, in words; empty if there are none. */
  readonly errors: readonly string[];
}

/** A hash over a member's keys; equal on all members if their data is. */
export interface KvHash {
  readonly endpoint: string;
  readonly hash: number;
  readonly hashRevision: number;
  readonly compactRevision: number;
}

/** An alarm that a member raised; an operator has to look at it. */
export interface Alarm {
  readonly memberId: bigint;
  readonly kind: 'no-space' | 'corrupt';
}

/** A part of a snapshot. The last 32 bytes of all are the SHA-256 of what came before them. */
export interface SnapshotChunk {
  readonly bytes: Uint8Array;
  /** Bytes still to come, without the closing hash. */
  readonly remaining: number;
}

/**
 * Calls for operators, to a cluster or to one member.
 *
 * @example
 * for (const endpoint of client.endpoints) {
 *   const status = await client.maintenance.status(endpoint);
 *   console.log(endpoint, status.version, status.isLeader ? 'leads' : 'follows');
 * }
 */
export class Maintenance {
  readonly #caller: Caller;

  /** @internal Made by the client. */
  constructor(caller: Caller) {
    this.#caller = caller;
  }

  /** The status of one member, also while it has no leader. */
  async status(endpoint: string, options: CallOptions = {}): Promise<MemberStatus> {
    const aim = { ...options, endpoint: this.#endpoint(endpoint), leaderless: true };
    const response = await this.#caller.call(methods.status, {}, aim);
    const memberId = bigintOf(response.header?.member_id);
    const leader = bigintOf(response.leader);
    return {
      endpoint,
      clusterId: bigintOf(response.header?.cluster_id),
      memberId,
      version: response.version ?? '',
      revision: numberOf(response.header?.revision),
      dbSize: numberOf(response.dbSize),
      dbSizeInUse: numberOf(response.dbSizeInUse),
      leader,
      isLeader: leader !== 0n && leader === memberId,
      isLearner: response.isLearner === true,
      raftTerm: numberOf(response.raftTerm),
      raftIndex: numberOf(response.raftIndex),
      raftAppliedIndex: numberOf(response.raftAppliedIndex),
      errors: response.errors ?? [],
    };
  }

  /** Asks one member whether it can serve a read that all members agree on. */
  async health(endpoint: string, options: CallOptions = {}): Promise<void> {
    const aim = { ...options, endpoint: this.#endpoint(endpoint) };
    const request = { key: Buffer.from('health') };
    await this.#caller.call(methods.range, request, aim);
  }

  async hashKv(
    endpoint: string,
    options: CallOptions & { readonly revision?: number } = {},
  ): Promise<KvHash> {
    const aim = { ...options, endpoint: this.#endpoint(endpoint), leaderless: true };
    const request = { revision: int64(options.revision ?? 0) };
    const response = await this.#caller.call(methods.hashKv, request, aim);
    return {
      endpoint,
      hash: response.hash ?? 0,
      // Servers before etcd 3.6 do not say it; it is the revision that was asked for.
      hashRevision:
        numberOf(response.hash_revision) || options.revision || numberOf(response.header?.revision),
      compactRevision: numberOf(response.compact_revision),
    };
  }

  /**
   * A copy of everything, from one member, part by part. It is complete, and can be trusted, only if the hash at its
   * end fits; `rollcall snapshot save` sees to that.
   */
  async *snapshot(
    options: { readonly endpoint?: string; readonly signal?: AbortSignal } = {},
  ): AsyncGenerator<SnapshotChunk, void> {
    const over = new AbortController();
    const signals = options.signal === undefined ? [] : [options.signal];
    const signal = AbortSignal.any([over.signal, this.#caller.closed, ...signals]);
    const only =
      options.endpoint === undefined ? {} : { endpoint: this.#endpoint(options.endpoint) };
    const aim = { ...only, leaderless: true };
    try {
      for await (const part of this.#caller.read(methods.snapshot, {}, signal, aim)) {
        yield { bytes: part.blob ?? new Uint8Array(), remaining: numberOf(part.remaining_bytes) };
      }
    } finally {
      over.abort();
    }
  }

  /** Forgets history before a revision: it can be read and watched from there on only. */
  async compact(
    revision: number,
    options: CallOptions & { readonly physical?: boolean } = {},
  ): Promise<void> {
    const request = { revision: int64(revision), physical: options.physical === true };
    await this.#caller.call(methods.compact, request, options);
  }

  /** Asks one member to give free space back. Members of Rollcall do that by themselves; those of etcd stop for it. */
  async defragment(endpoint: string, options: CallOptions = {}): Promise<void> {
    const aim = { ...options, endpoint: this.#endpoint(endpoint), leaderless: true };
    await this.#caller.call(methods.defragment, {}, aim);
  }

  /** Makes another member the leader. Must be asked of the leader itself. */
  async moveLeader(endpoint: string, target: bigint, options: CallOptions = {}): Promise<void> {
    const aim = { ...options, endpoint: this.#endpoint(endpoint) };
    await this.#caller.call(methods.moveLeader, { targetID: uint64(target) }, aim);
  }

  async alarms(options?: CallOptions): Promise<readonly Alarm[]> {
    return alarmsOf(
      await this.#caller.call(methods.alarm, { action: pb.AlarmRequest.AlarmAction.GET }, options),
    );
  }

  /** Takes an alarm back, once its cause is gone. Gives the alarms that were taken back. */
  async disarm(alarm: Alarm, options?: CallOptions): Promise<readonly Alarm[]> {
    const request = {
      action: pb.AlarmRequest.AlarmAction.DEACTIVATE,
      memberID: uint64(alarm.memberId),
      alarm: alarm.kind === 'no-space' ? pb.AlarmType.NOSPACE : pb.AlarmType.CORRUPT,
    };
    return alarmsOf(await this.#caller.call(methods.alarm, request, options));
  }

  #endpoint(address: string): Endpoint {
    const endpoint = this.#caller.endpoints.find(address);
    if (endpoint !== undefined) return endpoint;
    throw new RollcallError('invalid-request', `${address} is not an endpoint of this client`);
  }
}

function alarmsOf(response: {
  alarms?: { memberID?: Parameters<typeof bigintOf>[0]; alarm?: number | null }[] | null;
}): readonly Alarm[] {
  return (response.alarms ?? []).map((alarm) => ({
    memberId: bigintOf(alarm.memberID),
    kind: alarm.alarm === pb.AlarmType.CORRUPT ? 'corrupt' : 'no-space',
  }));
}
