import { switches } from './values.ts';
import type { ValueType } from './values.ts';

/** Of etcd 3.7, each with whether it is an alpha one, which `AllAlpha` switches. */
const isAlpha: Readonly<Record<string, boolean>> = {
  AllAlpha: false,
  AllBeta: false,
  CompactHashCheck: true,
  FastLeaseKeepAlive: false,
  InitialCorruptCheck: true,
  LeaseCheckpoint: true,
  LeaseCheckpointPersist: true,
  PriorityRequest: true,
  SetMemberLocalAddr: true,
  StopGRPCServiceOnDefrag: true,
  TxnModeWriteWithSharedBuffer: false,
};

export const featureGates: ValueType<ReadonlyMap<string, boolean>> = switches(Object.keys(isAlpha));

/** A feature is on by its own switch, or else by the one of all features of its kind. */
export function isOn(
  gates: ReadonlyMap<string, boolean>,
  feature: 'CompactHashCheck' | 'InitialCorruptCheck',
): boolean {
  return gates.get(feature) ?? gates.get('AllAlpha') ?? false;
}
