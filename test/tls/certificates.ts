/** Certificates for tests: a small authority, and what it issues. */
// The library needs it to be there.
// oxlint-disable-next-line import/no-unassigned-import
import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
  X509CrlGenerator,
} from '@peculiar/x509';
import type { Extension, X509Certificate } from '@peculiar/x509';

const dayMs = 86_400_000;
const exponent: Uint8Array<ArrayBuffer> = Uint8Array.of(1, 0, 1);
const algorithms = {
  ec: { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' },
  rsa: {
    name: 'RSASSA-PKCS1-v1_5',
    modulusLength: 2048,
    publicExponent: exponent,
    hash: 'SHA-256',
  },
} as const;

/** A certificate and its key, as PEM. */
export interface Issued {
  readonly cert: string;
  readonly key: string;
  /** Hexadecimal. */
  readonly serial: string;
}

export interface LeafOptions {
  readonly commonName?: string;
  /** Names and addresses of hosts. */
  readonly names?: readonly string[];
  readonly usages?: readonly ('server' | 'client')[];
  /** From now on, in days; negative: in the past. */
  readonly validDays?: readonly [from: number, to: number];
  readonly kind?: 'ec' | 'rsa';
}

/** Authorities issue certificates, and lists of those that they have revoked. */
export interface Authority extends Issued {
  readonly issue: (options?: LeafOptions) => Promise<Issued>;
  /** A list of revoked serial numbers, as DER. */
  readonly revoke: (...serials: string[]) => Promise<Buffer>;
}

export async function createAuthority(
  commonName = 'test authority',
  validDays: readonly [from: number, to: number] = [-1, 60],
): Promise<Authority> {
  const keys = await newKeys('ec');
  const certificate = await X509CertificateGenerator.createSelfSigned({
    ...periodOf(validDays),
    name: `CN=${commonName}`,
    serialNumber: newSerial(),
    keys,
    signingAlgorithm: algorithms.ec,
    extensions: [
      new BasicConstraintsExtension(true, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
    ],
  });
  return {
    ...(await issued(certificate, keys)),
    issue: (options = {}) => issue(certificate, keys, options),
    revoke: async (...serials) => {
      const list = await X509CrlGenerator.create({
        issuer: certificate.subject,
        thisUpdate: new Date(),
        nextUpdate: new Date(Date.now() + dayMs),
        signingKey: keys.privateKey,
        signingAlgorithm: algorithms.ec,
        entries: serials.map((serialNumber) => ({ serialNumber, revocationDate: new Date() })),
      });
      return Buffer.from(list.rawData);
    },
  };
}

/** Writes a certificate and its key as files, and returns their paths. */
export function writePair(
  folder: string,
  name: string,
  { cert, key }: Pick<Issued, 'cert' | 'key'>,
): { readonly certFile: string; readonly keyFile: string } {
  mkdirSync(folder, { recursive: true });
  const certFile = join(folder, `${name}.crt`);
  const keyFile = join(folder, `${name}.key`);
  writeFileSync(certFile, cert);
  writeFileSync(keyFile, key, { mode: 0o600 });
  return { certFile, keyFile };
}

async function issue(
  authority: X509Certificate,
  authorityKeys: CryptoKeyPair,
  {
    commonName = 'leaf',
    names = [],
    usages = ['server', 'client'],
    validDays = [-1, 60],
    kind = 'ec',
  }: LeafOptions,
): Promise<Issued> {
  const keys = await newKeys(kind);
  const extensions: Extension[] = [
    new BasicConstraintsExtension(false),
    new KeyUsagesExtension(KeyUsageFlags.digitalSignature | KeyUsageFlags.keyEncipherment),
    new ExtendedKeyUsageExtension(
      usages.map((usage) =>
        usage === 'server' ? ExtendedKeyUsage.serverAuth : ExtendedKeyUsage.clientAuth,
      ),
    ),
  ];
  if (names.length > 0) {
    extensions.push(
      new SubjectAlternativeNameExtension(
        names.map((value) => ({ type: isIP(value) === 0 ? 'dns' : 'ip', value }) as const),
      ),
    );
  }
  const certificate = await X509CertificateGenerator.create({
    ...periodOf(validDays),
    subject: commonName === '' ? '' : `CN=${commonName}`,
    issuer: authority.subject,
    serialNumber: newSerial(),
    publicKey: keys.publicKey,
    signingKey: authorityKeys.privateKey,
    signingAlgorithm: algorithms.ec,
    extensions,
  });
  return issued(certificate, keys);
}

function newKeys(kind: 'ec' | 'rsa'): Promise<CryptoKeyPair> {
  return webcrypto.subtle.generateKey(algorithms[kind], true, ['sign', 'verify']);
}

async function issued(certificate: X509Certificate, keys: CryptoKeyPair): Promise<Issued> {
  const key = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
  return {
    cert: `${certificate.toString('pem')}\n`,
    key: `${PemConverter.encode(key, 'PRIVATE KEY')}\n`,
    serial: certificate.serialNumber,
  };
}

/** Positive, as serial numbers are. */
function newSerial(): string {
  const bytes = Buffer.from(webcrypto.getRandomValues(new Uint8Array(12)));
  bytes[0] = 0x40 | (bytes[0]! & 0x3f);
  return bytes.toString('hex');
}

function periodOf([from, to]: readonly [number, number]): { notBefore: Date; notAfter: Date } {
  const nowMs = Date.now();
  return { notBefore: new Date(nowMs + from * dayMs), notAfter: new Date(nowMs + to * dayMs) };
}
