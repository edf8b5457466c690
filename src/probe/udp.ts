import { createSocket } from 'node:dgram';
import { isIP } from 'node:net';
import type { Clock } from '../base/clock.ts';
import type { Probe, ProbeResult } from '../registry/index.ts';
import { targetOf } from './dial.ts';
import { ProbeFailure, reasonOf } from './failure.ts';
import { passing, TimedOut } from './look.ts';
import type { Look } from './look.ts';

/** A refusal (ICMP) comes within a round trip. A service that does not answer our datagram would be waited for in vain. */
const silenceMs = 1000;
const datagram = Buffer.from('\n');

/** Sends one datagram. Only a refusal is a fault: whether an answer comes is up to the protocol. */
export async function probeUdp(
  { target, timeoutMs }: Extract<Probe, { kind: 'udp' }>,
  { dialer, signal }: Look,
  clock: Clock,
): Promise<ProbeResult> {
  const place = targetOf(target);
  const [address = ''] = await dialer.resolve(place, signal);
  const refusal = await refused(address, place.port, Math.min(timeoutMs, silenceMs), signal, clock);
  if (refusal === undefined) return passing(`UDP connect ${target}: Success`);
  throw new ProbeFailure(`UDP connect ${target}: ${refusal}`);
}

function refused(
  address: string,
  port: number,
  waitMs: number,
  signal: AbortSignal,
  clock: Clock,
): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = createSocket(isIP(address) === 6 ? 'udp6' : 'udp4');
    const end = (error?: unknown): void => {
      cancel();
      signal.removeEventListener('abort', onAbort);
      socket.removeAllListeners();
      // Nobody listens to what a closing socket has to say.
      socket.on('error', () => {});
      socket.close();
      resolve(error === undefined ? undefined : reasonOf(error));
    };
    const onAbort = (): void => end(signal.reason instanceof TimedOut ? undefined : signal.reason);
    const cancel = clock.after(waitMs, () => end());
    signal.addEventListener('abort', onAbort, { once: true });
    socket.on('message', () => end());
    socket.on('error', end);
    // Only a connected socket hears of refusals.
    socket.connect(port, address, () => socket.send(datagram));
  });
}
