import type { Probe, ProbeResult } from '../registry/index.ts';
import { targetOf } from './dial.ts';
import { passing } from './look.ts';
import type { Look } from './look.ts';

/** A connection, with a TLS handshake if the check says so, is all that is asked for. */
export async function probeTcp(
  { target, tls }: Extract<Probe, { kind: 'tcp' }>,
  { dialer, signal }: Look,
): Promise<ProbeResult> {
  const place = targetOf(target);
  const socket = await dialer.connect(place, signal);
  try {
    const encrypted = tls && (await dialer.encrypt(socket, place, tls, signal));
    encrypted?.destroy();
  } finally {
    socket.destroy();
  }
  return passing(`TCP connect ${target}: Success`);
}
