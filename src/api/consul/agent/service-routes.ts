import { createHash } from 'node:crypto';
import type { CatalogView, Instance, NewCheck, Subject } from '../../../registry/index.ts';
import {
  folded,
  isOfAgent,
  nodeMaintenanceId,
  serviceMaintenancePrefix,
  topics,
  worstOf,
} from '../../../registry/index.ts';
import {
  agentCallerOf,
  instancesToChange,
  instanceToChange,
  instanceToRead,
  remoteAddress,
} from './caller.ts';
import type { Answer } from '../frame/answer.ts';
import type { Call } from '../frame/call.ts';
import { agentServiceJson, checkJson } from '../catalog/json.ts';
import { foundIn, inOrder, knownCatalog, namespaceOf, readCatalog } from '../catalog/query.ts';
import { checksOfService } from '../catalog/check-fields.ts';
import { rowFilter } from '../filter/rows.ts';
import type { ConsulParts } from '../parts.ts';
import { booleanOf } from '../frame/query.ts';
import { badRequest, ConsulRefusal } from '../frame/refusals.ts';
import { getRoute } from '../frame/route.ts';
import type { Endpoint, Route } from '../frame/route.ts';
import { serviceOf } from '../catalog/service-fields.ts';
import type { SharedAnswers } from '../frame/shared-answers.ts';

/** Registering instances, taking them out of service, and reading what was registered. There are no agents. */
export function agentServiceRoutes(parts: ConsulParts, shared: SharedAnswers): readonly Route[] {
  const deregistering: Endpoint = {
    about: 'Removes an instance with its checks.',
    scope: 'member',
    needs: 'operations',
    serve: (call) => deregister(parts, call),
  };
  return [
    getRoute('/v1/agent/services', {
      about: 'All instances by their ids, except those on nodes that were registered.',
      scope: 'member',
      needs: 'sight',
      parameters: ['filter', 'ns'],
      serve: (call) => services(parts, shared, call),
    }),
    getRoute('/v1/agent/service/{id}', {
      about: 'An instance, and a hash of it to wait for a change.',
      scope: 'member',
      needs: 'sight',
      parameters: ['hash', 'wait'],
      serve: (call) => service(parts, call),
    }),
    {
      path: '/v1/agent/service/register',
      methods: {
        PUT: {
          about: 'Registers an instance with its checks.',
          scope: 'member',
          needs: 'operations',
          parameters: ['replace-existing-checks', 'ns'],
          body: 'json',
          serve: (call) => register(parts, call),
        },
      },
    },
    {
      path: '/v1/agent/service/deregister/{id}',
      methods: { PUT: deregistering, GET: deregistering },
    },
    {
      path: '/v1/agent/service/maintenance/{id}',
      methods: {
        PUT: {
          about: 'Takes an instance out of service, or puts it back.',
          scope: 'member',
          needs: 'operations',
          parameters: ['enable', 'reason'],
          serve: (call) => serviceMaintenance(parts, call),
        },
      },
    },
    {
      path: '/v1/agent/maintenance',
      methods: {
        PUT: {
          about:
            'Takes all instances on the node of this member out of service, or puts them back.',
          scope: 'member',
          needs: 'operations',
          parameters: ['enable', 'reason'],
          serve: (call) => nodeMaintenance(parts, call),
        },
      },
    },
    ...healthRoutes(parts),
  ];
}

function healthRoutes(parts: ConsulParts): readonly Route[] {
  return [
    getRoute('/v1/agent/health/service/id/{id}', {
      about: 'The health of an instance, also as the status of the answer.',
      scope: 'member',
      needs: 'sight',
      parameters: ['format'],
      serve: (call) => healthById(parts, call),
    }),
    getRoute('/v1/agent/health/service/name/{service}', {
      about: 'The health of the instances of a service, also as the status of the answer.',
      scope: 'member',
      needs: 'sight',
      parameters: ['format', 'ns'],
      serve: (call) => healthByName(parts, call),
    }),
  ];
}

/** The instances of a namespace by id; of two with the same the newest. */
export function agentInstances(
  catalog: CatalogView,
  namespace: string,
): ReadonlyMap<string, Instance> {
  const found = new Map<string, Instance>();
  const inNamespace = folded(namespace);
  for (const { namespace: own, instances } of catalog.services()) {
    if (folded(own) !== inNamespace) continue;
    for (const instance of instances) {
      const other = found.get(instance.id);
      const isNewer = other === undefined || other.modRevision < instance.modRevision;
      if (isNewer && isOfAgent(instance)) found.set(instance.id, instance);
    }
  }
  return found;
}

async function services(parts: ConsulParts, shared: SharedAnswers, call: Call): Promise<Answer> {
  const namespace = namespaceOf(call);
  const filter = rowFilter(call, 'service');
  const catalog = await readCatalog(parts, call, 'stale');
  const question = JSON.stringify(['agent services', namespace, call.get('filter')]);
  return {
    json: shared.ofCatalog(catalog, question, () => {
      const isWanted = filter?.();
      const rows = [...agentInstances(catalog, namespace)]
        .map(([id, instance]) => [id, agentServiceJson(instance, parts.datacenter)] as const)
        .filter(([, row]) => isWanted?.(row) ?? true);
      return Object.fromEntries(rows.toSorted(([a], [b]) => (a < b ? -1 : 1)));
    }),
  };
}

async function service(parts: ConsulParts, call: Call): Promise<Answer> {
  const id = call.part('id');
  const caller = agentCallerOf(parts, call);
  const find = (): Instance => {
    const instance = instanceToRead(knownCatalog(parts, call), id, caller);
    if (instance === undefined) throw new ConsulRefusal(404, `unknown service ID: ${id}`);
    return instance;
  };
  await foundIn(parts, call, (catalog) => instanceToRead(catalog, id, caller));
  const first = find();
  const answerOf = (instance: Instance): Answer & { readonly hash: string } => {
    const hash = hashOf(agentServiceJson(instance, parts.datacenter));
    return {
      hash,
      json: agentServiceJson(instance, parts.datacenter, hash),
      headers: { 'X-Consul-Contenthash': hash },
    };
  };
  const { hash } = call.query;
  if (hash === '') return answerOf(first);
  return parts.blocking.answerUnlessSeen(
    call,
    {
      answer: () => answerOf(find()),
      onChange: (changed) => knownCatalog(parts, call).on([topics.registrations(first)], changed),
    },
    (answer) => answer.hash === hash,
  );
}

function hashOf(json: unknown): string {
  return createHash('sha256').update(JSON.stringify(json)).digest('hex').slice(0, 16);
}

async function register(parts: ConsulParts, call: Call): Promise<Answer> {
  const fields = call.fields();
  const { name, registration } = serviceOf(fields, {
    nameField: 'Name',
    namespace: namespaceOf(call),
    node: parts.memberName,
    address: remoteAddress(call),
    tagsAddress: true,
  });
  const checks = checksOfService(fields, { id: name.instance, service: name.service }, parts);
  const former = await parts.registrar.register(
    {
      name,
      host: agentCallerOf(parts, call).host,
      registration,
      checks,
      replacesChecks: ['', 'true'].includes(
        call.query.parameters.get('replace-existing-checks') ?? 'no',
      ),
    },
    call.options,
  );
  for (const { id, address, port } of former) {
    if (address === registration.address && port === registration.port) continue;
    // Two programs with one ID take turns here.
    parts.logger.info('an instance was registered at another address', {
      service: name.service,
      id,
      former: `${address}:${port}`,
      now: `${registration.address}:${registration.port}`,
      caller: call.options.caller.address ?? '',
    });
  }
  return {};
}

async function deregister(parts: ConsulParts, call: Call): Promise<Answer> {
  const id = call.part('id');
  const caller = agentCallerOf(parts, call);
  const find = (catalog: CatalogView): readonly Instance[] =>
    instancesToChange(catalog, id, caller);
  if (!(await parts.registrar.deregister(find, call.options))) throw unknownService(id);
  return {};
}

export function unknownService(id: string): ConsulRefusal {
  return new ConsulRefusal(
    404,
    `Unknown service ID "${id}". Ensure that the service ID is passed, not the service name.`,
  );
}

const noReason = 'Taken out of service without a reason.';

export function isEnabled(call: Call): boolean {
  if (!call.has('enable')) throw badRequest('Missing value for enable');
  const given = call.get('enable');
  const enable = booleanOf(given);
  if (enable === undefined) throw badRequest(`Invalid value for enable: "${given}"`);
  return enable;
}

function maintenanceCheck(call: Call, id: string, name: string): NewCheck {
  const reason = call.get('reason');
  const notes = reason === '' ? noReason : reason;
  return { id, record: { name, notes, type: 'maintenance', definition: {}, status: 'critical' } };
}

async function serviceMaintenance(parts: ConsulParts, call: Call): Promise<Answer> {
  const id = call.requiredPart('id', 'Missing service ID');
  const isOn = isEnabled(call);
  const instance = await instanceToChange(parts, call, id);
  if (instance === undefined) throw unknownService(id);
  const { namespace, service: name, instance: own } = instance;
  const subject: Subject = { kind: 'instance', name: { namespace, service: name, instance: own } };
  const checkId = `${serviceMaintenancePrefix}${instance.id}`;
  const check = maintenanceCheck(call, checkId, 'Service Maintenance Mode');
  const isThere = await parts.registrar.setMaintenance({ subject, ...check }, isOn, call.options);
  if (!isThere) throw unknownService(id);
  return {};
}

async function nodeMaintenance(parts: ConsulParts, call: Call): Promise<Answer> {
  const isOn = isEnabled(call);
  const subject: Subject = { kind: 'node', node: parts.memberName };
  const check = maintenanceCheck(call, nodeMaintenanceId, 'Node Maintenance Mode');
  await parts.registrar.setMaintenance({ subject, ...check }, isOn, call.options);
  return {};
}

const statusOfHealth = { passing: 200, warning: 429, critical: 503, maintenance: 503 } as const;
type Health = keyof typeof statusOfHealth;

async function healthById(parts: ConsulParts, call: Call): Promise<Answer> {
  const id = call.requiredPart('id', 'Missing serviceID');
  const caller = agentCallerOf(parts, call);
  const instance = await foundIn(parts, call, (catalog) => instanceToRead(catalog, id, caller));
  if (instance === undefined) {
    const json = { AggregatedStatus: 'critical', Service: null, Checks: null };
    return notFound(call, `ServiceId ${id} not found`, json);
  }
  return healthAnswer(call, instance.status, healthJson(instance, parts.datacenter));
}

async function healthByName(parts: ConsulParts, call: Call): Promise<Answer> {
  const name = call.requiredPart('service', 'Missing service Name');
  const wanted = { namespace: namespaceOf(call), service: name };
  const instances = await foundIn(parts, call, (catalog) => {
    const found = inOrder(catalog.service(wanted)?.instances ?? []).filter(isOfAgent);
    return found.length === 0 ? undefined : found;
  });
  if (instances === undefined) return notFound(call, `ServiceName ${name} Not Found`, []);
  const worst = worstOf(instances.flatMap(({ checks, node }) => [...checks, ...node.checks]));
  return healthAnswer(
    call,
    worst,
    instances.map((instance) => healthJson(instance, parts.datacenter)),
  );
}

function healthJson(instance: Instance, datacenter: string): object {
  const { node, checks, status } = instance;
  return {
    AggregatedStatus: status,
    Service: agentServiceJson(instance, datacenter),
    Checks: [
      ...node.checks.map((check) => checkJson(check, node.name, undefined)),
      ...checks.map((check) => checkJson(check, node.name, instance)),
    ],
  };
}

function notFound(call: Call, reason: string, json: unknown): Answer {
  const headers = { 'X-Consul-Reason': reason };
  const body = wantsText(call) ? { text: reason, contentType: 'text/plain' } : { json };
  return { status: 404, headers, ...body };
}

function healthAnswer(call: Call, health: Health, json: unknown): Answer {
  const status = statusOfHealth[health];
  const body = wantsText(call) ? { text: health, contentType: 'text/plain' } : { json };
  return { status, headers: { 'X-Consul-Reason': health }, ...body };
}

function wantsText(call: Call): boolean {
  const { accept = '' } = call.request.headers;
  return call.get('format') === 'text' || accept.trim().startsWith('text/plain');
}
