import Long from 'long';
import { bytesOfKey, keyOf, singleKey } from '../../base/key.ts';
import type { Key, KeyRange } from '../../base/key.ts';
import { memberIdNumber, memberIdOf } from '../../base/member-id.ts';
import type { MemberId } from '../../base/member-id.ts';
import type { etcdserverpb as pb, mvccpb } from '../../gen/etcd.js';
import type { Caller, CallOptions, Header, Operations, Shown } from '../../operations/index.ts';
import type { KeyValue, Member } from '../../operations/index.ts';
import type { CallContext } from '../methods.ts';
import { StatusError, statusCodes } from '../status.ts';

/** A 64-bit number as the codec gives it. */
export type WireNumber = number | Long;

/** A count or revision. Numbers that a double rounds are far beyond every revision, so rounding does no harm. */
export function numberOf(wire: WireNumber): number {
  return typeof wire === 'number' ? wire : wire.toNumber();
}

/** A signed id, exactly. */
export function bigintOf(wire: WireNumber): bigint {
  if (typeof wire === 'number') return BigInt(wire);
  return BigInt.asIntN(64, (BigInt(wire.high) << 32n) | BigInt(wire.low >>> 0));
}

/** A number on the wire; the codec takes small ones as they are. */
export function longOf(value: number): WireNumber {
  return Number.isSafeInteger(value) ? value : Long.fromNumber(value);
}

export function longOfBigint(value: bigint): WireNumber {
  if (value >= 0n && value <= 0x1f_ffff_ffff_ffffn) return Number(value);
  return new Long(Number(BigInt.asIntN(32, value)), Number(BigInt.asIntN(32, value >> 32n)), false);
}

const memberNumbers = new Map<MemberId, Long>();

/** A member id on the wire. There are few of them, so they are kept. */
export function longOfMember(id: MemberId | undefined): WireNumber {
  if (id === undefined) return 0;
  let long = memberNumbers.get(id);
  if (long === undefined) {
    const value = memberIdNumber(id);
    long = new Long(
      Number(BigInt.asIntN(32, value)),
      Number(BigInt.asIntN(32, value >> 32n)),
      true,
    );
    if (memberNumbers.size > 1000) memberNumbers.clear();
    memberNumbers.set(id, long);
  }
  return long;
}

export function memberOf(wire: WireNumber): MemberId | undefined {
  return memberIdOf(BigInt.asUintN(64, bigintOf(wire)));
}

/** Like `memberOf`, where a member is required: no member has the id 0. */
export function memberNamed(wire: WireNumber): MemberId {
  return memberOf(wire) ?? '0';
}

const noEnd = Buffer.from([0]);

/** No end: one key. A zero byte as end: all keys from the start on. An empty start is refused elsewhere. */
export function rangeOf(key: Uint8Array, rangeEnd: Uint8Array): KeyRange {
  const start = keyOf(key);
  if (rangeEnd.length === 0) return start === '' ? { start, end: undefined } : singleKey(start);
  return { start, end: noEnd.equals(rangeEnd) ? undefined : keyOf(rangeEnd) };
}

export function headerOf(header: Header): pb.ResponseHeader.$Properties {
  return {
    cluster_id: longOfMember(header.clusterId),
    member_id: longOfMember(header.memberId),
    revision: header.revision,
    raft_term: header.raftTerm,
  };
}

/** The header of the cluster service, which has no revision. */
export function headerWithoutRevision(header: Header): pb.ResponseHeader.$Properties {
  return headerOf({ ...header, revision: 0 });
}

export function keyValueOf(kv: KeyValue): mvccpb.KeyValue.$Properties {
  return {
    key: bytesOfKey(kv.key),
    create_revision: kv.createRevision,
    mod_revision: kv.modRevision,
    version: kv.version,
    value: kv.value,
    lease: longOfBigint(kv.lease),
  };
}

export function keyValuesOf(kvs: readonly KeyValue[]): mvccpb.KeyValue.$Properties[] {
  return kvs.map(keyValueOf);
}

export function memberMessage(member: Member): pb.Member.$Properties {
  return {
    ID: longOfMember(member.id),
    name: member.name,
    peerURLs: [...member.peerUrls],
    clientURLs: [...member.clientUrls],
    isLearner: member.isLearner,
  };
}

export function bytesOf(key: Key): Uint8Array {
  return bytesOfKey(key);
}

export function checkApiVersion(context: CallContext): void {
  if (context.metadata('client-api-version')?.includes('\u{fffd}') !== true) return;
  throw new StatusError(statusCodes.invalidArgument, 'etcdserver: invalid client api version');
}

/** The caller wants to be refused while there is no leader. */
export function insistsOnLeader(context: CallContext): boolean {
  return context.metadata('hasleader') === 'true';
}

/** The token that a caller shows. The gateway takes `Authorization`, gRPC takes both. */
export function shownBy(context: Pick<CallContext, 'metadata' | 'certificateName'>): Shown {
  const given = context.metadata('token') ?? context.metadata('authorization');
  return { token: given?.replace(/^Bearer /, ''), certificateName: context.certificateName };
}

type Identifies = Pick<Operations, 'identify'>;

export function callerOf(
  operations: Identifies,
  context: Pick<CallContext, 'address' | 'metadata' | 'certificateName'>,
): Caller {
  return {
    api: 'etcd',
    address: context.address,
    identity: operations.identify(shownBy(context)),
  };
}

/** The options of a call, for operations. Its signal is made only for operations that wait long. */
export function optionsOf(
  operations: Identifies,
  context: CallContext,
  waits: 'briefly' | 'long' = 'briefly',
): CallOptions {
  checkApiVersion(context);
  const caller = callerOf(operations, context);
  const requireLeader = insistsOnLeader(context);
  return waits === 'long'
    ? { caller, requireLeader, signal: context.signal }
    : { caller, requireLeader, gone: () => context.signal };
}
