import { lookup, reverse } from 'node:dns/promises';
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import type { Clock } from '../base/clock.ts';
import { RegistryError } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { Metrics } from '../base/metrics.ts';
import { wallTimeMs } from '../platform/index.ts';
import { createSecureServer, openTls, selfSignedPair } from '../tls/index.ts';
import type { Resolver, SecureServer, TlsMaterial, TlsSide } from '../tls/index.ts';
import { hostOf } from './config.ts';
import type { ServerConfig } from './config.ts';

/** The names of peers' certificates are compared with what the system's resolver says. */
const systemResolver: Resolver = {
  reverse,
  lookup: async (name) => (await lookup(name, { all: true })).map(({ address }) => address),
};

export interface TlsParts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** Encryption of one side: its certificates, and the handshakes of all its ports. */
export interface SideTls {
  readonly material: TlsMaterial;
  readonly handshakes: SecureServer;
  close(): void;
}

/** Undefined without certificates. Rejects with a `RegistryError` that says what to do if they cannot be used. */
export async function openClientTls(
  given: ServerConfig,
  parts: TlsParts,
): Promise<SideTls | undefined> {
  const config = await withClientPair(given, parts.logger);
  if (config.certFile === '' || config.keyFile === '') return undefined;
  return openSide(clientSideOf(config), ['h2', 'http/1.1'], parts);
}

/**
 * Undefined without certificates. With them, also a member whose own URLs are http:// reaches peers at https:// URLs: so a
 * cluster goes over to TLS member by member.
 */
export async function openPeerTls(
  given: ServerConfig,
  parts: TlsParts,
): Promise<SideTls | undefined> {
  const config = await withPeerPair(given, parts.logger);
  if (config.peerCertFile === '' || config.peerKeyFile === '') return undefined;
  return openSide(peerSideOf(config), ['h2'], parts);
}

function openSide(side: TlsSide, protocols: readonly string[], parts: TlsParts): SideTls {
  const material = openTls(side, { ...parts, wallTimeMs });
  const handshakes = createSecureServer(material, {
    protocols,
    resolver: systemResolver,
  });
  return {
    material,
    handshakes,
    close: () => {
      handshakes.close();
      material.close();
    },
  };
}

/** With the pair of `--auto-tls`, where etcd keeps it, unless one was given. */
async function withClientPair(config: ServerConfig, logger: Logger): Promise<ServerConfig> {
  // With a pair that was given, certificates are verified as ever.
  if (!config.autoTls || config.certFile !== '') return { ...config, autoTls: false };
  const urls = [...config.listenClientUrls, ...config.advertiseClientUrls];
  return { ...config, ...(await selfSigned(config, 'client', urls, logger)) };
}

/** The same of `--peer-auto-tls`. */
async function withPeerPair(config: ServerConfig, logger: Logger): Promise<ServerConfig> {
  if (!config.peerAutoTls || config.peerCertFile !== '') return { ...config, peerAutoTls: false };
  const urls = [...config.listenPeerUrls, ...config.initialAdvertisePeerUrls];
  const { certFile, keyFile } = await selfSigned(config, 'peer', urls, logger);
  return { ...config, peerCertFile: certFile, peerKeyFile: keyFile };
}

function selfSigned(
  { dataDir, selfSignedCertValidity }: ServerConfig,
  side: 'client' | 'peer',
  urls: readonly string[],
  logger: Logger,
): Promise<{ readonly certFile: string; readonly keyFile: string }> {
  if (dataDir === undefined) {
    throw new RegistryError(
      'invalid-request',
      'a certificate that is made automatically needs a data directory to be kept in; give one, or a certificate',
    );
  }
  return selfSignedPair({
    folder: resolve(dataDir, 'fixtures', side),
    hosts: hostsOf(urls),
    years: selfSignedCertValidity,
    wallTimeMs,
    logger,
  });
}

/** Names and addresses in URLs; of one that listens everywhere, this machine's own as well. */
function hostsOf(urls: readonly string[]): readonly string[] {
  const hosts = urls.flatMap((url) => hostOf(url) ?? []).filter((host) => host !== '');
  const isEverywhere = hosts.some((host) => host === '0.0.0.0' || host === '::');
  const own = isEverywhere ? [hostname(), 'localhost', '127.0.0.1', '::1'] : [];
  // A socket of the file system has no host; clients of it name this one.
  return [...new Set([...hosts, ...own, ...(hosts.length === 0 ? ['localhost'] : [])])];
}

/** The settings of TLS with clients. */
export function clientSideOf(config: ServerConfig): TlsSide {
  return {
    name: 'client',
    certFile: config.certFile,
    keyFile: config.keyFile,
    clientCertFile: config.clientCertFile,
    clientKeyFile: config.clientKeyFile,
    trustedCaFile: config.trustedCaFile,
    clientCertAuth: config.clientCertAuth,
    crlFile: config.clientCrlFile,
    allowedCommonNames: [],
    allowedHostnames: config.clientCertAllowedHostnames,
    checksAddresses: false,
    cipherSuites: config.cipherSuites,
    minVersion: config.tlsMinVersion,
    maxVersion: config.tlsMaxVersion,
    isSelfSigned: config.autoTls,
  };
}

/** The settings of TLS between members. */
export function peerSideOf(config: ServerConfig): TlsSide {
  return {
    name: 'peer',
    certFile: config.peerCertFile,
    keyFile: config.peerKeyFile,
    clientCertFile: config.peerClientCertFile,
    clientKeyFile: config.peerClientKeyFile,
    trustedCaFile: config.peerTrustedCaFile,
    clientCertAuth: config.peerClientCertAuth,
    crlFile: config.peerCrlFile,
    allowedCommonNames: config.peerCertAllowedCommonNames,
    allowedHostnames: config.peerCertAllowedHostnames,
    checksAddresses: !config.peerSkipClientSanVerification,
    cipherSuites: config.cipherSuites,
    minVersion: config.tlsMinVersion,
    maxVersion: config.tlsMaxVersion,
    isSelfSigned: config.peerAutoTls,
  };
}
