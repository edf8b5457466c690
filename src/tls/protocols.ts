import { suitesOfTls12, suitesOfTls13 } from '../base/cipher-suites.ts';
import type { TlsSide, TlsVersion } from './side.ts';

/** Served by default in TLS 1.2: those with authenticated encryption. */
const defaults12 = [...suitesOfTls12.keys()].filter((name) => !name.includes('_CBC_'));

/** Suites and versions as `node:tls` takes them. */
export function protocolOptions({
  cipherSuites,
  minVersion,
  maxVersion,
}: Pick<TlsSide, 'cipherSuites' | 'minVersion' | 'maxVersion'>): {
  readonly ciphers: string;
  readonly minVersion: 'TLSv1.2' | 'TLSv1.3';
  readonly maxVersion: 'TLSv1.2' | 'TLSv1.3';
} {
  const chosen12 = (cipherSuites.length === 0 ? defaults12 : cipherSuites).flatMap(
    (name) => suitesOfTls12.get(name) ?? [],
  );
  return {
    // Those of TLS 1.3 cannot be chosen, as in Go.
    ciphers: [...suitesOfTls13, ...new Set(chosen12)].join(':'),
    minVersion: nodeVersion(minVersion === '' ? 'TLS1.2' : minVersion),
    maxVersion: nodeVersion(maxVersion === '' ? 'TLS1.3' : maxVersion),
  };
}

function nodeVersion(version: TlsVersion): 'TLSv1.2' | 'TLSv1.3' {
  return version === 'TLS1.2' ? 'TLSv1.2' : 'TLSv1.3';
}
