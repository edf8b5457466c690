import { createHash } from 'node:crypto';
import { createReadStream, existsSync, readdirSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { crc32 } from '../base/crc32.ts';
import { silentLogger } from '../base/logger.ts';
import { silentMetrics } from '../base/metrics.ts';
import { RegistryError } from '../base/errors.ts';
import { readBackup } from '../operations/index.ts';
import type { BackupHeader, Sha256 } from '../operations/index.ts';
import { systemClock } from '../platform/index.ts';
import type { Identity, SnapshotStage, Store } from '../replica/index.ts';
import { openLevelStore, syncFolder } from '../storage/index.ts';
import { State } from '../state/index.ts';
import type { Member } from '../state/index.ts';
import type { ServerConfig } from './config.ts';
import { configurationOf, firstCluster } from './identity.ts';

export type RestoreTarget = Pick<
  ServerConfig,
  'name' | 'initialCluster' | 'initialClusterToken'
> & {
  readonly dataDir: string;
  /** The restored data continues this many revisions later, with all before compacted; default: 0. */
  readonly bumpRevision?: number;
};

/** Files that are no data: those of a file system, and hidden ones, such as what a restore that was cut off left. */
const ignored = /^(lost\+found$|\.)/;

/** Bound of `bumpRevision`: as many revisions again stay safe integers. */
const revisionMax = 2 ** 52;

export interface RestoreProgress {
  readonly doneBytes: number;
  /** Progress of a restore. */
  readonly piece: Uint8Array;
}

/**
 * Restores a backup into a new data directory, for a new cluster: keys, leases and revisions are the backup's;
 * members and ids are the target's. Every member of the new cluster is restored from the same file. The work is done
 * in a hidden directory within the target, which may be a file system of its own, and moved to its place when it is complete;
 * it is on the disk when this resolves.
 */
export async function restoreBackup(
  file: string,
  target: RestoreTarget,
  onProgress: (progress: RestoreProgress) => void = () => {},
): Promise<BackupHeader> {
  const { dataDir } = target;
  const isNew = !existsSync(dataDir);
  if (!isNew && readdirSync(dataDir).some((name) => !ignored.test(name))) {
    throw new RegistryError(
      'invalid-request',
      `${dataDir} is not empty; restore into a new directory`,
    );
  }
  const { clusterId, members, idByName } = firstCluster(target);
  const memberId = idByName.get(target.name);
  if (memberId === undefined) {
    throw new RegistryError('invalid-request', `--initial-cluster does not name "${target.name}"`);
  }
  const unfinished = join(dataDir, '.restoring');
  await rm(unfinished, { recursive: true, force: true });
  const store = await openLevelStore(unfinished, {
    clock: systemClock(),
    logger: silentLogger,
    metrics: silentMetrics,
    fsync: true,
  });
  let header: BackupHeader;
  try {
    header = await restoreInto(store, file, onProgress, {
      identity: { clusterId, memberId },
      members,
      bumpRevision: target.bumpRevision ?? 0,
    });
  } catch (error) {
    await store.close();
    await rm(isNew ? dataDir : unfinished, { recursive: true, force: true });
    throw error;
  }
  await store.close();
  await rename(join(unfinished, 'member'), join(dataDir, 'member'));
  await rm(unfinished, { recursive: true, force: true });
  await syncFolder(dataDir);
  if (isNew) await syncFolder(dirname(dataDir));
  return header;
}

async function restoreInto(
  store: Store,
  file: string,
  onProgress: (progress: RestoreProgress) => void,
  {
    identity,
    members,
    bumpRevision,
  }: {
    readonly identity: Identity;
    readonly members: readonly Member[];
    readonly bumpRevision: number;
  },
): Promise<BackupHeader> {
  await store.load();
  const stage = await store.stageSnapshot();
  const header = await fill(stage, file, onProgress);
  if (header.revision + bumpRevision > revisionMax) {
    throw new RegistryError(
      'invalid-request',
      `the snapshot is of revision ${header.revision}, which cannot be bumped by ${bumpRevision}; ` +
        `at most ${revisionMax} can be reached`,
    );
  }
  const noMembers = { voters: [], outgoing: [], learners: [] };
  await store.create(identity, { index: 0, term: 0, configuration: noMembers });
  // The new cluster's log continues where the backup's ended.
  const position = {
    index: header.appliedIndex,
    term: header.term,
    configuration: configurationOf(members),
  };
  await store.adoptSnapshot(stage, position, { term: header.term, vote: undefined, commit: 0 });
  const state = await State.load(store.engine, position.index);
  state.replaceMembers(members);
  if (bumpRevision > 0) state.bumpRevision(bumpRevision);
  const appliedIndex = position.index;
  await store.write({
    hardState: undefined,
    entries: [],
    base: undefined,
    appliedIndex,
    ahead: false,
    sync: true,
  });
  return header;
}

/** Reads and verifies a whole backup. The hash is that of its data, to tell backups apart. */
export async function inspectBackup(
  file: string,
): Promise<{ readonly header: BackupHeader; readonly hash: number }> {
  let hash = 0;
  const header = await fill(undefined, file, ({ piece }) => {
    hash = crc32(piece, hash);
  });
  return { header, hash };
}

async function fill(
  stage: SnapshotStage | undefined,
  file: string,
  onProgress: (progress: RestoreProgress) => void,
): Promise<BackupHeader> {
  let header: BackupHeader | undefined;
  let doneBytes = 0;
  for await (const part of readBackup(createReadStream(file), sha256())) {
    if (!(part instanceof Uint8Array)) {
      header = part;
      continue;
    }
    doneBytes += part.length;
    await stage?.write(part);
    onProgress({ doneBytes, piece: part });
  }
  if (header === undefined) throw new RegistryError('invalid-request', `${file} is empty`);
  await stage?.finish();
  return header;
}

export function sha256(): Sha256 {
  const hash = createHash('sha256');
  return {
    update: (bytes) => void hash.update(bytes),
    digest: () => hash.digest(),
  };
}
