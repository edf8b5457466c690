import { certificateFaults } from '../base/certificate-faults.ts';

/**
 * OpenSSL's text about a handshake in the words of Go, which operators of etcd and their tools look for; of other failures
 * the reason alone, without numbers and places in its source.
 */
export function failureTextOf(problem: string): string {
  const alert = /\balert ([a-z ]+?)(?::|$)/.exec(problem)?.[1];
  if (alert !== undefined) return `remote error: tls: ${goAlerts[alert] ?? alert}`;
  if (isNotTls.test(problem)) return notTls;
  const reason = /:SSL routines:[^:]*:([^:]+)/.exec(problem)?.[1];
  return reason === undefined ? problem : `tls: ${goReasons[reason] ?? reason}`;
}

/** Why a certificate is not trusted, by the code of OpenSSL, which stands behind Go's words: it says more. */
export function distrustTextOf(code: string): string {
  const fault = certificateFaults[code];
  return `tls: failed to verify certificate: ${fault === undefined ? code : `${fault} (${code})`}`;
}

/** The other side sent a request of HTTP, without TLS. */
export function isPlainHttp(problem: string): boolean {
  return problem.includes('http request');
}

/**
 * Why the other side closed the connection before the handshake was over. One that runs on Node.js sends no alert when it
 * does not accept our certificate; it closes the connection once it has seen it.
 */
export function hangUpTextOf({ sawCertificate }: { readonly sawCertificate: boolean }): string {
  return sawCertificate
    ? 'the other side closed the connection when it had seen the certificate, as it does when it does not accept it (remote error: tls: bad certificate); look at its log'
    : 'EOF';
}

/** The other side sent something else than TLS. */
export const notTls = 'tls: first record does not look like a TLS handshake';

/** OpenSSL's errors for bytes that are no record of TLS. */
const isNotTls = /wrong version number|packet length too long|http request|https proxy request/;

/** Alerts whose names in Go are others than in OpenSSL. */
const goAlerts: Readonly<Record<string, string>> = {
  'unknown ca': 'unknown certificate authority',
  'certificate expired': 'expired certificate',
  'certificate revoked': 'revoked certificate',
  'certificate unknown': 'unknown certificate',
  'protocol version': 'protocol version not supported',
};

/** Reasons that this side finds. */
const goReasons: Readonly<Record<string, string>> = {
  'unsupported protocol': 'client offered only unsupported versions',
  'no shared cipher': 'no cipher suite supported by both client and server',
  'no suitable key share': 'no key exchanges supported by both client and server',
  'no suitable groups': 'no key exchanges supported by both client and server',
  'peer did not return a certificate': "client didn't provide a certificate",
  'no application protocol': 'client requested unsupported application protocols',
};
