import { createSocket } from 'node:dgram';
import { connect } from 'node:net';
import { nothingToCancel } from '../../base/clock.ts';
import type { Cancel, Clock } from '../../base/clock.ts';
import type { MessageTransport } from './messages.ts';

/** A message to another server, which responds with one. */
export interface Exchange {
  readonly host: string;
  readonly port: number;
  readonly transport: MessageTransport;
  readonly message: Buffer;
  /** Over UDP anybody may send something that looks like a response. */
  readonly isResponse: (message: Buffer) => boolean;
  readonly timeoutMs: number;
  readonly clock: Clock;
}

/** Of one response over TCP, with its length. */
const responseBytesMax = 2 + 65_535;

/**
 * Sends a message from a socket of its own, whose port the system chooses at random, and resolves with the response. Rejects
 * when none comes in time. Either way the socket is closed then.
 */
export function exchangeMessages(exchange: Exchange): Promise<Buffer> {
  return exchange.transport === 'udp' ? overUdp(exchange) : overTcp(exchange);
}

function overUdp({ host, port, message, isResponse, ...time }: Exchange): Promise<Buffer> {
  const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
  return settled(
    time,
    () => socket.close(),
    (resolve, reject) => {
      socket.on('error', reject);
      socket.on('message', (response) => {
        if (isResponse(response)) resolve(response);
      });
      // A connected socket gets datagrams of this server only, and hears when nothing listens there.
      socket.connect(port, host, () => socket.send(message));
    },
  );
}

function overTcp({ host, port, message, isResponse, ...time }: Exchange): Promise<Buffer> {
  const socket = connect({ host, port, noDelay: true });
  return settled(
    time,
    () => socket.destroy(),
    (resolve, reject) => {
      let bytes = Buffer.alloc(0);
      socket.on('error', reject);
      socket.on('close', () =>
        reject(new Error('the connection was closed before a response came')),
      );
      socket.on('data', (piece: Buffer) => {
        bytes = Buffer.concat([bytes, piece]);
        if (bytes.length < 2 || bytes.length < 2 + bytes.readUInt16BE(0)) {
          if (bytes.length > responseBytesMax) reject(new Error('the response is too long'));
          return;
        }
        const response = bytes.subarray(2, 2 + bytes.readUInt16BE(0));
        if (isResponse(response)) resolve(response);
        else reject(new Error('what came is no response'));
      });
      const length = Buffer.allocUnsafe(2);
      length.writeUInt16BE(message.length);
      socket.write(Buffer.concat([length, message]));
    },
  );
}

async function settled(
  { clock, timeoutMs }: Pick<Exchange, 'clock' | 'timeoutMs'>,
  close: () => void,
  begin: (resolve: (response: Buffer) => void, reject: (error: Error) => void) => void,
): Promise<Buffer> {
  let cancel: Cancel = nothingToCancel;
  try {
    return await new Promise<Buffer>((resolve, reject) => {
      cancel = clock.after(timeoutMs, () =>
        reject(new Error(`no response within ${timeoutMs} ms`)),
      );
      begin(resolve, reject);
    });
  } finally {
    cancel();
    close();
  }
}
