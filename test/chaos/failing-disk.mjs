/**
 * Loaded into a member before its program: makes writes to its log and to LevelDB fail while a file says so. The file stands beside the
 * data directory, as `<data-dir>.disk`, and holds one word:
 *
 * - `refuse`: nothing is written, and the write fails, as with EIO from the first write of a batch;
 * - `lie`: everything is written, and the write fails, as when fsync fails: nobody knows what is on the disk;
 * - `slow`: each write takes 300 ms longer.
 *
 * It also notes in `<data-dir>.synced` how many bytes of each log, ours and LevelDB's, and of each file of large records have been
 * synced, so that a power cut can take the others away: SIGKILL alone loses nothing that was written. The note is made before the member hears that its
 * write has been synced. Members write one batch after the other, so nothing unsynced is counted with it.
 */
import fs, {
  existsSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire, syncBuiltinESMExports } from 'node:module';
import { basename, join } from 'node:path';

const requireFrom = createRequire(import.meta.resolve('level'));
const { ChainedBatch } = requireFrom('classic-level/chained-batch.js');
const dataDir = process.argv.find((argument) => argument.startsWith('--data-dir='))?.slice(11);
const file = `${dataDir}.disk`;
const syncedFile = `${dataDir}.synced`;
const folder = join(dataDir ?? '', 'member');
/** What LevelDB's batches are written by; abstract-level's classes mark such methods by their names. */
const method = '_write';
const write = ChainedBatch.prototype[method];
let synced = existsSync(syncedFile) ? JSON.parse(readFileSync(syncedFile, 'utf8')) : {};

function failure() {
  return Object.assign(new Error('IO error: Input/output error'), { code: 'LEVEL_IO_ERROR' });
}

/** A sync reaches the newest log only: where LevelDB has begun a new one, the end of the former may still be lost. */
function noteSynced() {
  const logs = readdirSync(folder)
    .filter((name) => name.endsWith('.log'))
    .toSorted((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10));
  const newest = logs.at(-1);
  if (newest === undefined) return;
  note(newest, statSync(join(folder, newest)).size);
}

function note(name, bytes) {
  const names = new Set(readdirSync(folder));
  const others = Object.entries(synced).filter(([known]) => names.has(known));
  synced = { ...Object.fromEntries(others), [name]: bytes };
  writeFileSync(`${syncedFile}.new`, JSON.stringify(synced));
  renameSync(`${syncedFile}.new`, syncedFile);
}

/** Whoever takes the file away may do so just now. */
function currentMode() {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return '';
  }
}

ChainedBatch.prototype[method] = async function writeOrFail(options) {
  const mode = currentMode();
  if (mode === 'refuse') throw failure();
  if (mode === 'slow') await new Promise((resolve) => setTimeout(resolve, 300));
  const result = await write.call(this, options);
  if (mode === 'lie') throw failure();
  if (options.sync === true) noteSynced();
  return result;
};

// Our own log: one `writev` for each record, whose first part is the record. The file is opened such that a write ends when
// it is on the disk (O_DSYNC).
const { fdatasync, writev } = fs;

function ioError() {
  return Object.assign(new Error('EIO: Input/output error, write'), { code: 'EIO' });
}

/** The kernel's description of an open file. */
function isWrittenThrough(descriptor) {
  const info = readFileSync(`/proc/self/fdinfo/${descriptor}`, 'utf8');
  const flags = Number.parseInt(/^flags:\s*(\d+)/m.exec(info)?.[1] ?? '0', 8);
  return (flags & fs.constants.O_DSYNC) !== 0;
}

fs.writev = function writevOrFail(descriptor, parts, position, done) {
  const mode = currentMode();
  if (mode === 'refuse') {
    setImmediate(() => done(ioError()));
    return;
  }
  const writeNow = () => {
    writev(descriptor, parts, position, (error, written) => {
      if (error !== null) return done(error, written);
      if (currentMode() === 'lie') return done(ioError());
      if (isWrittenThrough(descriptor)) {
        const end = position + Math.min(written, parts[0].length);
        note(basename(readlinkSync(`/proc/self/fd/${descriptor}`)), end);
      }
      return done(null, written);
    });
  };
  if (mode === 'slow') setTimeout(writeNow, 300);
  else writeNow();
};

// Files of large records are synced by a call of its own.
fs.fdatasync = function fdatasyncOrFail(descriptor, done) {
  const mode = currentMode();
  if (mode === 'refuse') {
    setImmediate(() => done(ioError()));
    return;
  }
  // What is written from now on may not be covered.
  const { size } = fs.fstatSync(descriptor);
  const syncNow = () => {
    fdatasync(descriptor, (error) => {
      if (error !== null) return done(error);
      if (currentMode() === 'lie') return done(ioError());
      note(basename(readlinkSync(`/proc/self/fd/${descriptor}`)), size);
      return done(null);
    });
  };
  if (mode === 'slow') setTimeout(syncNow, 300);
  else syncNow();
};
syncBuiltinESMExports();
