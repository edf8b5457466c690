import { Client, credentials, Metadata } from '@grpc/grpc-js';
import { connect } from 'node:net';
import type { SeededRandom } from '../simulation/random.ts';

const preface = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';

/** A foreign client at a peer port: random bytes, half a handshake, calls of the peer service with invalid content. */
export async function sendGarbage(port: number, random: SeededRandom): Promise<void> {
  const noise = bytes(random, random.between(1, 4096));
  await Promise.all([
    raw(port, noise),
    raw(port, Buffer.concat([Buffer.from(preface), noise])),
    raw(port, Buffer.from('GET /members HTTP/1.1\r\nHost: x\r\n\r\n')),
    raw(port, Buffer.from(preface.slice(0, random.between(1, preface.length)))),
    calls(port, random),
  ]);
}

function same(content: Buffer): Buffer {
  return content;
}

function bytes(random: SeededRandom, length: number): Buffer {
  return Buffer.from(Array.from({ length }, () => random.between(0, 255)));
}

function raw(port: number, content: Buffer): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.on('error', () => {});
    socket.on('close', () => resolve());
    socket.resume();
    socket.end(content);
    setTimeout(() => socket.destroy(), 500);
  });
}

/** Calls that look like a peer's: the right paths, a wrong or missing handshake, random content. */
async function calls(port: number, random: SeededRandom): Promise<void> {
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
  await Promise.all(
    ['Stream', 'Snapshot', 'Describe', 'Nothing'].map(
      (method) =>
        new Promise<void>((resolve) => {
          const metadata = new Metadata();
          metadata.set('protocol', '1');
          metadata.set('from', 'nobody');
          metadata.set('cluster', 'of another world');
          const call = client.makeBidiStreamRequest(
            `/rollcall.Peer/${method}`,
            same,
            same,
            metadata,
            {
              deadline: Date.now() + 500,
            },
          );
          call.on('error', () => resolve());
          call.on('end', () => resolve());
          call.resume();
          call.write(bytes(random, random.between(0, 1000)));
          call.end(bytes(random, 10));
        }),
    ),
  );
  client.close();
}
