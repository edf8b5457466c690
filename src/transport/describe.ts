import type { Clock } from '../base/clock.ts';
import { RegistryError } from '../base/errors.ts';
import { statusCodes } from '../http2/index.ts';
import { decodeValue } from './codec.ts';
import type { PeerEncryption } from './dial.ts';
import { PeerCall } from './peer-call.ts';
import { peerPaths } from './service.ts';

export interface DescribeOptions {
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly encryption?: PeerEncryption | undefined;
}

/** Of a caller that is no member yet. */
const nobody = { clusterId: '', from: '', to: '', urls: [] };

/**
 * Asks the peer at this URL for the members of its cluster. Rejects with a text that names the URL if it does not
 * answer in time.
 */
export async function describeCluster(url: string, options: DescribeOptions): Promise<unknown> {
  try {
    return decodeValue(await answerOf(url, options));
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    throw new RegistryError('invalid-request', `${url}: ${problem}`, { cause: error });
  }
}

function answerOf(url: string, { timeoutMs, clock, encryption }: DescribeOptions): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let answer: Buffer | undefined;
    const call = new PeerCall({
      url,
      path: peerPaths.describe,
      handshake: nobody,
      clock,
      encryption,
      listener: {
        message: (bytes) => (answer = bytes),
        drained: () => {},
        ended: ({ code, text }) => {
          cancelTimeout();
          if (code === statusCodes.ok && answer !== undefined) resolve(answer);
          else reject(new Error(text === '' ? 'no answer' : text));
        },
      },
    });
    const cancelTimeout = clock.after(timeoutMs, () => {
      call.cancel();
      reject(new Error(`no answer within ${timeoutMs} ms`));
    });
    call.send([]);
    call.finish();
  });
}
