import { join } from 'node:path';
import type { ServerProgram } from '../cluster/processes.ts';
import { fakeTimeLibrary } from './fake-time.ts';

/** The program of the members: Rollcall, or etcd as a control. */
export interface ChaosProgram {
  /** Faults of disk and clock can be injected into it, and it detects damaged messages between members. */
  readonly isRollcall: boolean;
  readonly flags: readonly string[];
  /** The size of a disk that is filled quickly and has room for the files. */
  readonly smallDiskMegabytes: number;
  command(clockFile: string): ServerProgram;
}

/** Elections are quicker than by default, so that more happen in a run; snapshots come early for the same reason. */
const flags = [
  '--heartbeat-interval=50',
  '--election-timeout=500',
  '--snapshot-count=500',
  '--log-level=info',
];

export function rollcallAt(mainFile: string): ChaosProgram {
  return {
    isRollcall: true,
    flags: [...flags, '--snapshot-catchup-entries=100'],
    smallDiskMegabytes: 512,
    command: (clockFile) => {
      const disk = join(import.meta.dirname, 'failing-disk.mjs');
      const environment = environmentFor(clockFile);
      return {
        command: 'env',
        args: [...environment, process.execPath, '--import', disk, mainFile, 'serve'],
      };
    },
  };
}

/** etcd's log has files of 64 MB. libfaketime has no effect on a Go program. */
export function etcdAt(binary: string): ChaosProgram {
  return {
    isRollcall: false,
    flags,
    smallDiskMegabytes: 512,
    command: () => ({ command: binary, args: [] }),
  };
}

function environmentFor(clockFile: string): readonly string[] {
  const library = fakeTimeLibrary();
  if (library === undefined) return [];
  return [
    `LD_PRELOAD=${library}`,
    `FAKETIME_TIMESTAMP_FILE=${clockFile}`,
    // libfaketime does not change the monotonic clock.
    'FAKETIME_DONT_FAKE_MONOTONIC=1',
    'FAKETIME_CACHE_DURATION=1',
  ];
}
