/**
 * Loaded into a member before its program: makes LevelDB's writes fail while a file says so. The file stands beside the
 * data directory, as `<data-dir>.disk`, and holds one word:
 *
 * - `refuse`: nothing is written, and the write fails, as with EIO from the first write of a batch;
 * - `lie`: everything is written, and the write fails, as when fsync fails: nobody knows what is on the disk;
 * - `slow`: each write takes 300 ms longer.
 *
 * It also notes in `<data-dir>.synced` how many bytes of each of LevelDB's logs have been synced, so that a power cut can
 * take the others away: SIGKILL alone loses nothing that was written. The note is made before the member hears that its
 * write has been synced. Members write one batch after the other, so nothing unsynced is counted with it.
 */
import {
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

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
  const known = logs.filter((name) => name in synced).map((name) => [name, synced[name]]);
  synced = { ...Object.fromEntries(known), [newest]: statSync(join(folder, newest)).size };
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
