import { join } from 'node:path';
import type { ServerProgram } from '../cluster/processes.ts';
import { fakeTimeLibrary } from './fake-time.ts';

/** What members run: Rollcall, or etcd as a control. */
export interface ChaosProgram {
  /** Its disk and clock can be made to fail from inside, and it notices damage between members. */
  readonly isRollcall: boolean;
  readonly flags: readonly string[];
  /** A disk that is small enough to be filled in no time, and big enough for the files. */
  readonly smallDiskMegabytes: number;
  command(clockFile: string): ServerProgram;
}

/** Elections are quicker than by default, so that more of them fit into a run; snapshots come early for the same reason. */
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
    smallDiskMegabytes: 192,
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

/** Its log comes in files of 64 MB. A library that sets the clock does not reach into a Go program. */
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
    // A clock that is set does not move the monotonic one.
    'FAKETIME_DONT_FAKE_MONOTONIC=1',
    'FAKETIME_CACHE_DURATION=1',
  ];
}
