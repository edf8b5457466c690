import type { Answer } from '../frame/answer.ts';
import type { Call } from '../frame/call.ts';
import { aclDisabled, origin } from '../agent/self-routes.ts';
import { badRequest, ConsulRefusal, failed } from '../frame/refusals.ts';
import type { ConsulParts } from '../parts.ts';
import { getRoute } from '../frame/route.ts';
import type { Endpoint, HttpMethod, Route } from '../frame/route.ts';
import { unchanging } from '../frame/unchanging.ts';
import { uuidOf } from '../../../registry/index.ts';
import { consulVersion, serversOf } from './servers.ts';

/** Questions of operators about a cluster, and the answers that clients of Consul's other parts put up with. */
export function operatorRoutes(parts: ConsulParts): readonly Route[] {
  return [
    ...raftRoutes(parts),
    ...autopilotRoutes(parts),
    ...coordinateRoutes(parts),
    ...aclRoutes(parts),
    ...meshRoutes(parts),
  ];
}

function raftRoutes(parts: ConsulParts): readonly Route[] {
  return [
    getRoute('/v1/operator/raft/configuration', {
      about: 'The members and their part in the consensus.',
      scope: 'datacenter',
      needs: 'root',
      serve: async ({ options }) => {
        const { raftAppliedIndex } = await parts.operations.status({}, options);
        const servers = await serversOf(parts, options);
        return {
          json: {
            Servers: servers.map(({ id, name, address, isLeader, isVoter }) => ({
              ID: id,
              Node: name,
              Address: address,
              Leader: isLeader,
              ProtocolVersion: '3',
              Voter: isVoter,
              LastIndex: raftAppliedIndex,
            })),
            Index: 0,
          },
        };
      },
    }),
    {
      path: '/v1/operator/raft/peer',
      methods: {
        DELETE: {
          about: 'Removes a member, by its `id` or its `address`.',
          scope: 'datacenter',
          needs: 'root',
          parameters: ['id', 'address'],
          serve: (call) => removePeer(parts, call),
        },
      },
    },
  ];
}

async function removePeer(parts: ConsulParts, call: Call): Promise<Answer> {
  const [id, address] = [call.get('id'), call.get('address')];
  if ((id === '') === (address === '')) {
    throw badRequest(
      "Must specify either ?id with the server's ID or ?address with IP:port of peer to remove",
    );
  }
  const { operations } = parts;
  const servers = await serversOf(parts, call.options);
  const { members } = await operations.memberList({ linearizable: false }, call.options);
  const at = servers.findIndex((server) => server.id === id || server.address === address);
  const member = members[at];
  if (member === undefined) {
    const what = id === '' ? `address "${address}"` : `id "${id}"`;
    throw failed(`${what} was not found in the Raft configuration`);
  }
  await operations.memberRemove(member.id, call.options);
  return {};
}

const configurationRoute: Route = {
  path: '/v1/operator/autopilot/configuration',
  methods: {
    GET: {
      about: 'Settings of autopilot; they are fixed.',
      scope: 'datacenter',
      needs: 'root',
      serve: () => ({ json: autopilotConfiguration }),
    },
    PUT: {
      about: 'Refused: there is nothing to set.',
      scope: 'datacenter',
      needs: 'root',
      serve: () => {
        throw failed(
          'autopilot has no settings here; members are added and removed with "rollcall member"',
        );
      },
    },
  },
};

function autopilotRoutes(parts: ConsulParts): readonly Route[] {
  return [
    configurationRoute,
    getRoute('/v1/operator/autopilot/health', {
      about: 'Whether this member knows a leader, and how many failures the cluster stands.',
      scope: 'datacenter',
      needs: 'root',
      serve: async (call) => {
        const { isHealthy, tolerance, servers } = await autopilotOf(parts, call);
        const rows = servers.map(({ server, common }) => ({
          ...common,
          SerfStatus: 'alive',
          Leader: server.isLeader,
          Voter: server.isVoter,
        }));
        const json = { Healthy: isHealthy, FailureTolerance: tolerance, Servers: rows };
        return { status: isHealthy ? 200 : 429, json };
      },
    }),
    getRoute('/v1/operator/autopilot/state', {
      about: 'The same, by the ID of each member.',
      scope: 'datacenter',
      needs: 'root',
      serve: async (call) => {
        const { isHealthy, tolerance, servers } = await autopilotOf(parts, call);
        const rows = servers.map(({ server, common }) => [
          server.id,
          {
            ...common,
            NodeStatus: 'alive',
            ReadReplica: false,
            Status: server.isLeader ? 'leader' : server.isVoter ? 'voter' : 'non-voter',
            Meta: { 'consul-network-segment': '' },
            NodeType: server.isVoter ? 'voter' : 'non-voter',
          },
        ]);
        const all = servers.map(({ server }) => server);
        return {
          json: {
            Healthy: isHealthy,
            FailureTolerance: tolerance,
            OptimisticFailureTolerance: tolerance,
            Servers: Object.fromEntries(rows),
            Leader: all.find(({ isLeader }) => isLeader)?.id ?? '',
            Voters: all.filter(({ isVoter }) => isVoter).map(({ id }) => id),
          },
        };
      },
    }),
  ];
}

/** A member does not know how the others are. It knows whether there is a leader, which a majority keeps in office. */
async function autopilotOf(parts: ConsulParts, { options }: Call) {
  const { operations, host, wallTimeMs } = parts;
  const { raftAppliedIndex, raftTerm } = await operations.status({}, options);
  const isHealthy = operations.hasLeader();
  const all = await serversOf(parts, options);
  const voters = all.filter(({ isVoter }) => isVoter).length;
  const sinceMs = wallTimeMs() - host.uptimeSeconds() * 1000;
  const servers = all.map((server) => ({
    server,
    common: {
      ID: server.id,
      Name: server.name,
      Address: server.address,
      Version: consulVersion,
      LastContact: '0s',
      LastTerm: raftTerm,
      LastIndex: raftAppliedIndex,
      Healthy: isHealthy,
      StableSince: new Date(sinceMs).toISOString(),
    },
  }));
  return { servers, isHealthy, tolerance: isHealthy ? Math.floor((voters - 1) / 2) : 0 };
}

const autopilotConfiguration = {
  CleanupDeadServers: false,
  LastContactThreshold: '200ms',
  MaxTrailingLogs: 250,
  MinQuorum: 0,
  ServerStabilizationTime: '10s',
  RedundancyZoneTag: '',
  DisableUpgradeMigration: true,
  UpgradeVersionTag: '',
  CreateIndex: 1,
  ModifyIndex: 1,
};

/** All nodes are at one place, so `near` keeps the order that there is. */
function coordinateRoutes(parts: ConsulParts): readonly Route[] {
  return [
    getRoute('/v1/coordinate/datacenters', {
      about: 'The members, all at the origin.',
      scope: 'member',
      needs: 'login',
      serve: async ({ options }) => ({
        json: [
          {
            Datacenter: parts.datacenter,
            AreaID: 'wan',
            Coordinates: (await serversOf(parts, options)).map(rowOf),
          },
        ],
      }),
    }),
    getRoute('/v1/coordinate/nodes', {
      about: 'The nodes of members, all at the origin.',
      scope: 'index',
      needs: 'login',
      serve: (call) =>
        unchanging(parts, call, async () => (await serversOf(parts, call.options)).map(rowOf)),
    }),
    getRoute('/v1/coordinate/node/{node}', {
      about: 'The node of one member.',
      scope: 'index',
      needs: 'login',
      serve: async (call) => {
        const wanted = call.requiredPart('node', 'Missing node name').toLowerCase();
        const servers = await serversOf(parts, call.options);
        const found = servers.filter(({ name }) => name.toLowerCase() === wanted);
        if (found.length === 0) return { status: 404 };
        return unchanging(parts, call, () => found.map(rowOf));
      },
    }),
    {
      path: '/v1/coordinate/update',
      methods: {
        PUT: {
          about: 'Is taken and does nothing.',
          scope: 'datacenter',
          needs: 'login',
          body: 'json',
          serve: (call) => {
            call.fields();
            return {};
          },
        },
      },
    },
  ];
}

function rowOf({ name }: { readonly name: string }): object {
  return { Node: name, Segment: '', Coord: origin };
}

const aclPaths: readonly (readonly [path: string, ...methods: HttpMethod[]])[] = [
  ['/v1/acl/bootstrap', 'PUT'],
  ['/v1/acl/login', 'POST'],
  ['/v1/acl/logout', 'POST'],
  ['/v1/acl/replication', 'GET'],
  ['/v1/acl/rules/translate', 'POST'],
  ['/v1/acl/policies', 'GET'],
  ['/v1/acl/policy', 'PUT'],
  ['/v1/acl/policy/{id}', 'GET', 'PUT', 'DELETE'],
  ['/v1/acl/roles', 'GET'],
  ['/v1/acl/role', 'PUT'],
  ['/v1/acl/role/{id}', 'GET', 'PUT', 'DELETE'],
  ['/v1/acl/tokens', 'GET'],
  ['/v1/acl/token', 'PUT'],
  ['/v1/acl/token/{id}', 'GET', 'PUT', 'DELETE'],
  ['/v1/acl/auth-methods', 'GET'],
  ['/v1/acl/auth-method', 'PUT'],
  ['/v1/acl/auth-method/{name}', 'GET', 'PUT', 'DELETE'],
  ['/v1/acl/binding-rules', 'GET'],
  ['/v1/acl/binding-rule', 'PUT'],
  ['/v1/acl/binding-rule/{id}', 'GET', 'PUT', 'DELETE'],
];

function aclRoutes(parts: ConsulParts): readonly Route[] {
  const endpoint: Endpoint = {
    about: 'Refused: users and roles take the place of access lists.',
    scope: 'member',
    needs: 'nothing',
    serve: async (call) => {
      const path = (call.request.url ?? '').split('?')[0];
      if (!parts.operations.isAuthOn()) throw aclDisabled();
      if (path === '/v1/acl/token/self' && call.request.method === 'GET') {
        return ownToken(parts, call);
      }
      if (path === '/v1/acl/bootstrap') {
        throw new ConsulRefusal(403, 'Permission denied: ACL bootstrap no longer allowed');
      }
      throw failed('users and roles are changed by "rollcall user" and "rollcall role"');
    },
  };
  const removed: Endpoint = {
    about: 'Refused: Consul has it no more.',
    scope: 'member',
    needs: 'nothing',
    serve: ({ request }) => {
      const [path] = (request.url ?? '').split('?');
      const text = `Endpoint ${path} for the legacy ACL system was removed in Consul 1.11.`;
      throw new ConsulRefusal(410, text);
    },
  };
  const routesOf = (paths: typeof aclPaths, endpointOfAll: Endpoint): readonly Route[] =>
    paths.map(([path, ...methods]) => ({
      path,
      methods: Object.fromEntries(methods.map((method) => [method, endpointOfAll])),
    }));
  return [...routesOf(aclPaths, endpoint), ...routesOf(oldAclPaths, removed)];
}

/** The user whose token the caller shows. Its roles stand in place of policies; the secret is not repeated. */
async function ownToken({ operations }: ConsulParts, { options }: Call): Promise<Answer> {
  const { identity } = options.caller;
  if (identity?.kind === 'refused') throw identity.error;
  if (identity?.kind !== 'user') throw aclNotFound();
  const { user } = await operations.userGet(identity.name, options).catch(() => {
    throw aclNotFound();
  });
  return {
    json: {
      AccessorID: uuidOf(`rollcall user ${user.name}`),
      SecretID: '<hidden>',
      Description: `the user ${user.name}`,
      Policies: user.roles.map((role) => ({ ID: uuidOf(`rollcall role ${role}`), Name: role })),
      Local: false,
      Legacy: false,
      CreateIndex: 1,
      ModifyIndex: 1,
    },
  };
}

function aclNotFound(): Error {
  return new ConsulRefusal(403, 'ACL not found');
}

/** Of the access lists before Consul 1.4, which old clients try. */
const oldAclPaths: typeof aclPaths = [
  ['/v1/acl/create', 'PUT'],
  ['/v1/acl/update', 'PUT'],
  ['/v1/acl/destroy/{id}', 'PUT'],
  ['/v1/acl/info/{id}', 'GET'],
  ['/v1/acl/clone/{id}', 'PUT'],
  ['/v1/acl/list', 'GET'],
];

/** There is no service mesh: nothing is configured, and nothing can be. */
function meshRoutes(parts: ConsulParts): readonly Route[] {
  const none: Endpoint = {
    about: 'An empty list: there is no service mesh.',
    scope: 'index',
    needs: 'nothing',
    serve: (call) => unchanging(parts, call, () => []),
  };
  const refused: Endpoint = {
    about: 'Refused: there is no service mesh.',
    scope: 'datacenter',
    needs: 'nothing',
    serve: () => {
      throw failed('there is no service mesh here, and nothing to configure for one');
    },
  };
  return [
    { path: '/v1/config', methods: { PUT: refused } },
    { path: '/v1/config/{kind}', methods: { GET: configEntry(parts), DELETE: refused } },
    { path: '/v1/connect/intentions', methods: { GET: none, POST: refused } },
    { path: '/v1/peerings', methods: { GET: none } },
    ...meshQuestions.map((path) => getRoute(path, none)),
    { path: '/v1/peering/token', methods: { POST: refused } },
    { path: '/v1/peering/establish', methods: { POST: refused } },
  ];
}

/** Clients ask them beside the usual ones, to find proxies. */
const meshQuestions = [
  '/v1/catalog/connect/{service}',
  '/v1/catalog/gateway-services/{gateway}',
  '/v1/health/connect/{service}',
  '/v1/health/ingress/{service}',
];

function configEntry(parts: ConsulParts): Endpoint {
  return {
    about: 'No configuration entries: there is no service mesh.',
    scope: 'index',
    needs: 'root',
    serve: (call) => {
      const [kind = '', name = ''] = call.requiredPart('kind', 'Missing kind').split(/\/(.*)/s);
      if (name === '') return unchanging(parts, call, () => []);
      throw new ConsulRefusal(404, `Config entry not found for "${kind}" / "${name}"`);
    },
  };
}
