import { createPrivateKey, randomBytes, webcrypto, X509Certificate } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { RegistryError } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';

/** A certificate that a member makes for itself. */
export interface SelfSignedOptions {
  /** The folder of `cert.pem` and `key.pem`. */
  readonly folder: string;
  /** Names and addresses that it is for. */
  readonly hosts: readonly string[];
  readonly years: number;
  readonly wallTimeMs: () => number;
  readonly logger: Logger;
}

const yearMs = 365 * 86_400_000;

/**
 * Returns the pair in a folder, and makes it first if there is none, or none that is valid for longer. Rejects with a
 * `RegistryError` if it cannot be written.
 */
export async function selfSignedPair(
  options: SelfSignedOptions,
): Promise<{ readonly certFile: string; readonly keyFile: string }> {
  const certFile = join(options.folder, 'cert.pem');
  const keyFile = join(options.folder, 'key.pem');
  if (await isUsable(certFile, keyFile, options)) return { certFile, keyFile };
  try {
    const { cert, key } = await makePair(options);
    await mkdir(options.folder, { recursive: true, mode: 0o700 });
    // The key first: whoever sees the certificate finds its key. Two that do not fit are made anew.
    await replaceFile(keyFile, key, 0o600);
    await replaceFile(certFile, cert, 0o644);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new RegistryError(
      'invalid-request',
      `cannot make a certificate in ${options.folder}: ${reason}; make that folder writable, or give a certificate`,
      { cause },
    );
  }
  return { certFile, keyFile };
}

async function isUsable(
  certFile: string,
  keyFile: string,
  { wallTimeMs, logger }: SelfSignedOptions,
): Promise<boolean> {
  try {
    const certificate = new X509Certificate(await readFile(certFile));
    const key = createPrivateKey(await readFile(keyFile));
    if (!certificate.checkPrivateKey(key)) return false;
    if (new Date(certificate.validTo).getTime() > wallTimeMs()) return true;
    logger.warn('the certificate that was made automatically has expired; making another one', {
      path: certFile,
      'not-after': certificate.validTo,
    });
    return false;
  } catch {
    // It is not there, or was not written whole.
    return false;
  }
}

/** Never half a file under this name. */
async function replaceFile(path: string, content: string, mode: number): Promise<void> {
  await writeFile(`${path}.new`, content, { mode });
  await rename(`${path}.new`, path);
}

/** The library is loaded only by members that make certificates. */
async function makePair({
  hosts,
  years,
  wallTimeMs,
  logger,
}: SelfSignedOptions): Promise<{ readonly cert: string; readonly key: string }> {
  const x509 = await import('./x509.ts');
  const notBefore = new Date(wallTimeMs());
  const notAfter = new Date(wallTimeMs() + years * yearMs);
  logger.warn('automatically generate certificates', {
    'certificate-validity-bound-not-after': notAfter.toISOString(),
    hosts,
  });
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const { serverAuth, clientAuth } = x509.ExtendedKeyUsage;
  const { digitalSignature, keyEncipherment, keyCertSign, cRLSign } = x509.KeyUsageFlags;
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: positiveSerial(),
    name: 'O=rollcall',
    notBefore,
    notAfter,
    keys,
    signingAlgorithm: algorithm,
    extensions: [
      // Its own authority: clients are given it as the one that they trust.
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(digitalSignature | keyEncipherment | keyCertSign | cRLSign, true),
      new x509.ExtendedKeyUsageExtension([serverAuth, clientAuth]),
      new x509.SubjectAlternativeNameExtension(
        hosts.map((value) => ({ type: isIP(value) === 0 ? 'dns' : 'ip', value }) as const),
      ),
    ],
  });
  const key = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
  return {
    cert: `${certificate.toString('pem')}\n`,
    key: `${x509.PemConverter.encode(key, 'PRIVATE KEY')}\n`,
  };
}

/** 16 bytes, positive (RFC 5280, section 4.1.2.2). */
function positiveSerial(): string {
  const bytes = randomBytes(16);
  bytes[0] = 0x40 | ((bytes[0] ?? 0) & 0x3f);
  return bytes.toString('hex');
}
