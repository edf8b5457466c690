import type {
  CatalogView,
  Check,
  CheckStatus,
  FindCheck,
  Instance,
  Node,
  Subject,
} from '../../../registry/index.ts';
import { isCheckStatus } from '../../../registry/index.ts';
import { agentInstances } from './service-routes.ts';
import { agentCallerOf, checkToChange, instanceToChange } from './caller.ts';
import type { Answer } from '../frame/answer.ts';
import type { Call } from '../frame/call.ts';
import { checkJson } from '../catalog/json.ts';
import { namespaceOf, readCatalog } from '../catalog/query.ts';
import { agentCheckOf, boundedOutput } from '../catalog/check-fields.ts';
import { rowFilter } from '../filter/rows.ts';
import type { ConsulParts } from '../parts.ts';
import { badRequest, ConsulRefusal, failed } from '../frame/refusals.ts';
import { getRoute } from '../frame/route.ts';
import type { Endpoint, HttpMethod, Route } from '../frame/route.ts';
import type { SharedAnswers } from '../frame/shared-answers.ts';

/** Registering checks, and saying how they went. */
export function agentCheckRoutes(parts: ConsulParts, shared: SharedAnswers): readonly Route[] {
  return [
    getRoute('/v1/agent/checks', {
      about: 'All checks by their ids, except those of nodes that were registered.',
      scope: 'member',
      needs: 'sight',
      parameters: ['filter', 'ns'],
      serve: (call) => checks(parts, shared, call),
    }),
    {
      path: '/v1/agent/check/register',
      methods: {
        PUT: {
          about: 'Registers a check of an instance, or of the node of this member.',
          scope: 'member',
          needs: 'operations',
          parameters: ['ns'],
          body: 'json',
          serve: (call) => register(parts, call),
        },
      },
    },
    {
      path: '/v1/agent/check/deregister/{check}',
      methods: alsoRead({
        about: 'Removes a check.',
        scope: 'member',
        needs: 'operations',
        serve: (call) => deregister(parts, call),
      }),
    },
    ...(['pass', 'warn', 'fail'] as const).map((word) => ({
      path: `/v1/agent/check/${word}/{check}`,
      methods: alsoRead({
        about: `Says that a check with a TTL is ${statusOfWord[word]}; \`note\` is its output.`,
        scope: 'member',
        needs: 'operations',
        parameters: ['note'],
        serve: (call) => report(parts, call, statusOfWord[word], call.get('note')),
      }),
    })),
    {
      path: '/v1/agent/check/update/{check}',
      methods: {
        PUT: {
          about: 'Says the status and the output of a check with a TTL.',
          scope: 'member',
          needs: 'operations',
          body: 'json',
          serve: (call) => update(parts, call),
        },
      },
    },
  ];
}

const statusOfWord = { pass: 'passing', warn: 'warning', fail: 'critical' } as const;

/** Old clients send GET, where Consul takes PUT alone. */
function alsoRead(endpoint: Endpoint): Readonly<Partial<Record<HttpMethod, Endpoint>>> {
  return { PUT: endpoint, GET: endpoint };
}

async function checks(parts: ConsulParts, shared: SharedAnswers, call: Call): Promise<Answer> {
  const namespace = namespaceOf(call);
  const filter = rowFilter(call, 'check');
  const catalog = await readCatalog(parts, call, 'stale');
  const question = JSON.stringify(['agent checks', namespace, call.get('filter')]);
  return {
    json: shared.ofCatalog(catalog, question, () => {
      const isWanted = filter?.();
      const rows = new Map<string, object>();
      for (const { check, node, instance } of agentChecks(catalog, namespace)) {
        const row = checkJson(check, node.name, instance);
        if (isWanted?.(row) === false) continue;
        rows.set(rows.has(check.id) ? `${check.id}@${instance?.id ?? node.name}` : check.id, row);
      }
      return Object.fromEntries([...rows].toSorted(([a], [b]) => (a < b ? -1 : 1)));
    }),
  };
}

interface AgentCheck {
  readonly check: Check;
  readonly node: Node;
  /** Undefined: it is of the node. */
  readonly instance: Instance | undefined;
}

/** The checks of members and of instances that agents have; the newest first, so that it is found by its ID. */
function agentChecks(catalog: CatalogView, namespace: string): readonly AgentCheck[] {
  const members = [...catalog.nodes()].filter(({ isMember }) => isMember);
  const ofNodes = members.flatMap((node) =>
    node.checks.map((check) => ({ check, node, instance: undefined })),
  );
  const ofInstances = [...agentInstances(catalog, namespace).values()].flatMap((instance) =>
    instance.checks.map((check) => ({ check, node: instance.node, instance })),
  );
  return [...ofNodes, ...ofInstances].toSorted((a, b) => b.check.modRevision - a.check.modRevision);
}

async function register(parts: ConsulParts, call: Call): Promise<Answer> {
  const fields = call.fields();
  const check = agentCheckOf(fields, parts);
  const id = fields.text('ServiceID');
  const subject = id === '' ? nodeOf(parts) : subjectOf(await instanceToChange(parts, call, id));
  const isThere =
    subject !== undefined && (await parts.registrar.registerChecks(subject, [check], call.options));
  if (!isThere) throw new ConsulRefusal(404, `ServiceID "${id}" does not exist`);
  return {};
}

function nodeOf({ memberName }: ConsulParts): Subject {
  return { kind: 'node', node: memberName };
}

function subjectOf(instance: Instance | undefined): Subject | undefined {
  if (instance === undefined) return undefined;
  const { namespace, service, instance: id } = instance;
  return { kind: 'instance', name: { namespace, service, instance: id } };
}

async function deregister(parts: ConsulParts, call: Call): Promise<Answer> {
  const id = call.part('check');
  const caller = agentCallerOf(parts, call);
  const isKnown = await parts.registrar.deregisterCheck(
    (catalog) => checkToChange(catalog, id, caller),
    call.options,
  );
  if (!isKnown) throw unknownCheck(id);
  return {};
}

async function report(
  parts: ConsulParts,
  call: Call,
  status: CheckStatus,
  output: string,
): Promise<Answer> {
  const id = call.part('check');
  const caller = agentCallerOf(parts, call);
  let isOther = false;
  const find: FindCheck = (catalog) => {
    const check = checkToChange(catalog, id, caller);
    isOther = check !== undefined && check.type !== 'ttl';
    return isOther ? undefined : check;
  };
  const said = { status, output: boundedOutput(output) };
  const found = await parts.registrar.report(find, said, call.options);
  if (found !== undefined) return {};
  throw isOther ? failed(`CheckID "${id}" does not have associated TTL`) : unknownCheck(id);
}

async function update(parts: ConsulParts, call: Call): Promise<Answer> {
  const fields = call.fields();
  const status = fields.text('Status');
  if (!isCheckStatus(status)) throw badRequest(`Invalid check status: '${status}'`);
  return report(parts, call, status, fields.text('Output'));
}

function unknownCheck(id: string): ConsulRefusal {
  return new ConsulRefusal(
    404,
    `Unknown check ID "${id}". Ensure that the check ID is passed, not the check name.`,
  );
}
