import type { Answer } from '../frame/answer.ts';
import type { Call } from '../frame/call.ts';
import { rowFilter } from '../filter/rows.ts';
import { booleanOf } from '../frame/query.ts';
import { ConsulRefusal, failed } from '../frame/refusals.ts';
import type { ConsulParts, ProcessFacts } from '../parts.ts';
import { getRoute } from '../frame/route.ts';
import type { Endpoint, Route } from '../frame/route.ts';
import { consulVersion, ownServer, serversOf } from '../cluster/servers.ts';
import type { Server } from '../cluster/servers.ts';
import { sessionTtlMin } from '../sessions/limits.ts';
import { unchanging } from '../frame/unchanging.ts';
import { uuidOf } from '../../../registry/index.ts';

/** Facts about a member, the others, and its process. */
export function agentSelfRoutes(parts: ConsulParts): readonly Route[] {
  return [
    getRoute('/v1/agent/self', {
      about: 'The configuration of this member, and facts about it.',
      scope: 'member',
      needs: 'root',
      serve: async (call) => ({ json: await selfOf(parts, call) }),
    }),
    getRoute('/v1/agent/members', {
      about: 'All members.',
      scope: 'member',
      needs: 'login',
      parameters: ['wan', 'segment', 'filter'],
      serve: async (call) => {
        const servers = await serversOf(parts, call.options);
        const isWan = call.has('wan') && booleanOf(call.get('wan')) !== false;
        const filter = rowFilter(call, 'member');
        const rows = servers.map((server) => memberOf(parts, server, isWan));
        return { json: filter === undefined ? rows : rows.filter(filter()) };
      },
    }),
    getRoute('/v1/agent/version', {
      about: 'The release of Consul whose API this is, and that of Rollcall.',
      scope: 'member',
      needs: 'nothing',
      serve: () => ({
        json: {
          SHA: '',
          BuildDate: buildDate,
          HumanVersion: consulVersion,
          FIPS: '',
          Rollcall: parts.version,
        },
      }),
    }),
    getRoute('/v1/agent/host', {
      about: 'The machine of this member.',
      scope: 'member',
      needs: 'root',
      serve: () => ({ json: hostOf(parts) }),
    }),
    getRoute('/v1/agent/metrics', {
      about: 'Metrics of this member; all of them with `format=prometheus`.',
      scope: 'member',
      needs: 'root',
      parameters: ['format'],
      serve: (call) => metricsOf(parts, call),
    }),
    ...membershipRoutes(parts),
    getRoute('/v1/agent/connect/ca/roots', {
      about: 'A certificate that signs nothing: there is no service mesh.',
      scope: 'index',
      needs: 'nothing',
      serve: (call) => unchanging(parts, call, () => rootsJson(parts)),
    }),
    getRoute('/v1/connect/ca/roots', {
      about: 'A certificate that signs nothing: there is no service mesh.',
      scope: 'index',
      needs: 'nothing',
      serve: (call) => unchanging(parts, call, () => rootsJson(parts)),
    }),
  ];
}

/** Programs take it as the age of the release whose API this is. */
const buildDate = '2023-08-05T21:56:29Z';

async function selfOf(parts: ConsulParts, { options }: Call): Promise<object> {
  const { datacenter, host, version, operations } = parts;
  const own = await ownServer(parts, options);
  const { raftTerm, raftAppliedIndex, raftIndex } = await operations.status({}, options);
  return {
    Config: {
      Datacenter: datacenter,
      PrimaryDatacenter: datacenter,
      NodeName: own.name,
      NodeID: own.id,
      Revision: '',
      Server: true,
      Version: consulVersion,
      BuildDate: buildDate,
    },
    DebugConfig: {
      Datacenter: datacenter,
      NodeName: own.name,
      NodeID: own.id,
      Version: consulVersion,
      ServerMode: true,
      ACLsEnabled: false,
      ConnectEnabled: false,
      KVMaxValueSize: 512 << 10,
      SessionTTLMin: Number(sessionTtlMin),
    },
    Coord: origin,
    Member: memberOf(parts, own, false),
    Stats: {
      agent: { check_monitors: '0', check_ttls: '0', checks: '0', services: '0' },
      build: { prerelease: '', revision: '', version: consulVersion, version_metadata: '' },
      consul: {
        acl: 'disabled',
        bootstrap: 'false',
        known_datacenters: '1',
        leader: String(own.isLeader),
        leader_addr: await leaderAddress(parts, options),
        server: 'true',
      },
      raft: {
        applied_index: String(raftAppliedIndex),
        commit_index: String(raftIndex),
        state: own.isLeader ? 'Leader' : 'Follower',
        term: String(raftTerm),
      },
      runtime: {
        arch: host.arch,
        cpu_count: String(host.cpus.length),
        os: host.platform,
        version: `rollcall ${version}`,
      },
    },
    Meta: { 'consul-network-segment': '', 'consul-version': consulVersion },
    xDS: { SupportedProxies: {}, Port: -1, Ports: { Plaintext: -1, TLS: -1 } },
  };
}

async function leaderAddress(parts: ConsulParts, options: Call['options']): Promise<string> {
  const servers = await serversOf(parts, options);
  return servers.find(({ isLeader }) => isLeader)?.address ?? '';
}

/** There are no network coordinates: all nodes are at one place. */
export const origin: object = {
  Vec: [0, 0, 0, 0, 0, 0, 0, 0],
  Error: 1.5,
  Adjustment: 0,
  Height: 0.000_01,
};

function memberOf({ datacenter }: ConsulParts, server: Server, isWan: boolean): object {
  const { name, id, host, port } = server;
  return {
    Name: isWan ? `${name}.${datacenter}` : name,
    Addr: host,
    Port: port,
    Tags: {
      acls: '0',
      build: `${consulVersion}:`,
      dc: datacenter,
      id,
      port: String(port),
      raft_vsn: '3',
      role: 'consul',
      segment: '',
      vsn: '2',
      vsn_max: '3',
      vsn_min: '2',
    },
    Status: 1,
    ProtocolMin: 1,
    ProtocolMax: 5,
    ProtocolCur: 2,
    DelegateMin: 2,
    DelegateMax: 5,
    DelegateCur: 4,
  };
}

function hostOf({ host, wallTimeMs }: ConsulParts): object {
  const { memoryTotalBytes: total, memoryFreeBytes, cpus, hostname, platform, arch } = host;
  const free = memoryFreeBytes();
  return {
    Memory: {
      total,
      available: free,
      used: total - free,
      usedPercent: ((total - free) / total) * 100,
      free,
    },
    CPU: cpus.map(({ model, mhz }, cpu) => ({ cpu, cores: 1, modelName: model, mhz })),
    Host: { hostname, os: platform, kernelArch: arch, uptime: Math.floor(host.uptimeSeconds()) },
    Disk: null,
    CollectionTime: wallTimeMs() * 1e6,
    Errors: null,
  };
}

async function metricsOf(parts: ConsulParts, call: Call): Promise<Answer> {
  const { host, operations, wallTimeMs } = parts;
  if (call.get('format') === 'prometheus') {
    const { contentType, text } = await parts.metricsText();
    return { text, contentType };
  }
  const { dbSizeBytes, raftAppliedIndex } = await operations.status({}, call.options);
  const gauge = (name: string, value: number) => ({
    Name: `consul.${shortName(host)}.${name}`,
    Value: value,
    Labels: {},
  });
  const timestamp = new Date(wallTimeMs()).toISOString();
  return {
    json: {
      Timestamp: `${timestamp.slice(0, 10)} ${timestamp.slice(11, 19)} +0000 UTC`,
      Gauges: [
        gauge('raft.applied_index', raftAppliedIndex),
        gauge('runtime.alloc_bytes', host.heapBytes()),
        gauge('store.bytes', dbSizeBytes),
      ],
      Points: [],
      Counters: [],
      Samples: [],
    },
  };
}

function shortName({ hostname }: ProcessFacts): string {
  return hostname.split('.')[0] ?? hostname;
}

/** Members join and leave by Raft's own rules, not by gossip; calls that would do it otherwise say how. */
function membershipRoutes({ agent }: ConsulParts): readonly Route[] {
  return [
    agentProcessRoute('/v1/agent/reload', {
      about:
        '`consul agent` reads its configuration files again; a member reads its flags at the start only.',
      serve: async () => {
        await agent?.reload();
        return {};
      },
    }),
    refusing(
      '/v1/agent/join/{address}',
      'Refused: members join by `rollcall member add`.',
      'members do not join by gossip; add the new one with "rollcall member add" and start it',
    ),
    agentProcessRoute('/v1/agent/leave', {
      about: 'Ends `consul agent`. A member refuses: it leaves by `rollcall member remove`.',
      serve: () => {
        if (agent === undefined) {
          throw failed(
            'a member does not leave by itself; stop it, or remove it with "rollcall member remove"',
          );
        }
        agent.leave();
        return {};
      },
    }),
    refusing(
      '/v1/agent/force-leave/{node}',
      'Refused: members leave by `rollcall member remove`.',
      'agent: members are not removed by gossip; use "rollcall member remove"',
    ),
    {
      path: '/v1/agent/token/{kind}',
      methods: {
        PUT: {
          about: 'Refused: there are no access lists.',
          scope: 'member',
          needs: 'root',
          serve: (call) => {
            call.requiredPart('kind', 'Missing token name');
            throw aclDisabled();
          },
        },
      },
    },
  ];
}

function agentProcessRoute(path: string, endpoint: Pick<Endpoint, 'about' | 'serve'>): Route {
  const both: Endpoint = { ...endpoint, scope: 'member', needs: 'root' };
  return { path, methods: { GET: both, PUT: both } };
}

function refusing(path: string, about: string, text: string): Route {
  const endpoint = {
    about,
    scope: 'member' as const,
    needs: 'nothing' as const,
    serve: () => {
      throw failed(text);
    },
  };
  return { path, methods: { GET: endpoint, PUT: endpoint } };
}

export function aclDisabled(): Error {
  return new ConsulRefusal(401, 'ACL support disabled');
}

/**
 * Test harnesses wait until there is a certificate. Nothing is signed with it, its private key was thrown away, and it is
 * the same in all clusters.
 */
const rootCertificate = `-----BEGIN CERTIFICATE-----
MIIBfTCCASOgAwIBAgIUKZMYRIgLWO3SAs5HJ6DBFDPbuwUwCgYIKoZIzj0EAwIw
EzERMA8GA1UEAwwIUm9sbGNhbGwwIBcNMjYxMTI5MTIwMzM5WhgPMjEyNjExMDUx
MjAzMzlaMBMxETAPBgNVBAMMCFJvbGxjYWxsMFkwEwYHKoZIzj0CAQYIKoZIzj0D
AQcDQgAE42PUzA46Jvp9LnUl5IR+7JP5Zu84VKjJs6gDTH/NZRgKkraW4wsdVrvH
12ZUbeg/p0TLEQ8j7FC0jTDTHqElUqNTMFEwHQYDVR0OBBYEFJNbGbkVMQqF+3/6
O8UQuC/6CAtPMB8GA1UdIwQYMBaAFJNbGbkVMQqF+3/6O8UQuC/6CAtPMA8GA1Ud
EwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSAAwRQIgcQT5d5Wv320iZafitPZje18I
gC9aXdvMyrK1b+1NWBgCIQCbch3sEiVAYDqRK0n1hYRob6Xp0xt0iHG9KGOcBbWb
5g==
-----END CERTIFICATE-----
`;
const rootId = '88:b7:be:34:76:c1:9c:bf:ca:b3:4a:78:9c:ef:7d:5b:5d:37:df:17';

function rootsJson({ operations }: ConsulParts): object {
  const trustDomain = uuidOf(`rollcall trust domain ${operations.header().clusterId}`);
  return {
    ActiveRootID: rootId,
    TrustDomain: `${trustDomain}.consul`,
    Roots: [
      {
        ID: rootId,
        Name: 'Rollcall, which signs nothing',
        SerialNumber: 1,
        SigningKeyID: rootId,
        ExternalTrustDomain: trustDomain,
        NotBefore: '2026-11-29T12:03:39Z',
        NotAfter: '2126-11-05T12:03:39Z',
        RootCert: rootCertificate,
        IntermediateCerts: null,
        Active: true,
        PrivateKeyType: 'ec',
        PrivateKeyBits: 256,
        CreateIndex: 1,
        ModifyIndex: 1,
      },
    ],
  };
}
