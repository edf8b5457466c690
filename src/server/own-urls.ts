import { lookup } from 'node:dns/promises';
import type { Clock } from '../base/clock.ts';
import { RegistryError } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { ServerConfig } from './config.ts';
import { canonicalUrl, differentOwnUrls, hostOf, ownUrlsIn } from './config.ts';

/** Resolves a host to its addresses; rejects if there are none. */
export type Lookup = (host: string) => Promise<readonly string[]>;

export const systemLookup: Lookup = async (host) =>
  (await lookup(host, { all: true })).map(({ address }) => address);

/** Time limit for names to resolve: where machines start together, DNS may be the last to be up. */
const patienceMs = 30_000;
const pauseMs = 1000;

/**
 * `--initial-cluster` and `--initial-advertise-peer-urls` must agree about this member, but one may give a name and
 * the other an address. The returned configuration has both forms; all members compute ids from the form in
 * `--initial-cluster`. Rejects if they resolve to different places, or not at all.
 */
export async function settleOwnUrls(
  config: ServerConfig,
  { lookup: find, clock, logger }: { lookup: Lookup; clock: Clock; logger: Logger },
): Promise<ServerConfig> {
  const own = ownUrlsIn(config);
  const advertised = config.initialAdvertisePeerUrls;
  // Refused elsewhere, with what to add.
  if (own.length === 0) return config;
  const both = { ...config, initialAdvertisePeerUrls: [...new Set([...own, ...advertised])] };
  const endMs = clock.nowMs() + patienceMs;
  for (let toldProblem = ''; ;) {
    try {
      if (await lead(own, advertised, find)) return both;
      throw new RegistryError('invalid-request', differentOwnUrls(config));
    } catch (error) {
      if (error instanceof RegistryError) throw error;
      const problem = error instanceof Error ? error.message : String(error);
      if (clock.nowMs() >= endMs) {
        throw new RegistryError('invalid-request', `${differentOwnUrls(config)} (${problem})`);
      }
      if (problem !== toldProblem) {
        logger.warn('waiting for a host name of this member to resolve', {
          own,
          advertised,
          problem,
        });
      }
      toldProblem = problem;
      await new Promise<void>((resolve) => clock.after(pauseMs, resolve));
    }
  }
}

/** True if each URL of one list resolves to the same as one of the other. */
async function lead(
  some: readonly string[],
  others: readonly string[],
  find: Lookup,
): Promise<boolean> {
  if (some.map(canonicalUrl).toSorted().join() === others.map(canonicalUrl).toSorted().join()) {
    return true;
  }
  const places = (urls: readonly string[]) => Promise.all(urls.map((url) => placesOf(url, find)));
  const [left, right] = [await places(some), await places(others)];
  return left.every((one) => meets(one, right)) && right.every((one) => meets(one, left));
}

function meets(one: readonly string[], all: readonly (readonly string[])[]): boolean {
  return all.some((other) => other.some((place) => one.includes(place)));
}

/** "http://name:2380" -> the same URL with each address of the name. */
async function placesOf(url: string, find: Lookup): Promise<readonly string[]> {
  const host = hostOf(url);
  if (host === undefined) return [url];
  const port = /:(\d+)$/.exec(url)?.[1] ?? '';
  const scheme = url.slice(0, url.indexOf('://'));
  const addresses = await find(host);
  return addresses.map((address) =>
    canonicalUrl(`${scheme}://${address.includes(':') ? `[${address}]` : address}:${port}`),
  );
}
