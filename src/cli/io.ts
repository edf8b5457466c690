import type { Readable, Writable } from 'node:stream';

/** An output of a command; a terminal if `isTTY`. */
export type Output = Writable & { readonly isTTY?: boolean; readonly columns?: number };

/** The streams, environment and signals of a command. */
export interface CliIo {
  readonly stdin: Readable & {
    readonly isTTY?: boolean;
    /** Of a terminal. */
    setRawMode?: (isRaw: boolean) => unknown;
  };
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The bytes of the command line; undefined where the system does not tell. */
  readonly commandLine?: () => Uint8Array | undefined;
  /**
   * Fires when the command shall end, with the name of the signal as its reason: `SIGINT` for Ctrl-C, `SIGPIPE` when
   * the reader of standard output went away. Commands that just listen then end with exit code 0 after a Ctrl-C.
   */
  readonly interrupted: AbortSignal;
}

/** Arguments of `rollcall snapshot restore` for the server's code. */
export interface RestoreOptions {
  readonly snapshotPath: string;
  /** Must not exist yet, or be empty. */
  readonly dataDir: string;
  readonly name: string;
  readonly initialCluster: readonly { readonly name: string; readonly peerUrl: string }[];
  readonly initialClusterToken: string;
  readonly initialAdvertisePeerUrls: readonly string[];
  /** Revisions go on so much later, and all before are compacted; 0: they go on where the snapshot's end. */
  readonly bumpRevision: number;
  /** Called now and then with how much is done, from 0 to 1. */
  readonly onProgress: (fraction: number) => void;
}

/** The content of a snapshot. */
export interface SnapshotInfo {
  readonly hash: number;
  readonly revision: number;
  readonly totalKeys: number;
  readonly totalSizeBytes: number;
  /** The release that wrote it; empty if it does not say. */
  readonly version: string;
}

/** Parts of the server that the command line uses; given by `src/server`. */
export interface CliParts {
  /** Rollcall's own version. */
  readonly version: string;
  /** Runs a member until it is stopped; gets everything behind the word `serve`. */
  readonly serve: (args: readonly string[]) => Promise<number>;
  /** Runs `consul agent` until it is stopped; gets everything behind these words. */
  readonly consulAgent: (args: readonly string[]) => Promise<number>;
  /** Writes a new data directory from a snapshot. */
  readonly restoreSnapshot: (options: RestoreOptions) => Promise<void>;
  /** Reads what a snapshot holds; throws if it is damaged. */
  readonly inspectSnapshot: (path: string) => Promise<SnapshotInfo>;
}
