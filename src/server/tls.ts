import { lookup, reverse } from 'node:dns/promises';
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import type { Metrics } from '../base/metrics.ts';
import { wallTimeMs } from '../platform/index.ts';
import { createSecureServer, openTls } from '../tls/index.ts';
import type { Resolver, SecureServer, TlsMaterial, TlsSide } from '../tls/index.ts';
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

/** Undefined without certificates. Throws a `RegistryError` that says what to do if they cannot be used. */
export function openClientTls(config: ServerConfig, parts: TlsParts): SideTls | undefined {
  if (config.certFile === '') return undefined;
  return openSide(clientSideOf(config), ['h2', 'http/1.1'], parts);
}

/**
 * Undefined without certificates. With them, also a member whose own URLs are http:// reaches peers at https:// URLs: so a
 * cluster goes over to TLS member by member.
 */
export function openPeerTls(config: ServerConfig, parts: TlsParts): SideTls | undefined {
  if (config.peerCertFile === '') return undefined;
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
