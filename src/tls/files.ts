import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { RegistryError } from '../base/errors.ts';
import { revokedSerials } from './crl.ts';
import { flagOf } from './side.ts';
import type { TlsSide } from './side.ts';

/** A certificate with its chain, and its key; PEM. */
export interface Pair {
  readonly cert: Buffer;
  readonly key: Buffer;
  readonly leaf: X509Certificate;
}

/** The content of the files of one side; all of it was checked. */
export interface TlsFiles {
  /** For connections that others open, and for those that we open. */
  readonly server: Pair;
  readonly client: Pair;
  /** Authorities; undefined: those of the system. */
  readonly ca: Buffer | undefined;
  readonly authorities: readonly X509Certificate[];
  /** Undefined: no list. */
  readonly revoked: ReadonlySet<string> | undefined;
  /** Changes with what decides who is trusted: the authorities and the list. */
  readonly trust: string;
}

/** Larger files are refused: they are read in one turn. */
const fileBytesMax = 64 << 20;

/** Reads the files of one side. Throws a `RegistryError` that names the flag and says what to do. */
export function readTlsFiles(side: TlsSide): TlsFiles {
  const server = readPair(side, 'cert-file', side.certFile, 'key-file', side.keyFile);
  const client =
    side.clientCertFile === ''
      ? server
      : readPair(
          side,
          'client-cert-file',
          side.clientCertFile,
          'client-key-file',
          side.clientKeyFile,
        );
  const ca =
    side.trustedCaFile === '' ? undefined : read(side, 'trusted-ca-file', side.trustedCaFile);
  const crl = side.crlFile === '' ? undefined : read(side, crlFlag(side), side.crlFile);
  return {
    server,
    client,
    ca,
    authorities: ca === undefined ? [] : certificatesIn(side, ca),
    revoked: crl === undefined ? undefined : serialsIn(side, crl),
    trust: [ca, crl].map((bytes) => bytes?.toString('base64') ?? '').join(),
  };
}

/** The paths that the files of one side are read from. */
export function pathsOf(side: TlsSide): readonly string[] {
  const { certFile, keyFile, clientCertFile, clientKeyFile, trustedCaFile, crlFile } = side;
  return [certFile, keyFile, clientCertFile, clientKeyFile, trustedCaFile, crlFile].filter(
    (path) => path !== '',
  );
}

/** As in etcd, the list of the peers' side has a name that does not follow from the clients'. */
function crlFlag({ name }: TlsSide): string {
  return name === 'peer' ? 'crl-file' : 'client-crl-file';
}

function read(side: TlsSide, flag: string, path: string): Buffer {
  try {
    const { size } = statSync(path);
    if (size > fileBytesMax) throw new Error(`it has more than ${fileBytesMax} bytes`);
    return readFileSync(path);
  } catch (error) {
    throw refusal(side, flag, path, error, 'give the path of a file that this process may read');
  }
}

function readPair(
  side: TlsSide,
  certFlag: string,
  certPath: string,
  keyFlag: string,
  keyPath: string,
): Pair {
  const cert = read(side, certFlag, certPath);
  const key = read(side, keyFlag, keyPath);
  const leaf = parsed(() => new X509Certificate(cert));
  if (leaf instanceof Error) {
    throw refusal(side, certFlag, certPath, leaf, 'it must begin with a certificate as PEM');
  }
  const secret = parsed(() => createPrivateKey(key));
  if (secret instanceof Error) {
    throw refusal(side, keyFlag, keyPath, secret, 'it must hold a private key as PEM, unencrypted');
  }
  if (!leaf.checkPrivateKey(secret)) {
    throw new RegistryError(
      'invalid-request',
      `the private key in ${keyPath} (${flagOf(side, keyFlag)}) is not that of the certificate in ${certPath} ` +
        `(${flagOf(side, certFlag)}): tls: private key does not match public key; give the two that were made together`,
    );
  }
  return { cert, key, leaf };
}

const pemCertificate = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;

function certificatesIn(side: TlsSide, pem: Buffer): readonly X509Certificate[] {
  const what = 'it must hold certificates of authorities as PEM';
  const found = parsed(() =>
    [...pem.toString('latin1').matchAll(pemCertificate)].map(([text]) => new X509Certificate(text)),
  );
  if (found instanceof Error) {
    throw refusal(side, 'trusted-ca-file', side.trustedCaFile, found, what);
  }
  if (found.length === 0) {
    const none = new Error('there is no certificate in it');
    throw refusal(side, 'trusted-ca-file', side.trustedCaFile, none, what);
  }
  return found;
}

function serialsIn(side: TlsSide, crl: Buffer): ReadonlySet<string> {
  const serials = parsed(() => revokedSerials(crl));
  if (!(serials instanceof Error)) return serials;
  const what = 'it must hold a list of revoked certificates (X509 CRL) as PEM or DER';
  throw refusal(side, crlFlag(side), side.crlFile, serials, what);
}

function parsed<T>(parse: () => T): T | Error {
  try {
    return parse();
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

function refusal(
  side: TlsSide,
  flag: string,
  path: string,
  cause: unknown,
  advice: string,
): RegistryError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new RegistryError(
    'invalid-request',
    `cannot use ${path} (${flagOf(side, flag)}): ${reason}; ${advice}`,
    { cause },
  );
}
