import type { ClusterState } from './cluster-state.ts';
import type { Command } from './command.ts';
import type { Refusal } from './refusal.ts';
import { hasPut } from './txn-rules.ts';

export const corruptRefusal: Refusal = {
  kind: 'error',
  code: 'cluster-corrupt',
  message: 'the data of members differs; replace the members that are wrong, then disarm the alarm',
};

const noSpaceRefusal: Refusal = {
  kind: 'error',
  code: 'no-space',
  message: 'the data has reached its quota; compact, then disarm the alarm',
};

/** While `no-space` is raised, data may not grow; while `corrupt` is raised, no key or lease may be written. */
export function refusalByAlarm(cluster: ClusterState, command: Command): Refusal | undefined {
  if (cluster.alarms.length === 0) return undefined;
  if (cluster.isAlarmed('corrupt') && touchesKeys(command)) return corruptRefusal;
  if (cluster.isAlarmed('no-space') && growsData(command)) return noSpaceRefusal;
  return undefined;
}

function touchesKeys({ kind }: Command): boolean {
  return (
    kind === 'put' ||
    kind === 'delete-range' ||
    kind === 'txn' ||
    kind === 'compact' ||
    kind === 'lease-grant' ||
    kind === 'lease-revoke'
  );
}

function growsData(command: Command): boolean {
  if (command.kind === 'txn') return hasPut(command.request);
  return command.kind === 'put' || command.kind === 'lease-grant';
}
