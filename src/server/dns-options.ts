import { isIP } from 'node:net';
import type { DnsOptions, MemberServer } from '../api/index.ts';
import { present } from '../base/assert.ts';
import type { Member } from '../operations/index.ts';
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
  | 'user'
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
    user: config.dnsUser === '' ? undefined : config.dnsUser,
    addressesMax: config.dnsARecordLimit,
    udpAnswersMax: config.dnsUdpAnswerLimit,
    amplificationBytes: config.dnsAmplificationLimit,
  };
}

/** The members that have said their names, as servers of our zones. */
export function dnsServersOf(
  members: readonly Pick<Member, 'name' | 'clientUrls' | 'peerUrls'>[],
): readonly MemberServer[] {
  return members
    .filter(({ name }) => name !== '')
    .map(({ name, clientUrls, peerUrls }) => ({
      name,
      addresses: clientUrls.map((url) => hostOf(url)).filter((host) => isIP(host) > 0),
      port: Number(peerUrls[0] === undefined ? 0 : new URL(peerUrls[0]).port),
    }));
}

function hostOf(url: string): string {
  return new URL(url).hostname.replaceAll(/[[\]]/g, '');
}
