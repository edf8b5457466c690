/**
 * TLS of a member: the files with keys, certificates, authorities and revoked certificates of one side (its clients, its
 * peers), which are read again when they change; the server's side of handshakes with its time limit and checks; and options
 * for connections to others. On the TLS of Node.js (docs/decisions/0049). It opens and accepts no connections itself, and
 * knows no flags: `server` makes a `TlsSide` of them.
 */
export { failureTextOf, notTls } from './failure-text.ts';
export { openTls } from './material.ts';
export type { TlsMaterial, TlsOutside } from './material.ts';
export type { Resolver } from './peer-certificate.ts';
export { createSecureServer } from './secure-server.ts';
export type { SecureServer, SecureServerOptions, TakeSecure } from './secure-server.ts';
export { selfSignedPair } from './self-signed.ts';
export type { SelfSignedOptions } from './self-signed.ts';
export { flagOf, requiresCertificates } from './side.ts';
export type { TlsSide, TlsVersion } from './side.ts';
