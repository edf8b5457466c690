import { isIP } from 'node:net';
import { assert } from '../../base/assert.ts';
import { checkTls } from './check-tls.ts';
import { isOn } from './feature-gates.ts';
import type { Settings } from './flag.ts';
import { settingFlags } from './flags.ts';
import type { Given } from './given.ts';
import { valueOf } from './given.ts';
import { ConfigProblem } from './problem.ts';
import type { NamedPeerUrl, ServerConfig } from './server-config.ts';
import { canonicalUrl, checkAdvertisedUrls, checkBindUrls, hostOf } from './urls.ts';
import { parseDurationMs } from './duration.ts';
import { unique } from './values.ts';

/** etcd refuses a longer election timeout. */
const electionTimeoutMsMax = 50_000;

/** The defaults, overridden by what was given; later ones win. */
export function settingsOf(given: readonly Given[]): Settings {
  const values: Record<string, unknown> = {};
  for (const { field, type, default: byDefault } of settingFlags()) {
    values[field] = type.parse(byDefault);
  }
  for (const one of given) {
    const value = valueOf(one);
    // As with etcd, an empty list of URLs counts as unset.
    if (Array.isArray(value) && value.length === 0 && one.flag.type.placeholder === 'URLS')
      continue;
    if ('field' in one.flag) values[one.flag.field] = value;
  }
  assert(hasEverySetting(values), 'a setting without a flag');
  return values;
}

/** The table of flags ensures that each value has its field's type. */
function hasEverySetting(
  values: Record<string, unknown>,
): values is Record<string, unknown> & Settings {
  return settingFlags().every(({ field }) => values[field] !== undefined);
}

/** Derives settings from each other; refuses settings that contradict each other. */
export function resolve(settings: Settings): ServerConfig {
  const { dataDir, autoCompactionRetention, listenClientHttpUrls, featureGates, ...rest } =
    settings;
  const config: ServerConfig = {
    ...rest,
    dataDir: dataDir === '' ? `${settings.name}.rollcall` : dataDir,
    listenClientUrls: unique([...settings.listenClientUrls, ...listenClientHttpUrls]),
    initialCluster:
      settings.initialCluster.length > 0
        ? settings.initialCluster
        : settings.initialAdvertisePeerUrls.map((peerUrl) => ({ name: settings.name, peerUrl })),
    compactHashCheck: settings.compactHashCheck || isOn(featureGates, 'CompactHashCheck'),
    initialCorruptCheck: settings.initialCorruptCheck || isOn(featureGates, 'InitialCorruptCheck'),
    autoCompactionRetention: retentionOf(settings.autoCompactionMode, autoCompactionRetention),
  };
  checkConfig(config);
  return config;
}

/** Refuses settings that are valid each and contradict each other. */
export function checkConfig(config: ServerConfig): void {
  checkUrls(config);
  checkTls(config);
  checkTimes(config);
  if (config.name === '') throw new ConfigProblem('--name must not be empty');
}

/**
 * The first members must agree on the list of members, in which this one must be, by its name and with the URLs where
 * the others will look for it. A member with data takes it from there, and the flags may differ. URLs with host names
 * are compared at the start of the member, since they must be resolved.
 */
export function checkFirstCluster(config: ServerConfig): void {
  const { name, initialCluster, initialAdvertisePeerUrls: advertised } = config;
  const own = ownUrlsIn(config);
  if (own.length === 0) {
    throw new ConfigProblem(
      `couldn't find local name "${name}" in the initial cluster configuration ` +
        `(--initial-cluster names ${unique(initialCluster.map((member) => member.name)).join(', ')})`,
    );
  }
  const [left, right] = [own, advertised].map((urls) => urls.map(canonicalUrl).toSorted().join());
  if (left === right) return;
  const mayBeEqual =
    own.length === advertised.length && [...own, ...advertised].some((url) => isName(hostOf(url)));
  if (!mayBeEqual) throw new ConfigProblem(differentOwnUrls(config));
}

function isName(host: string | undefined): boolean {
  return host !== undefined && isIP(host) === 0;
}

/** The peer URLs of this member in `--initial-cluster`. */
export function ownUrlsIn({ name, initialCluster }: ServerConfig): readonly string[] {
  return initialCluster.filter((member) => member.name === name).map(({ peerUrl }) => peerUrl);
}

export function differentOwnUrls(config: ServerConfig): string {
  const own = ownUrlsIn(config).map((url) => `${config.name}=${url}`);
  return (
    `--initial-cluster has ${own.join(',')} but ` +
    `--initial-advertise-peer-urls has ${config.initialAdvertisePeerUrls.join(',')}: the two have to be the same`
  );
}

function checkUrls(config: ServerConfig): void {
  const peerUrls = config.initialCluster.map(({ peerUrl }) => peerUrl);
  checkBindUrls(config.listenPeerUrls);
  checkBindUrls(config.listenClientUrls);
  checkBindUrls(config.listenMetricsUrls);
  checkAdvertisedUrls(
    '--initial-advertise-peer-urls',
    config.initialAdvertisePeerUrls,
    '"host:port"',
  );
  checkAdvertisedUrls(
    '--advertise-client-urls',
    config.advertiseClientUrls,
    'in the format "host:port", "unix:/path/to/socket" or "unixs:/path/to/socket"',
  );
  if (new Set(peerUrls).size < peerUrls.length) {
    throw new ConfigProblem(
      `initial cluster ${clusterText(config.initialCluster)} has duplicate url`,
    );
  }
}

function checkTimes({ heartbeatIntervalMs, electionTimeoutMs }: ServerConfig): void {
  if (heartbeatIntervalMs === 0) {
    throw new ConfigProblem('--heartbeat-interval must be >0 (set to 0ms)');
  }
  if (electionTimeoutMs === 0) {
    throw new ConfigProblem('--election-timeout must be >0 (set to 0ms)');
  }
  if (5 * heartbeatIntervalMs > electionTimeoutMs) {
    throw new ConfigProblem(
      `--election-timeout[${electionTimeoutMs}ms] should be at least as 5 times as ` +
        `--heartbeat-interval[${heartbeatIntervalMs}ms]`,
    );
  }
  if (electionTimeoutMs > electionTimeoutMsMax) {
    throw new ConfigProblem(
      `--election-timeout[${electionTimeoutMs}ms] is too long, and should be set less than ${electionTimeoutMsMax}ms`,
    );
  }
}

/** A plain number counts hours in one mode and revisions in the other. */
function retentionOf(mode: ServerConfig['autoCompactionMode'], text: string): number {
  const plain = /^\d*$/.test(text) ? Number(text) : undefined;
  if (mode === 'revision') {
    if (plain !== undefined) return plain;
    throw new ConfigProblem(
      `invalid value "${text}" for --auto-compaction-retention: expected a number of revisions, ` +
        'because --auto-compaction-mode is revision',
    );
  }
  const ms = plain === undefined ? parseDurationMs(text) : plain * 3_600_000;
  if (ms !== undefined && ms >= 0) return ms;
  throw new ConfigProblem(
    `invalid value "${text}" for --auto-compaction-retention: expected hours or a duration such as 30m`,
  );
}

function clusterText(cluster: readonly NamedPeerUrl[]): string {
  return cluster.map(({ name, peerUrl }) => `${name}=${peerUrl}`).join(',');
}
