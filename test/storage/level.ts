import { Level } from 'level';
import type { Database } from '../../src/storage/level-directory.ts';

/** LevelDB's smallest: many tables of few records. */
const small = { writeBufferSize: 64 << 10, maxFileSize: 1 << 20 };
const encodings = { keyEncoding: 'buffer', valueEncoding: 'buffer' } as const;

type Options = ConstructorParameters<typeof Level<Buffer, Buffer>>[1];

export async function opened(folder: string, options: Options = {}): Promise<Database> {
  const level: Level<Buffer, Buffer> = new Level<Buffer, Buffer>(folder, {
    ...encodings,
    compression: false,
    ...small,
    ...options,
  });
  await level.open();
  if (!isWhole(level)) throw new Error('this is not LevelDB');
  return level;
}

function isWhole(level: Level<Buffer, Buffer>): level is Database {
  return 'compactRange' in level;
}

export async function inLevel(
  level: Database,
  from: string,
  to: string,
): Promise<(readonly [key: string, value: string])[]> {
  const range = { gte: Buffer.from(from, 'latin1'), lt: Buffer.from(to, 'latin1') };
  const entries = await level.iterator(range).all();
  return entries.map(([key, value]) => [key.toString('latin1'), value.toString('latin1')] as const);
}

/** Numbers that look random, the same ones in each run. */
export function numbersFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

export function keyAt(number: number): Buffer {
  // Some are far longer than the others, and bytes of all values occur.
  const tail = number % 50 === 0 ? 'x'.repeat(number % 400) : '';
  return Buffer.from(`s${String.fromCharCode(number % 256)}${number}${tail}`, 'latin1');
}

export async function change(level: Database, below: (bound: number) => number): Promise<void> {
  const batch = level.batch();
  for (let at = 0; at < 400; at++) {
    const key = keyAt(below(3000));
    if (below(3) === 0) batch.del(key);
    else batch.put(key, Buffer.alloc(below(below(20) === 0 ? 40_000 : 200), `${below(1000)},`));
  }
  await batch.write();
}
