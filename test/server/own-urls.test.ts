import { expect, test } from 'vitest';
import type { Cancel, Clock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/logger.ts';
import { defaultConfig } from '../../src/server/config.ts';
import { firstCluster } from '../../src/server/identity.ts';
import { settleOwnUrls } from '../../src/server/own-urls.ts';
import type { Lookup } from '../../src/server/own-urls.ts';

/** A clock on which every wait ends at once, and advances the time. */
function steppedClock(): Clock {
  let nowMs = 0;
  return {
    nowMs: () => nowMs,
    after: (delayMs, callback): Cancel => {
      nowMs += delayMs;
      queueMicrotask(callback);
      return () => {};
    },
    endOfTurn: queueMicrotask,
  };
}

const hosts: Readonly<Record<string, readonly string[]>> = {
  one: ['10.0.0.1'],
  alias: ['10.0.0.1'],
  two: ['10.0.0.2'],
  both: ['fd00::1', '10.0.0.1'],
};

const dns: Lookup = (host) => {
  const addresses = hosts[host.toLowerCase()] ?? (/^[\d.:a-f]+$/.test(host) ? [host] : undefined);
  return addresses === undefined
    ? Promise.reject(new Error(`getaddrinfo ENOTFOUND ${host}`))
    : Promise.resolve(addresses);
};

function settle(inCluster: readonly string[], advertised: readonly string[], lookup = dns) {
  const config = {
    ...defaultConfig,
    name: 'm',
    initialCluster: inCluster.map((peerUrl) => ({ name: 'm', peerUrl })),
    initialAdvertisePeerUrls: advertised,
  };
  return settleOwnUrls(config, { lookup, clock: steppedClock(), logger: silentLogger });
}

test.each([
  [['http://one:2380'], ['http://10.0.0.1:2380']],
  [['http://10.0.0.1:2380'], ['http://alias:2380']],
  [['http://ONE:2380'], ['http://alias:2380']],
  [['http://both:2380'], ['http://[fd00:0:0:0:0:0:0:1]:2380']],
  [
    ['http://one:2380', 'http://two:2380'],
    ['http://10.0.0.2:2380', 'http://10.0.0.1:2380'],
  ],
  [['http://[::1]:2380'], ['http://[0:0:0:0:0:0:0:1]:2380']],
])('%j and %j are the same places, and the written form stays', async (cluster, advertised) => {
  const config = await settle(cluster, advertised);
  expect(config.initialAdvertisePeerUrls).toEqual([...cluster, ...advertised]);
  expect(firstCluster(config).members[0]?.peerUrls).toEqual(cluster.toSorted());
});

test.each([
  [['http://one:2380'], ['http://10.0.0.2:2380']],
  [['http://one:2380'], ['http://10.0.0.1:2381']],
  [['http://one:2380'], ['http://one:2380', 'http://two:2380']],
  [
    ['http://one:2380', 'http://two:2380'],
    ['http://one:2380', 'http://alias:2380'],
  ],
])('%j and %j are not', async (cluster, advertised) => {
  await expect(settle(cluster, advertised)).rejects.toMatchObject({
    code: 'invalid-request',
    message: expect.stringContaining('the two have to be the same'),
  });
});

test('a name that does not resolve yet is waited for, and not for ever', async () => {
  let failures = 5;
  const late: Lookup = (host) =>
    failures-- > 0 ? Promise.reject(new Error('EAI_AGAIN')) : dns(host);
  await settle(['http://one:2380'], ['http://10.0.0.1:2380'], late);
  expect(failures).toBeLessThan(0);

  let asked = 0;
  const never: Lookup = (host) => {
    asked++;
    return Promise.reject(new Error(`getaddrinfo ENOTFOUND ${host}`));
  };
  await expect(settle(['http://one:2380'], ['http://10.0.0.1:2380'], never)).rejects.toThrow(
    /the two have to be the same \(getaddrinfo ENOTFOUND/,
  );
  expect(asked).toBeLessThan(100);
});

const silent: Lookup = () => new Promise(() => {});

test('URLs that are equal as text are not resolved', async () => {
  await settle(['http://one:2380'], ['http://one:2380'], silent);
  await settle(['http://One:2380'], ['http://one:2380'], silent);
});
