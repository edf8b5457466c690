import { diskFaults } from './disk-faults.ts';
import type { Fault } from './fault.ts';
import { networkFaults } from './network-faults.ts';
import { operatorFaults } from './operator-faults.ts';
import { processFaults } from './process-faults.ts';

export const faults: readonly Fault[] = [
  ...processFaults,
  ...networkFaults,
  ...diskFaults,
  ...operatorFaults,
];
