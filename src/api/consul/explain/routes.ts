import { RegistryError } from '../../../base/errors.ts';
import {
  defaultNamespace,
  explainInstance,
  explainService,
  rangesOfService,
  textOfChange,
} from '../../../registry/index.ts';
import type {
  Actor,
  AskedFor,
  Change,
  Check,
  ExplainFacts,
  Explanation,
  Finding,
  ServiceName,
  Wanted,
} from '../../../registry/index.ts';
import { readCatalog } from '../catalog/query.ts';
import { serversOf } from '../cluster/servers.ts';
import type { Answer } from '../frame/answer.ts';
import type { Call } from '../frame/call.ts';
import { booleanOf } from '../frame/query.ts';
import { badRequest } from '../frame/refusals.ts';
import { getRoute } from '../frame/route.ts';
import type { Route } from '../frame/route.ts';
import type { ConsulParts } from '../parts.ts';

/** Reasons why instances are in no answer. Consul has nothing like it. */
export function explainRoutes(parts: ConsulParts): readonly Route[] {
  return [
    getRoute('/v1/explain', {
      about:
        'The names that clients asked this member for, and that are not there: `{"Member","Since","Absent":[{"API","Name","Count","Last","Address"}]}`.',
      scope: 'member',
      needs: 'root',
      serve: (call) => absent(parts, call),
    }),
    getRoute('/v1/explain/{service}', {
      about:
        'The reasons why instances of a service, or the one named behind it, are in no answer: the first that holds (`First`), and all that were looked at (`Looked`), each `{"Reason","Effect","Text","Time","Actor"}`.',
      scope: 'member',
      needs: 'sight',
      takesNamespace: true,
      parameters: ['instance', 'api', 'passing', 'tag', 'zone', 'family', 'ns'],
      serve: (call) => explain(parts, call),
    }),
  ];
}

async function absent(parts: ConsulParts, call: Call): Promise<Answer> {
  await readCatalog(parts, call, 'stale');
  return {
    json: {
      ...rememberedJson(parts),
      Absent: parts.absent.list().map(({ api, name, count, lastMs, lastAddress }) => ({
        API: api,
        Name: name,
        Count: count,
        Last: timeJson(lastMs),
        Address: lastAddress,
      })),
    },
  };
}

async function explain(parts: ConsulParts, call: Call): Promise<Answer> {
  const { service, instance } = namesOf(call);
  const asked = askedFor(parts, call, service);
  // It is asked when something is wrong, so it answers without a leader, too.
  const catalog = await readCatalog(parts, call, 'stale');
  checkSight(parts, call, asked.service);
  const facts: ExplainFacts = { catalog, history: parts.history, zone: parts.datacenter };
  const { members } = await parts.operations.memberList({ linearizable: false }, call.options);
  const head = {
    ...rememberedJson(parts),
    Members: members.length,
    Service: service,
    Namespace: asked.service.namespace,
    Revision: catalog.revision,
  };
  if (instance !== undefined) {
    const found = explainInstance(facts, asked, instance);
    const checks = await checksJson(
      parts,
      call,
      catalog.checksOf({ kind: 'instance', name: found.name }),
    );
    return {
      json: {
        ...head,
        ...explanationJson(found),
        Looked: found.looked.map(findingJson),
        Changes: found.changes.map(changeJson),
        Checks: checks,
      },
    };
  }
  const { instances, leftOut } = explainService(facts, asked);
  const asking = parts.absent.list().filter(({ name }) => isFor(name, service));
  return {
    json: {
      ...head,
      Instances: instances.map(explanationJson),
      LeftOut: leftOut,
      Absent: asking.map(({ api, count, lastMs, lastAddress }) => ({
        API: api,
        Count: count,
        Last: timeJson(lastMs),
        Address: lastAddress,
      })),
    },
  };
}

/** The history of a service is for callers that may read it. */
function checkSight({ operations }: ConsulParts, { options }: Call, service: ServiceName): void {
  const rights = operations.rightsOf(options.caller);
  if (rights === undefined || rangesOfService(service).every((range) => rights.mayRead(range)))
    return;
  throw new RegistryError('permission-denied', `the caller may not read ${service.service}`);
}

/** Whether a name that was asked for is that of a service: itself, or with the labels of DNS behind it. */
function isFor(name: string, service: string): boolean {
  const [lower, own] = [name.toLowerCase(), service.toLowerCase()];
  return lower === own || lower.split('.').includes(own);
}

/** `<service>/<instance>`. With the parameter `instance` the whole path is the service. */
function namesOf(call: Call): { readonly service: string; readonly instance: string | undefined } {
  const path = call.requiredPart('service', 'Missing service name');
  if (call.has('instance')) {
    const instance = call.get('instance');
    return { service: path, instance: instance === '' ? undefined : instance };
  }
  const slash = path.indexOf('/');
  if (slash === -1) return { service: path, instance: undefined };
  return { service: path.slice(0, slash), instance: path.slice(slash + 1) };
}

function askedFor(parts: ConsulParts, call: Call, service: string): AskedFor {
  const api = call.get('api') === '' ? 'consul' : call.get('api');
  if (api !== 'consul' && api !== 'dns') {
    throw badRequest(`Invalid value for ?api: ${JSON.stringify(api)} is neither consul nor dns`);
  }
  const namespace = call.get('ns') === '' ? defaultNamespace : call.get('ns');
  const family = familyOf(call.get('family'));
  return {
    service: { namespace, service },
    wanted: api === 'dns' ? parts.dnsWanted : wantedOf(call),
    tags: call.all('tag').map((tag) => tag.toLowerCase()),
    zone: call.get('zone'),
    family: api === 'dns' ? (family ?? 4) : family,
    room: api === 'dns' ? roomFor(service, family ?? 4) : undefined,
  };
}

/** An explanation is asked for to learn why an instance is not found, so it is about healthy ones unless told otherwise. */
function wantedOf(call: Call): Wanted {
  const given = call.get('passing');
  const passing = given === '' ? true : booleanOf(given);
  if (passing === undefined) throw badRequest('Invalid value for ?passing');
  return passing ? 'passing' : 'any';
}

function familyOf(given: string): 4 | 6 | undefined {
  if (given === '') return undefined;
  if (given === '4') return 4;
  if (given === '6') return 6;
  throw badRequest(`Invalid value for ?family: ${JSON.stringify(given)} is neither 4 nor 6`);
}

/** Bytes that each client takes in a datagram (RFC 1035, section 4.2.1), of a header, and of a question behind its name. */
const datagramBytes = 512;
const headerBytes = 12;
const questionBytes = 4;
/** Of a record whose name is a pointer: its fields, and its address. */
const recordBytes = { 4: 12 + 4, 6: 12 + 16 } as const;

/** How many addresses fit into an answer over UDP to a client without EDNS, for `<service>.service.consul`. */
function roomFor(service: string, family: 4 | 6): number {
  const nameBytes = Buffer.byteLength(service) + '..service.consul.'.length;
  const left = datagramBytes - headerBytes - nameBytes - questionBytes;
  return Math.floor(left / recordBytes[family]);
}

function rememberedJson({ history, memberName }: ConsulParts): object {
  return { Member: memberName, Since: timeJson(history.sinceMs) };
}

function timeJson(ms: number | undefined): string | null {
  return ms === undefined ? null : new Date(ms).toISOString();
}

function actorJson(actor: Actor | undefined): object | null {
  if (actor === undefined) return null;
  return { API: actor.api, Address: actor.address, Member: actor.member };
}

function explanationJson({ name, isInAnswer, first }: Explanation): object {
  return {
    Instance: name.instance,
    InAnswer: isInAnswer,
    First: first === undefined ? null : findingJson(first),
  };
}

function findingJson({ reason, effect, kind, text, timeMs, actor }: Finding): object {
  return {
    Reason: reason,
    Effect: effect,
    ...(kind && { Kind: kind }),
    Text: text,
    Time: timeJson(timeMs),
    Actor: actorJson(actor),
  };
}

function changeJson(change: Change): object {
  const { kind, revision, timeMs, from, to, check, actor, times } = change;
  return {
    Time: timeJson(timeMs),
    Revision: revision,
    Kind: kind,
    From: from,
    To: to,
    CheckID: check?.id ?? '',
    CheckStatus: check?.status ?? '',
    Output: check?.output ?? '',
    Times: times,
    Text: textOfChange(change),
    Actor: actorJson(actor),
  };
}

/** The checks of an instance, also of one that is gone, with their last outputs, and who runs them. */
async function checksJson(
  parts: ConsulParts,
  call: Call,
  checks: readonly Check[],
): Promise<readonly object[]> {
  const servers = await serversOf(parts, call.options);
  const run = (ms: number | undefined): string | null =>
    timeJson(ms === undefined ? undefined : parts.wallTimeMs() + ms - parts.clock.nowMs());
  return checks.map((check) => {
    const runs = parts.checks.runsOf(check);
    return {
      CheckID: check.id,
      Type: check.type,
      Status: check.status,
      Since: timeJson(check.sinceMs > 0 ? check.sinceMs : undefined),
      Output: check.output,
      Notes: check.notes,
      Owner: servers.find(({ memberId }) => memberId === runs?.owner)?.name ?? '',
      LastRun: run(runs?.times?.lastMs),
      NextRun: run(runs?.times?.nextMs),
    };
  });
}
