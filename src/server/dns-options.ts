import { isIP } from 'node:net';
import type { DnsOptions } from '../api/index.ts';
import { present } from '../base/assert.ts';
import { hostAndPortOf } from './config.ts';
import type { ServerConfig } from './config.ts';

/** The options of DNS that are flags. */
export function dnsOptionsOf(
  config: ServerConfig,
): Pick<
  DnsOptions,
  | 'domains'
  | 'clusterDomain'
  | 'singleLabel'
  | 'datacenter'
  | 'recursors'
  | 'serviceTtls'
  | 'nodeTtlSeconds'
  | 'onlyPassing'
  | 'addressesMax'
  | 'udpAnswersMax'
  | 'amplificationBytes'
> {
  const { dnsClusterDomain } = config;
  return {
    domains: config.dnsDomains,
    clusterDomain: dnsClusterDomain === '' ? undefined : dnsClusterDomain,
    singleLabel: config.dnsSingleLabel,
    datacenter: config.datacenter,
    recursors: config.dnsRecursors.map((server) =>
      present(hostAndPortOf(server), 'the address of a DNS server'),
    ),
    serviceTtls: config.dnsServiceTtl,
    nodeTtlSeconds: config.dnsNodeTtl,
    onlyPassing: config.dnsOnlyPassing,
    addressesMax: config.dnsARecordLimit,
    udpAnswersMax: config.dnsUdpAnswerLimit,
    amplificationBytes: config.dnsAmplificationLimit,
  };
}

/** The addresses at which clients reach the members, which stand for the servers of our zones. */
export function addressesOf(
  members: readonly { readonly clientUrls: readonly string[] }[],
): readonly string[] {
  const hosts = members.flatMap(({ clientUrls }) =>
    clientUrls.map((url) => new URL(url).hostname.replaceAll(/[[\]]/g, '')),
  );
  return [...new Set(hosts)].filter((host) => isIP(host) > 0);
}
