import { once } from 'node:events';
import { createServer } from 'node:net';
import { Server, ServerCredentials, status } from '@grpc/grpc-js';
import type {
  sendUnaryData,
  ServerDuplexStream,
  ServerReadableStream,
  ServerUnaryCall,
} from '@grpc/grpc-js';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { PeerMessage, SnapshotHeader } from '../../src/replica/index.ts';
import { systemClock } from '../../src/platform/index.ts';
import { decodeBatch, encodeValue } from '../../src/transport/codec.ts';
import { describeCluster } from '../../src/transport/index.ts';
import { checkHandshake, refusalOfRemoved } from '../../src/transport/service.ts';
import { libraryMetadataOf, libraryMethods } from './library.ts';
import { encodeBatch, largeOf, questionOf, startMember } from './peers.ts';

const patience = { timeout: 10_000, interval: 5 };
const header: SnapshotHeader = {
  term: 7,
  position: { index: 9, term: 6, configuration: { voters: ['m1'], outgoing: [], learners: [] } },
};

interface Earlier {
  readonly url: string;
  readonly received: PeerMessage[];
  /** Bytes of each piece of a snapshot. */
  readonly pieces: number[];
  removes: boolean;
}

/** Member "m2" of an earlier release, whose port is gRPC's library. */
async function startEarlier(): Promise<Earlier> {
  const server = new Server({ 'grpc.max_receive_message_length': -1 });
  const member = { url: '', received: [] as PeerMessage[], pieces: [] as number[], removes: false };
  const identity = { clusterId: 'c1', id: 'm2' };
  server.addService(libraryMethods, {
    Stream: (call: ServerDuplexStream<Buffer, Buffer>) => {
      call.on('error', () => {});
      const fields = Object.entries(call.metadata.getMap());
      const headers = fields.map(([name, value]) => ({ name, value: String(value) }));
      const caller = checkHandshake(headers, { ...identity, isRemoved: () => member.removes });
      if (!('from' in caller)) {
        const { metadata = [] } = refusalOfRemoved({ ...identity, from: 'm1' });
        const error = { code: caller.code, details: caller.refusal };
        call.emit('error', { ...error, metadata: libraryMetadataOf(metadata) });
        return;
      }
      call.on('data', (bytes: Buffer) => {
        const { ping, messages } = decodeBatch(bytes);
        if (ping !== 0) call.write(encodeValue(ping));
        member.received.push(...messages);
      });
      call.on('end', () => call.end());
    },
    Snapshot: (call: ServerReadableStream<Buffer, Buffer>, done: sendUnaryData<Buffer>) => {
      call.on('error', () => {});
      call.on('data', (bytes: Buffer) => member.pieces.push(bytes.length));
      call.on('end', () => {
        if (member.removes) done({ code: status.ABORTED, details: 'there is no room: 100 %' });
        else done(null, Buffer.alloc(0));
      });
    },
    Describe: (_call: ServerUnaryCall<Buffer, Buffer>, done: sendUnaryData<Buffer>) =>
      done(null, encodeValue({ id: 'm2' })),
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  onTestFinished(() => server.forceShutdown());
  return Object.assign(member, { url: `http://127.0.0.1:${port}` });
}

function bytesOf(messages: readonly PeerMessage[]): Buffer {
  return encodeBatch({ ping: 0, messages });
}

test('a member of an earlier release gets messages, large ones too, in order', async () => {
  const earlier = await startEarlier();
  const one = await startMember('m1');
  one.transport.setPeers([{ id: 'm2', urls: [earlier.url] }]);
  await vi.waitFor(() => expect(one.transport.connectedSinceMs('m2')).toBeDefined(), patience);
  const messages = [questionOf(1), largeOf(1, 100_000), largeOf(2, 3_000_000), questionOf(2)];
  for (const message of messages) one.transport.send('m2', [message]);
  await vi.waitFor(() => expect(earlier.received).toHaveLength(4), patience);
  // Comparing megabytes with `toEqual` would take longer than sending them.
  expect(bytesOf(earlier.received).equals(bytesOf(messages))).toBe(true);
});

test('a member of an earlier release takes a snapshot, or refuses it with its reason', async () => {
  const earlier = await startEarlier();
  const one = await startMember('m1');
  one.transport.setPeers([{ id: 'm2', urls: [earlier.url] }]);
  const source = {
    appliedIndex: 9,
    chunks: async function* () {
      for (let at = 0; at < 40; at++) yield Buffer.alloc(128 << 10, at);
    },
    chunkLengths: async function* () {},
    close: async () => {},
  };
  await one.transport.sendSnapshot('m2', header, source);
  expect(earlier.pieces.slice(1)).toEqual([...Array.from({ length: 40 }, () => 128 << 10), 0]);
  earlier.removes = true;
  await expect(one.transport.sendSnapshot('m2', header, source)).rejects.toThrow(
    /^there is no room: 100 %$/,
  );
});

test('a member of an earlier release says that this member was removed', async () => {
  const earlier = await startEarlier();
  earlier.removes = true;
  const one = await startMember('m1');
  one.transport.setPeers([{ id: 'm2', urls: [earlier.url] }]);
  await vi.waitFor(() => expect(one.refusedAsRemovedBy).toContain('m2'), patience);
  expect(one.log[0]).toMatchObject({
    message: 'no connection to peer',
    why: expect.stringContaining('member m1 was removed from the cluster'),
  });
});

test('a member of an earlier release describes its cluster', async () => {
  const { url } = await startEarlier();
  const options = { timeoutMs: 5000, clock: systemClock() };
  expect(await describeCluster(url, options)).toEqual({ id: 'm2' });
});

test('a port that accepts and stays silent is given up in time', async () => {
  const server = createServer((socket) => socket.on('error', () => {}).resume());
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => void server.close());
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const options = { timeoutMs: 100, clock: systemClock() };
  await expect(describeCluster(`http://127.0.0.1:${port}`, options)).rejects.toThrow(
    `http://127.0.0.1:${port}: no answer within 100 ms`,
  );
});
