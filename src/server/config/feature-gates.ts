import { switches } from './values.ts';
import type { ValueType } from './values.ts';

/** Feature gates of etcd 3.7; true for alpha ones, which `AllAlpha` switches. */
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

/** A feature is on by its own gate, or else by the gate of its maturity. */
export function isOn(
  gates: ReadonlyMap<string, boolean>,
  feature: 'CompactHashCheck' | 'InitialCorruptCheck',
): boolean {
  return gates.get(feature) ?? gates.get('AllAlpha') ?? false;
}
