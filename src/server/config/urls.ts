import { isIP } from 'node:net';
import { ConfigProblem } from './problem.ts';
import type { NamedPeerUrl } from './server-config.ts';
import { unique } from './values.ts';
import type { ValueType } from './values.ts';

const scheme = /^(https?|unixs?):\/\//;
const hostAndPort = /^(\[[0-9A-Fa-f:.%]+\]|[^:[\]@]*):(\d+)$/;

/** Comma-separated URLs, each `scheme://host:port` without a path. An empty text is an empty list. */
export const urls: ValueType<readonly string[]> = {
  expects: 'URLs such as http://10.0.0.1:2379, separated by commas',
  placeholder: 'URLS',
  parse: (given) => unique(parseList(given, checkedUrl)),
};

/** As `urls`, but at least one. */
export const someUrls: ValueType<readonly string[]> = {
  ...urls,
  parse: (given) => {
    const some = urls.parse(given);
    return some?.length === 0 ? undefined : some;
  },
};

/** The first members: `a=http://10.0.0.1:2380,b=http://10.0.0.2:2380`; a name may occur more than once. */
export const namedUrls: ValueType<readonly NamedPeerUrl[]> = {
  expects: 'NAME=URL separated by commas, one for each first member',
  placeholder: 'NAME=URL,…',
  parse: (given) =>
    parseList(given, (item) => {
      const [name = '', ...rest] = item.split('=');
      const peerUrl = checkedUrl(rest.join('='));
      if (name === '') throw new ConfigProblem(`a URL without the name of its member: ${item}`, 2);
      return { name, peerUrl };
    }),
};

/**
 * Empty entries are skipped: templates leave them at the end, or where a value was missing. A refusal names the entry
 * if there are several.
 */
function parseList<T>(given: string, parse: (item: string) => T): T[] {
  const items = given
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
  return items.map((item, at) => {
    try {
      return parse(item);
    } catch (error) {
      if (!(error instanceof ConfigProblem) || items.length === 1) throw error;
      throw new ConfigProblem(`${error.message} (entry ${at + 1}, "${item}")`, error.exitCode);
    }
  });
}

/** Normalizes URLs that mean the same: capitals in names, long forms of IPv6 addresses. Names are not resolved. */
export function canonicalUrl(url: string): string {
  if (url.startsWith('unix') || !URL.canParse(url)) return url;
  const { protocol, hostname, port } = new URL(url);
  return `${protocol}//${hostname}:${port === '' ? (protocol === 'https:' ? 443 : 80) : port}`;
}

export function asksForTls(url: string): boolean {
  return url.startsWith('https://') || url.startsWith('unixs://');
}

/** A URL to listen on must have an address: a name might resolve to another machine, or to several addresses. */
export function checkBindUrls(listen: readonly string[]): void {
  for (const url of listen) {
    const host = hostOf(url);
    if (host === undefined || host === 'localhost' || isIP(host) !== 0) continue;
    throw new ConfigProblem(`expected IP in URL for binding (${url})`);
  }
}

/** A URL to advertise must have a host. */
export function checkAdvertisedUrls(
  flag: string,
  advertised: readonly string[],
  format: string,
): void {
  for (const url of advertised) {
    if (hostOf(url) !== '') continue;
    throw new ConfigProblem(
      `${flag} "${advertised.join(',')}" must be ${format} (unexpected empty host (${url}))`,
    );
  }
}

/** Undefined for a socket in the file system. */
export function hostOf(url: string): string | undefined {
  if (url.startsWith('unix')) return undefined;
  const [, host = ''] = hostAndPort.exec(url.replace(scheme, '')) ?? [];
  return host.replace(/^\[(.*)\]$/, '$1');
}

function checkedUrl(given: string): string {
  // Schemes are case-insensitive (RFC 3986, section 3.1).
  const url = given.replace(/^[A-Za-z]+(?=:\/\/)/, (word) => word.toLowerCase());
  if (!scheme.test(url)) {
    throw new ConfigProblem(`URL scheme must be http, https, unix, or unixs: ${url}`, 2);
  }
  if (url.startsWith('unix')) return url;
  const [authority = '', ...path] = url.replace(scheme, '').split('/');
  const [, , port = ''] = hostAndPort.exec(authority) ?? [];
  if (port === '') {
    throw new ConfigProblem(`URL address does not have the form "host:port": ${url}`, 2);
  }
  if (Number(port) > 65_535) throw new ConfigProblem(`the port is above 65535: ${url}`, 2);
  if (path.length > 0) throw new ConfigProblem(`URL must not contain a path: ${url}`, 2);
  return url;
}
