import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { RegistryError } from '../../src/base/errors.ts';
import { Core, createOperations, readBackup } from '../../src/operations/index.ts';
import type { BackupHeader } from '../../src/operations/index.ts';
import { operationsOf, putOf, Stage } from './stage.ts';
import { anonymous } from '../simulation/callers.ts';

let file: Buffer;
let blobs: readonly Uint8Array[];
let stage: Stage;

beforeAll(async () => {
  stage = await Stage.open({ members: 3 });
  const operations = operationsOf(stage.leader);
  for (let at = 0; at < 30; at++) {
    await stage.settled(operations.put(putOf(`k${at}`, 'v'.repeat(4000)), anonymous));
  }
  const backup = await stage.settled(operations.backup({}, anonymous));
  const collected: Uint8Array[] = [];
  for await (const blob of backup.chunks()) collected.push(Buffer.from(blob));
  blobs = collected;
  file = Buffer.concat(collected);
  expect(file).toHaveLength(backup.sizeBytes);
});

/** Reads a file in pieces of some size, as a stream of a disk gives it. */
async function read(bytes: Uint8Array, pieceBytes = 1000) {
  async function* pieces(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += pieceBytes) {
      yield bytes.subarray(at, at + pieceBytes);
    }
  }
  const parts: Uint8Array[] = [];
  let header: BackupHeader | undefined;
  for await (const part of readBackup(pieces(), createHash('sha256'))) {
    if (part instanceof Uint8Array) parts.push(part);
    else header = part;
  }
  return { header, data: Buffer.concat(parts) };
}

/** Whoever reads it is told in one sentence that it is damaged. */
async function expectDamaged(bytes: Uint8Array): Promise<void> {
  const error: unknown = await read(bytes).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(RegistryError);
  expect(error).toMatchObject({
    code: 'invalid-request',
    message: expect.stringMatching(/^this is not a whole backup of Rollcall: /),
  });
}

describe('a backup', () => {
  test('names its cluster, member and revision, and holds the data', async () => {
    const { header, data } = await read(file);
    const replica = stage.leader.replica!;
    expect(header).toEqual({
      format: 1,
      clusterId: replica.clusterId,
      memberId: replica.id,
      revision: 31,
      keys: 30,
      appliedIndex: replica.state.appliedIndex,
      term: replica.term,
    });
    for (let at = 0; at < 30; at++) expect(data.includes(`k${at}`)).toBe(true);
  });

  test('has the form that etcdctl requires: whole blocks, and their SHA-256', () => {
    expect(file.length % 512).toBe(32);
    const sum = createHash('sha256').update(file.subarray(0, -32)).digest();
    expect(file.subarray(-32).equals(sum)).toBe(true);
    expect(Math.max(...blobs.map(({ length }) => length))).toBeLessThanOrEqual(32 << 10);
  });

  test.each([1, 7, 511, 513, 1 << 20])('is the same in pieces of %i bytes', async (pieceBytes) => {
    const { data } = await read(file, pieceBytes);
    expect(data.equals((await read(file)).data)).toBe(true);
  });
});

describe('a file is refused', () => {
  test('wherever one bit of it is changed', async () => {
    const places = Array.from({ length: 400 }, (_, at) => at);
    for (let at = 400; at < file.length; at += 997) places.push(at);
    for (let at = file.length - 40; at < file.length; at++) places.push(at);
    for (const at of places) {
      const damaged = Buffer.from(file);
      damaged.writeUInt8(damaged.readUInt8(at) ^ 0x10, at);
      await expectDamaged(damaged);
    }
  });

  test('wherever it is cut off, and when something follows it', async () => {
    for (const length of [0, 1, 8, 11, 12, 100, 1000, file.length - 33, file.length - 1]) {
      await expectDamaged(file.subarray(0, length));
    }
    await expectDamaged(Buffer.concat([file, Buffer.of(0)]));
  });

  test('of a newer format, of etcd, or of any other kind', async () => {
    const headerBytes = file.readUInt32BE(8);
    const newer = file.toString('latin1', 12, 12 + headerBytes).replace('"format":1', '"format":2');
    const changed = Buffer.concat([
      file.subarray(0, 12),
      Buffer.from(newer, 'latin1'),
      file.subarray(12 + headerBytes),
    ]);
    await expect(read(changed)).rejects.toThrow('a newer release wrote it (format 2)');
    await expectDamaged(Buffer.alloc(4096, 0xed));
    await expectDamaged(Buffer.from('rollcall\0\0\0\x02{}'));
    await expectDamaged(Buffer.from('rollcall\0\0\0\x04null'));
  });
});

test('a backup that is given up releases its snapshot', async () => {
  const backup = await stage.settled(operationsOf(stage.leader).backup({}, anonymous));
  for await (const blob of backup.chunks()) {
    expect(blob.length).toBeGreaterThan(0);
    break;
  }
  const again = await stage.settled(operationsOf(stage.leader).backup({}, anonymous));
  expect(again.sizeBytes).toBe(backup.sizeBytes);
});

test('the header of a backup names the revision and the number of keys in it, whatever is written meanwhile', async () => {
  const busy = await Stage.open();
  const core = busy.coreOf(busy.leader);
  const operations = operationsOf(busy.leader);
  await busy.settled(operations.put(putOf('before'), anonymous));
  const { state } = busy.leader.replica!;
  const ahead = state.revision - state.appliedIndex;
  const over = new AbortController();
  const writer = (async () => {
    for (let at = 0; !over.signal.aborted; at++) await operations.put(putOf(`k${at}`), anonymous);
  })();
  const { store } = core.options;
  const slow = new Core({
    ...core.options,
    store: Object.create(store, {
      openSnapshot: {
        value: async () => {
          const source = await store.openSnapshot();
          await busy.scheduler.sleep(50);
          return source;
        },
      },
    }),
  });
  for (let round = 0; round < 5; round++) {
    const backup = await busy.settled(createOperations(slow).backup({}, anonymous));
    const collected: Uint8Array[] = [];
    for await (const blob of backup.chunks()) collected.push(Buffer.from(blob));
    const { header } = await read(Buffer.concat(collected));
    expect(header!.revision - header!.appliedIndex).toBe(ahead);
    expect(header!.keys).toBe(header!.revision - 1);
    expect(state.revision).toBeGreaterThan(header!.revision);
  }
  over.abort();
  await busy.settled(writer);
});

test.each(['measuring', 'opening'])(
  'a backup that fails while %s it lets go of its snapshot',
  async (when) => {
    const core = stage.coreOf(stage.leader);
    let closed = 0;
    const store = Object.create(core.options.store, {
      openSnapshot: {
        value: async () => ({
          appliedIndex: when === 'opening' ? -1 : stage.leader.replica!.flushedIndex,
          // oxlint-disable-next-line require-yield
          async *chunkLengths(): AsyncGenerator<number> {
            throw new Error('the disk failed');
          },
          close: async () => {
            closed++;
          },
        }),
      },
    });
    const refusal = await stage.refusal(
      createOperations(new Core({ ...core.options, store })).backup({}, anonymous),
    );
    expect(refusal).toBeInstanceOf(Error);
    expect(closed).toBe(1);
  },
);
