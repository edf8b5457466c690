import { failureTextOf, notTls } from '../tls/index.ts';

/** Why a call failed, and what to do about it if TLS may be the reason. */
export function explained(
  problem: string,
  {
    isEncrypted,
    hasHeard,
  }: {
    readonly isEncrypted: boolean;
    /** Something came from the other side, after the handshake if there was one. */
    readonly hasHeard: boolean;
  },
): string {
  const isSilent = !hasHeard && closed.test(problem);
  if (isEncrypted) {
    const text = failureTextOf(problem);
    if (text === notTls) return `${notTls}; ${otherIsPlain}`;
    return isSilent ? `${text} ${refusedCertificate}` : text;
  }
  return isSilent ? `${problem} without an answer; ${otherIsEncrypted}` : problem;
}

/** A member answers at once, so one that closes the connection before does not want it. */
const closed = /^the (?:other side closed the connection|connection was closed)$|ECONNRESET/;

const otherIsPlain =
  'the other member speaks plain text: use http:// in its peer URLs, or restart it with --peer-cert-file and https:// URLs';
const refusedCertificate =
  'right after the handshake, as members do that do not accept a certificate (remote error: tls: bad certificate); look at its log';
const otherIsEncrypted =
  'if it expects TLS, use https:// in its peer URLs, and give this member --peer-cert-file, --peer-key-file and --peer-trusted-ca-file';
