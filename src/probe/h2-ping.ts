import type { Probe, ProbeResult } from '../registry/index.ts';
import { targetOf } from './dial.ts';
import { codeOf, ProbeFailure, reasonOf } from './failure.ts';
import { onConnection } from './http2.ts';
import { passing } from './look.ts';
import type { Look } from './look.ts';

/** A ping of HTTP/2 that is answered. */
export async function probeH2Ping(
  { target, tls }: Extract<Probe, { kind: 'h2ping' }>,
  look: Look,
): Promise<ProbeResult> {
  try {
    await onConnection<void>(targetOf(target), tls, look, (session, { resolve, reject }) => {
      const sent = session.ping((error) => (error === null ? resolve() : reject(error)));
      if (!sent) reject(new ProbeFailure('the connection takes no ping'));
    });
  } catch (error) {
    const why = codeOf(error) === 'ETIMEDOUT' ? 'context deadline exceeded' : reasonOf(error);
    const isDial = why.startsWith('dial ') || why.startsWith('tls: ');
    throw new ProbeFailure(
      isDial ? `Failed to dial to ${target}: ${why}` : `HTTP2 ping failed: ${why}`,
    );
  }
  return passing('HTTP2 ping was successful');
}
