import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Level } from 'level';
import { assert } from '../base/assert.ts';
import { RegistryError } from '../base/errors.ts';
import { damageOfFiles } from './level-files.ts';
import type { TableThread } from './table-thread.ts';

type AnyLevel = Level<Buffer, Buffer>;

/** The database, with what it can do in Node.js and not in a browser. */
export type Database = AnyLevel & {
  compactRange(start: Buffer, end: Buffer): Promise<void>;
  getProperty(name: string): string;
};

/** Files that are no data: those of the file system, and hidden ones. */
const ignored = /^(lost\+found$|\.)/;

/**
 * Opens the database in a member's directory; creates both if they are missing. Rejects with one clear line. The thread is the
 * caller's to end.
 */
export async function openDatabase(
  directory: string,
  thread: TableThread,
): Promise<{ readonly database: Database; readonly folder: string }> {
  const folder = join(directory, 'member');
  try {
    if (existsSync(directory)) refuseForeignFiles(directory, folder);
    makeDirectories(folder);
    await refuseIfLocked(folder);
    const damage = await damageOfFiles(folder, thread);
    if (damage !== undefined) {
      // Files that seem damaged may be files that another process has just begun to write.
      await refuseIfLocked(folder);
      throw new RegistryError('cluster-corrupt', damage.messageFor(directory));
    }
    const database = levelAt(folder);
    await database.open();
    return { database, folder };
  } catch (error) {
    throw error instanceof RegistryError ? error : unusable(directory, error);
  }
}

/**
 * Creates missing parents one by one: `mkdir` with `recursive` loops for ever where a file system says of an existing
 * folder that it is missing (/proc does).
 */
function makeDirectories(directory: string): void {
  if (existsSync(directory)) return;
  const parent = dirname(directory);
  if (parent !== directory) makeDirectories(parent);
  try {
    mkdirSync(directory, { mode: 0o700 });
  } catch (error) {
    // Another process may have created it meanwhile.
    if (!existsSync(directory)) throw error;
  }
}

function levelAt(folder: string): Database {
  const level: AnyLevel = new Level(folder, {
    keyEncoding: 'buffer',
    valueEncoding: 'buffer',
    // Values are small, and the checksums are our own; compression costs more than it saves.
    compression: false,
    writeBufferSize: 16 << 20,
    cacheSize: 32 << 20,
  });
  assert(canCompact(level), 'level is LevelDB itself');
  return level;
}

function canCompact(level: AnyLevel): level is Database {
  return 'compactRange' in level;
}

/** The data, and certificates that the member has made for itself; both where etcd has them. */
const own: ReadonlySet<string> = new Set(['member', 'fixtures']);

function refuseForeignFiles(directory: string, folder: string): void {
  const foreign = readdirSync(directory).find((name) => !own.has(name) && !ignored.test(name));
  if (foreign !== undefined) {
    throw new RegistryError(
      'invalid-request',
      `${directory} holds files of another program ("${foreign}"); give each member a directory of its own`,
    );
  }
  if (!existsSync(folder)) return;
  if (readdirSync(folder).some((name) => name === 'wal' || name === 'snap')) {
    throw new RegistryError(
      'invalid-request',
      `${directory} is a data directory of etcd, which cannot be read; give another with --data-dir`,
    );
  }
}

/**
 * Throws if another process has the database open. Opening with `errorIfExists` takes the lock for a moment, and
 * neither reads nor writes an existing database.
 */
async function refuseIfLocked(folder: string): Promise<void> {
  if (!existsSync(join(folder, 'CURRENT'))) return;
  const probe = levelAt(folder);
  try {
    await probe.open({ errorIfExists: true });
    await probe.close();
  } catch (error) {
    if (codeOf(error) === 'LEVEL_LOCKED') throw error;
  }
}

function unusable(directory: string, error: unknown): RegistryError {
  const cause = causeOf(error);
  const text = cause instanceof Error ? cause.message : String(cause);
  switch (codeOf(error)) {
    case 'LEVEL_LOCKED':
      return new RegistryError(
        'invalid-request',
        `${directory} is used by another process; stop that member first, or give another --data-dir`,
        { cause },
      );
    case 'LEVEL_CORRUPTION':
      return new RegistryError(
        'cluster-corrupt',
        `${directory} is damaged (${text}); remove the directory and the member, and add it again`,
        { cause },
      );
    default:
      return new RegistryError('invalid-request', `${directory} cannot be used: ${text}`, {
        cause,
      });
  }
}

/** LevelDB's error, without the one that `level` wraps around it. */
function causeOf(error: unknown): unknown {
  return error instanceof Error ? (error.cause ?? error) : error;
}

function codeOf(error: unknown): unknown {
  const cause = causeOf(error);
  return cause instanceof Error && 'code' in cause ? cause.code : undefined;
}
