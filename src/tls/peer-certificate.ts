import type { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { serialOf } from './crl.ts';
import type { TlsSide } from './side.ts';

/** Finds the names of an address, and the addresses of a name; rejects where there are none. */
export interface Resolver {
  readonly reverse: (address: string) => Promise<readonly string[]>;
  readonly lookup: (name: string) => Promise<readonly string[]>;
}

/** The certificates that the other side has shown, its own first. */
export type Shown = readonly X509Certificate[];

/**
 * Says why the other side is not let in although its certificate was issued by a trusted authority; undefined: it is. The
 * first text is etcd's, which operators and harnesses wait for in the log.
 */
export function refusedByName(
  [leaf]: Shown,
  {
    allowedCommonNames,
    allowedHostnames,
  }: Pick<TlsSide, 'allowedCommonNames' | 'allowedHostnames'>,
): string | undefined {
  if (allowedCommonNames.length === 0 && allowedHostnames.length === 0) return undefined;
  const isAllowed =
    leaf !== undefined &&
    (allowedCommonNames.includes(commonNameOf(leaf) ?? '') ||
      allowedHostnames.some((host) => isFor(leaf, host)));
  return isAllowed ? undefined : 'client certificate authentication failed';
}

/** As in etcd, every certificate that was shown is looked up. */
export function refusedAsRevoked(
  shown: Shown,
  revoked: ReadonlySet<string> | undefined,
): string | undefined {
  const found = shown.find(({ serialNumber }) => revoked?.has(serialOf(serialNumber)));
  return found === undefined
    ? undefined
    : `transport: certificate serial ${found.serialNumber.toLowerCase()} revoked`;
}

/**
 * A certificate that names hosts or addresses must name the address that it is used from: itself, or by a name that the
 * address has in DNS, or whose addresses hold it. One that names neither may be used from anywhere.
 */
export async function refusedByAddress(
  [leaf]: Shown,
  address: string,
  resolver: Resolver,
): Promise<string | undefined> {
  if (leaf === undefined) return undefined;
  const { names, addresses } = namesIn(leaf);
  if (names.length === 0 && addresses.length === 0) return undefined;
  const plain = address.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, '');
  if (addresses.length > 0) {
    if (leaf.checkIP(plain) !== undefined) return undefined;
    if (names.length === 0) {
      return `x509: certificate is valid for ${addresses.join(', ')}, not ${plain}`;
    }
  }
  if (await hasName(plain, names, resolver)) return undefined;
  return `tls: "${plain}" does not match any of DNSNames ${JSON.stringify(names)}`;
}

/** The last one counts, as in Go. Undefined without any. */
export function commonNameOf(leaf: X509Certificate): string | undefined {
  const { CN: names }: { readonly CN?: unknown } = leaf.toLegacyObject().subject;
  const last: unknown = Array.isArray(names) ? names.at(-1) : names;
  return typeof last === 'string' ? last : undefined;
}

function isFor(leaf: X509Certificate, host: string): boolean {
  if (isIP(host) !== 0) return leaf.checkIP(host) !== undefined;
  // Common names are not names of hosts, as in Go.
  return leaf.checkHost(host, { subject: 'never' }) !== undefined;
}

/** One alternative name: its kind, and its text, which is in quotes where it could be taken for several. */
const alternativeName = /([A-Za-z ]+):("(?:[^"\\]|\\.)*"|[^,"]*)(?:, |$)/gy;

/** The alternative names of a certificate: `DNS:a.example, IP Address:10.0.0.1`. */
function namesIn({ subjectAltName = '' }: X509Certificate): {
  readonly names: readonly string[];
  readonly addresses: readonly string[];
} {
  const entries = [...subjectAltName.matchAll(alternativeName)];
  const of = (kind: string): string[] =>
    entries.flatMap(([, its, text = '']) => (its === kind ? [text] : []));
  return { names: of('DNS'), addresses: of('IP Address') };
}

async function hasName(
  address: string,
  names: readonly string[],
  { reverse, lookup }: Resolver,
): Promise<boolean> {
  const own = (await reverse(address).catch(nothing)).map((name) => name.replace(/\.$/, ''));
  const wildcards = names.filter((name) => name.startsWith('*.')).map((name) => name.slice(1));
  const plain = names.filter((name) => !name.startsWith('*.'));
  const isOwn = (name: string): boolean =>
    plain.includes(name) || wildcards.some((end) => name.endsWith(end));
  if (own.some(isOwn)) return true;
  // One after the other: a certificate with many names does not flood the resolver.
  for (const name of plain.slice(0, lookupsMax)) {
    if ((await lookup(name).catch(nothing)).includes(address)) return true;
  }
  return false;
}

const nothing = (): readonly string[] => [];

/** Names of one certificate that are looked up. */
const lookupsMax = 100;
