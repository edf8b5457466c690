/**
 * Loaded into a member before its program: makes LevelDB's writes fail while a file says so. The file stands beside the
 * data directory, as `<data-dir>.disk`, and holds one word:
 *
 * - `refuse`: nothing is written, and the write fails, as with EIO from the first write of a batch;
 * - `lie`: everything is written, and the write fails, as when fsync fails: nobody knows what is on the disk;
 * - `slow`: each write takes 300 ms longer.
 */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const requireFrom = createRequire(import.meta.resolve('level'));
const { ChainedBatch } = requireFrom('classic-level/chained-batch.js');
const dataDir = process.argv.find((argument) => argument.startsWith('--data-dir='))?.slice(11);
const file = `${dataDir}.disk`;
/** What LevelDB's batches are written by; abstract-level's classes mark such methods by their names. */
const method = '_write';
const write = ChainedBatch.prototype[method];

function failure() {
  return Object.assign(new Error('IO error: Input/output error'), { code: 'LEVEL_IO_ERROR' });
}

ChainedBatch.prototype[method] = async function writeOrFail(options) {
  const mode = existsSync(file) ? readFileSync(file, 'utf8').trim() : '';
  if (mode === 'refuse') throw failure();
  if (mode === 'slow') await new Promise((resolve) => setTimeout(resolve, 300));
  const result = await write.call(this, options);
  if (mode === 'lie') throw failure();
  return result;
};
