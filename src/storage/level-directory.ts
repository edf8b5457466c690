import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Level } from 'level';
import { assert } from '../base/assert.ts';
import { RegistryError } from '../base/errors.ts';
import { damageOfFiles } from './level-files.ts';

type AnyLevel = Level<Buffer, Buffer>;

/** The database, with what it can do here and not in a browser. */
export type Database = AnyLevel & {
  compactRange(start: Buffer, end: Buffer): Promise<void>;
};

/** Files that belong to nobody's data: those of the file system, and hidden ones. */
const bystanders = /^(lost\+found$|\.)/;

/** Opens the database of a member's directory, and makes both if they are not there. Rejects with one clear line. */
export async function openDatabase(
  directory: string,
): Promise<{ readonly database: Database; readonly folder: string }> {
  const folder = join(directory, 'member');
  try {
    if (existsSync(directory)) refuseForeign(directory, folder);
    makeDirectories(folder);
    await refuseUsed(folder);
    const damage = await damageOfFiles(folder);
    if (damage !== undefined) {
      // Files that seem damaged may be files that another process has just begun to write.
      await refuseUsed(folder);
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
 * One after the other, because Node.js itself tries for ever where a file system says that a folder is missing which is
 * there (/proc does).
 */
function makeDirectories(directory: string): void {
  if (existsSync(directory)) return;
  const parent = dirname(directory);
  if (parent !== directory) makeDirectories(parent);
  try {
    mkdirSync(directory, { mode: 0o700 });
  } catch (error) {
    // Somebody else may have made it meanwhile.
    if (!existsSync(directory)) throw error;
  }
}

function levelAt(folder: string): Database {
  const level: AnyLevel = new Level(folder, {
    keyEncoding: 'buffer',
    valueEncoding: 'buffer',
    // Values are small and the checksums are ours; compressing costs more than it saves.
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

function refuseForeign(directory: string, folder: string): void {
  const stranger = readdirSync(directory).find(
    (name) => name !== 'member' && !bystanders.test(name),
  );
  if (stranger !== undefined) {
    throw new RegistryError(
      'invalid-request',
      `${directory} holds something else ("${stranger}"); give each member a directory of its own`,
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
 * Throws if another process has the database open. Asking LevelDB to open only what is not there yet takes the lock
 * for a moment, and reads and writes nothing where there is something.
 */
async function refuseUsed(folder: string): Promise<void> {
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

/** What LevelDB said, without what `level` says about it. */
function causeOf(error: unknown): unknown {
  return error instanceof Error ? (error.cause ?? error) : error;
}

function codeOf(error: unknown): unknown {
  const cause = causeOf(error);
  return cause instanceof Error && 'code' in cause ? cause.code : undefined;
}
