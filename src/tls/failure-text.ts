/**
 * OpenSSL's text about a handshake in the words of Go, which operators of etcd and their tools look for; unchanged where
 * there are none.
 */
export function failureTextOf(problem: string): string {
  const alert = /\balert ([a-z ]+?)(?::|$)/.exec(problem)?.[1];
  if (alert !== undefined) return `remote error: tls: ${goAlerts[alert] ?? alert}`;
  return isNotTls.test(problem) ? notTls : problem;
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
