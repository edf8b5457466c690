import { certificateFaults } from '../base/certificate-faults.ts';

/** A probe found out why there is no good answer. The message becomes the output of a critical result. */
export class ProbeFailure extends Error {
  override readonly name = 'ProbeFailure';
}

/** The reasons of the system, in the words that Consul's users know. */
const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connect: connection refused',
  ECONNRESET: 'read: connection reset by peer',
  EHOSTUNREACH: 'connect: no route to host',
  ENETUNREACH: 'connect: network is unreachable',
  ENETDOWN: 'connect: network is down',
  EPIPE: 'write: broken pipe',
  ETIMEDOUT: 'i/o timeout',
  EADDRNOTAVAIL: 'connect: cannot assign requested address',
  EACCES: 'connect: permission denied',
  EPERM: 'connect: operation not permitted',
  EMFILE: 'socket: too many open files',
};

const noTls = new Set([
  'ERR_SSL_WRONG_VERSION_NUMBER',
  'ERR_SSL_PACKET_LENGTH_TOO_LONG',
  'ERR_SSL_HTTP_REQUEST',
  'EPROTO',
]);

/** The reason of an error of a connection, for people. */
export function reasonOf(error: unknown): string {
  if (error instanceof ProbeFailure) return error.message;
  const { message } = asError(error);
  const code = codeOf(error);
  const fault = certificateFaults[code];
  if (fault !== undefined) return `tls: failed to verify certificate: ${fault}`;
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return `tls: failed to verify certificate: x509: ${message}`;
  }
  if (noTls.has(code)) return 'tls: first record does not look like a TLS handshake';
  return reasons[code] ?? message;
}

/** Anything that was thrown, or given as a reason, as an error. */
export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new ProbeFailure('context canceled');
}

export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
