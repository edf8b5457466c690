/** Certificates for a cluster on this machine: an authority, a pair for its members, and one for a client. */
import { randomBytes, webcrypto, X509Certificate as Certificate } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { X509Certificate } from '@peculiar/x509';
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from '../../src/tls/x509.ts';

/** Paths of PEM files. */
export interface LocalCertificates {
  readonly ca: string;
  readonly memberCert: string;
  readonly memberKey: string;
  readonly clientCert: string;
  readonly clientKey: string;
}

export function pathsIn(folder: string): LocalCertificates {
  return {
    ca: join(folder, 'ca.crt'),
    memberCert: join(folder, 'member.crt'),
    memberKey: join(folder, 'member.key'),
    clientCert: join(folder, 'client.crt'),
    clientKey: join(folder, 'client.key'),
  };
}

const dayMs = 86_400_000;
const years = 365 * dayMs;
const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

/** Makes them in this folder, unless they are there and valid for another day. The key of the authority is not kept. */
export async function localCertificates(folder: string): Promise<LocalCertificates> {
  const paths = pathsIn(folder);
  if (Object.values(paths).every((path) => existsSync(path)) && isValid(paths.ca)) return paths;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const keys = await newKeys();
  const ca = await X509CertificateGenerator.createSelfSigned({
    ...period(),
    name: 'CN=Rollcall on this machine',
    serialNumber: newSerial(),
    keys,
    signingAlgorithm: algorithm,
    extensions: [
      new BasicConstraintsExtension(true, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
    ],
  });
  writeFileSync(paths.ca, `${ca.toString('pem')}\n`);
  const usages = ExtendedKeyUsage;
  await issue(paths.memberCert, paths.memberKey, 'CN=member', [
    usages.serverAuth,
    usages.clientAuth,
  ]);
  // The name of the user with every right, once users are on.
  await issue(paths.clientCert, paths.clientKey, 'CN=root', [usages.clientAuth]);
  return paths;

  async function issue(
    certFile: string,
    keyFile: string,
    subject: string,
    extended: readonly ExtendedKeyUsage[],
  ): Promise<void> {
    const own = await newKeys();
    const certificate = await X509CertificateGenerator.create({
      ...period(),
      subject,
      issuer: ca.subject,
      serialNumber: newSerial(),
      publicKey: own.publicKey,
      signingKey: keys.privateKey,
      signingAlgorithm: algorithm,
      extensions: [
        new BasicConstraintsExtension(false),
        new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
        new ExtendedKeyUsageExtension([...extended]),
        ...(subject === 'CN=member' ? [forThisMachine] : []),
      ],
    });
    await write(certFile, keyFile, certificate, own);
  }
}

const forThisMachine = new SubjectAlternativeNameExtension([
  { type: 'dns', value: 'localhost' },
  { type: 'ip', value: '127.0.0.1' },
  { type: 'ip', value: '::1' },
]);

async function write(
  certFile: string,
  keyFile: string,
  certificate: X509Certificate,
  { privateKey }: CryptoKeyPair,
): Promise<void> {
  const key = await webcrypto.subtle.exportKey('pkcs8', privateKey);
  writeFileSync(keyFile, `${PemConverter.encode(key, 'PRIVATE KEY')}\n`, { mode: 0o600 });
  writeFileSync(certFile, `${certificate.toString('pem')}\n`);
}

function isValid(path: string): boolean {
  const { validTo } = new Certificate(readFileSync(path));
  return Date.parse(validTo) > Date.now() + dayMs;
}

function newKeys(): Promise<CryptoKeyPair> {
  return webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
}

function period(): { notBefore: Date; notAfter: Date } {
  const nowMs = Date.now();
  return { notBefore: new Date(nowMs - dayMs), notAfter: new Date(nowMs + years) };
}

/** Positive, as serial numbers are. */
function newSerial(): string {
  return `40${randomBytes(12).toString('hex')}`;
}
