import { connect } from 'node:http2';
import type { ClientHttp2Session } from 'node:http2';
import type { ProbeTls } from '../registry/index.ts';
import type { Target } from './dial.ts';
import { asError, ProbeFailure } from './failure.ts';
import type { Look } from './look.ts';

/** MiB of memory for one connection. */
const sessionMemoryMiB = 1;
const headerPairsMax = 64;

/** Opens an HTTP/2 connection for one use, and closes it. The callback settles when it has its answer. */
export async function onConnection<T>(
  target: Target,
  tls: ProbeTls | undefined,
  { dialer, signal }: Look,
  use: Use<T>,
): Promise<T> {
  const plain = await dialer.connect(target, signal);
  try {
    const socket = tls ? await dialer.encrypt(plain, target, tls, signal, ['h2']) : plain;
    const host = target.host.includes(':') ? `[${target.host}]` : target.host;
    const session = connect(`${tls ? 'https' : 'http'}://${host}:${target.port}`, {
      createConnection: () => socket,
      maxSessionMemory: sessionMemoryMiB,
      maxHeaderListPairs: headerPairsMax,
      settings: { enablePush: false },
    });
    return await settled(session, signal, use);
  } finally {
    plain.destroy();
  }
}

type Use<T> = (session: ClientHttp2Session, settle: Settle<T>) => void;

interface Settle<T> {
  readonly resolve: (value: T) => void;
  readonly reject: (error: unknown) => void;
}

function settled<T>(session: ClientHttp2Session, signal: AbortSignal, use: Use<T>): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const fail = (error: unknown): void => reject(asError(error));
    const onAbort = (): void => fail(signal.reason);
    const settle = { resolve, reject: fail };
    session.on('error', fail);
    session.on('close', () => {
      signal.removeEventListener('abort', onAbort);
      fail(new ProbeFailure('unexpected EOF'));
    });
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
    use(session, settle);
  }).finally(() => session.destroy());
}
