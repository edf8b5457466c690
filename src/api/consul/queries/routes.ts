import { readOf } from '../../../operations/index.ts';
import { singleKey } from '../../../base/key.ts';
import type { CallOptions, KeyValue } from '../../../operations/index.ts';
import { defaultNamespace, folded, queryKeys, sessionKeys } from '../../../registry/index.ts';
import type { Answer } from '../frame/answer.ts';
import type { Call } from '../frame/call.ts';
import { healthJson } from '../catalog/json.ts';
import {
  candidatesOf,
  protectionHeaders,
  instancesOf,
  isOwnService,
  readCatalog,
} from '../catalog/query.ts';
import {
  deleteOperation,
  foundAt,
  nothingNewer,
  putOperation,
  readRanges,
  unchanged,
} from '../frame/key-requests.ts';
import { ownInstances } from '../catalog/own-service.ts';
import type { ConsulParts } from '../parts.ts';
import { checkQuery, isTemplate, queryOfFields } from './definition.ts';
import type { PreparedQuery } from './definition.ts';
import { filledIn, queried, queryNamed, queryOfKey } from './execution.ts';
import type { KeptQuery } from './execution.ts';
import { ConsulRefusal, failed } from '../frame/refusals.ts';
import { getRoute } from '../frame/route.ts';
import type { Route } from '../frame/route.ts';
import { sessionOfKey } from '../sessions/session.ts';
import { answerOfRange } from '../frame/range-answer.ts';
import { uuidOf } from '../../../registry/index.ts';

/** Each write looks at all. */
const queriesMax = 4096;
const attemptsMax = 20;

/** Prepared queries: kept by name, and executed over the catalog. */
export function queryRoutes(parts: ConsulParts): readonly Route[] {
  return [
    {
      path: '/v1/query',
      methods: {
        GET: {
          about: 'All prepared queries.',
          scope: 'index',
          needs: 'operations',
          serve: (call) => list(parts, call),
        },
        POST: {
          about: 'Creates a prepared query.',
          scope: 'datacenter',
          needs: 'operations',
          body: 'json',
          serve: (call) => create(parts, call),
        },
      },
    },
    {
      path: '/v1/query/{query}',
      methods: {
        GET: {
          about: 'One prepared query, by its ID.',
          scope: 'index',
          needs: 'operations',
          serve: (call) => list(parts, call, call.part('query')),
        },
        PUT: {
          about: 'Replaces a prepared query.',
          scope: 'datacenter',
          needs: 'operations',
          body: 'json',
          serve: (call) => update(parts, call),
        },
        DELETE: {
          about: 'Deletes a prepared query.',
          scope: 'datacenter',
          needs: 'operations',
          serve: (call) => erase(parts, call),
        },
      },
    },
    getRoute('/v1/query/{query}/execute', {
      about: 'Executes a prepared query, by its ID, its name, or a name that a template is for.',
      scope: 'index',
      needs: 'sight',
      parameters: ['limit', 'near', 'connect'],
      serve: (call) => execute(parts, call),
    }),
    getRoute('/v1/query/{query}/explain', {
      about: 'The query that would be executed, with the variables of a template filled in.',
      scope: 'index',
      needs: 'operations',
      serve: async (call) => {
        const query = await resolve(parts, call);
        return { index: 1, json: { Query: query, ...readMeta(parts) } };
      },
    }),
  ];
}

const notFound = (): ConsulRefusal => new ConsulRefusal(404, 'Query not found');

function list(parts: ConsulParts, call: Call, id?: string): Promise<Answer> {
  return answerOfRange(parts, call, {
    range: id === undefined ? queryKeys.range : singleKey(queryKeys.of(id)),
    isOne: id !== undefined,
    jsonOf: (kvs) => {
      const queries = kvs.flatMap((kv) => queryOfKey(kv) ?? []);
      if (id !== undefined && queries.length === 0) throw notFound();
      return queries;
    },
  });
}

async function create(parts: ConsulParts, call: Call): Promise<Answer> {
  const given = queryOfFields(call.fields());
  if (given.ID !== '') throw failed('ID must be empty when creating a new prepared query');
  const ID = uuidOf(`rollcall query ${parts.random.positiveInt63()}`);
  await write(parts, call.options, { ...given, ID }, 'new');
  return { json: { ID } };
}

async function update(parts: ConsulParts, call: Call): Promise<Answer> {
  const ID = call.part('query');
  await write(parts, call.options, { ...queryOfFields(call.fields()), ID }, 'known');
  return {};
}

/** Puts a query whose name no other one has, if that is still so when the write takes effect. */
async function write(
  { operations }: ConsulParts,
  options: CallOptions,
  query: PreparedQuery,
  is: 'new' | 'known',
): Promise<void> {
  checkQuery(query);
  const key = queryKeys.of(query.ID);
  const sessionKey = sessionKeys.of(query.Session);
  for (let attempt = 0; attempt < attemptsMax; attempt++) {
    const ranges = [queryKeys.range, singleKey(sessionKey)];
    const how = { serializable: false, options };
    const { results, revision, release } = await readRanges(operations, ranges, how);
    release();
    const [kvs = [], [session] = []] = results;
    const known = kvs.find((kv) => kv.key === key);
    checkPlace(query, kvs, { isKnown: known !== undefined, is });
    const holder = session && sessionOfKey(session);
    if (query.Session !== '' && holder === undefined) {
      throw failed(`invalid session "${query.Session}"`);
    }
    const { succeeded } = await operations.txn(
      {
        compares: [
          nothingNewer(queryKeys.range, revision),
          unchanged(key, known),
          ...(query.Session === '' ? [] : [unchanged(sessionKey, session)]),
        ],
        success: [putOperation(key, Buffer.from(JSON.stringify(query)), holder?.lease ?? 0n)],
        failure: [],
        serializable: false,
      },
      options,
    );
    if (succeeded) return;
  }
  throw failed('others write prepared queries all the time, and nothing was written; try again');
}

function checkPlace(
  query: PreparedQuery,
  kvs: readonly KeyValue[],
  { isKnown, is }: { readonly isKnown: boolean; readonly is: 'new' | 'known' },
): void {
  if (is === 'known' && !isKnown) throw unknownQuery(query.ID);
  if (is === 'new' && kvs.length >= queriesMax) {
    throw failed(`there are ${kvs.length} prepared queries, and no more are kept; delete some`);
  }
  for (const kv of kvs) {
    const other = queryOfKey(kv);
    if (other === undefined || other.ID === query.ID) continue;
    const isNamed = query.Name !== '' || isTemplate(query);
    const isSame =
      folded(other.Name) === folded(query.Name) && (query.Name !== '' || isTemplate(other));
    if (isNamed && isSame) throw failed(`name '${query.Name}' aliases an existing query name`);
  }
}

function unknownQuery(id: string): ConsulRefusal {
  return failed(`Cannot modify non-existent prepared query: '${id}'`);
}

async function erase({ operations }: ConsulParts, call: Call): Promise<Answer> {
  const id = call.part('query');
  const range = singleKey(queryKeys.of(id));
  const { results } = await operations.txn(
    { compares: [], success: [deleteOperation(range)], failure: [], serializable: false },
    call.options,
  );
  const [result] = results;
  if (result?.kind === 'delete-range' && result.deleted === 0) throw unknownQuery(id);
  return {};
}

/** The query of an ID or a name: its own one first, then the template with the longest name that it begins with. */
async function resolve(parts: ConsulParts, call: Call): Promise<KeptQuery> {
  await parts.blocking.ledFor(call);
  const { mode } = call.query;
  const query = await foundAt(mode, (serializable) => resolveAt(parts, call, serializable));
  if (query === undefined) throw notFound();
  return query;
}

async function resolveAt(
  { operations }: ConsulParts,
  call: Call,
  serializable: boolean,
): Promise<KeptQuery | undefined> {
  const wanted = call.part('query');
  const byId = { ...readOf(singleKey(queryKeys.of(wanted))), serializable };
  const { kvs } = await operations.range(byId, call.options);
  const direct = kvs[0] && queryOfKey(kvs[0]);
  if (direct !== undefined) return isTemplate(direct) ? filledIn(direct, wanted) : direct;
  const all = await operations.range(
    { ...readOf(queryKeys.range), serializable: true },
    call.options,
  );
  all.release?.();
  return queryNamed(
    all.kvs.flatMap((kv) => queryOfKey(kv) ?? []),
    wanted,
  );
}

async function execute(parts: ConsulParts, call: Call): Promise<Answer> {
  const limit = limitOf(call.get('limit'));
  const { Service: service, DNS } = await resolve(parts, call);
  const catalog = await readCatalog(parts, call, call.query.mode);
  const name = { namespace: defaultNamespace, service: service.Service };
  const own = isOwnService(name) ? (await ownInstances(parts, call.options))(catalog) : [];
  const known = catalog.service(name);
  const candidates = candidatesOf([...own, ...instancesOf(known)], known);
  const found = shuffled(queried(candidates, service), parts);
  const nodes = limit === 0 ? found : found.slice(0, limit);
  return {
    index: 1,
    headers: protectionHeaders(known),
    json: {
      Service: service.Service,
      Nodes: nodes.map((instance) => healthJson(instance, parts.datacenter)),
      DNS,
      Datacenter: parts.datacenter,
      Failovers: 0,
      ...readMeta(parts),
    },
  };
}

function readMeta({ operations }: ConsulParts): object {
  return { Index: 1, LastContact: 0, KnownLeader: operations.hasLeader() };
}

/** 0: all. */
function limitOf(text: string): number {
  if (text === '') return 0;
  if (!/^[-+]?\d{1,9}$/.test(text)) {
    throw failed(`Bad limit: strconv.Atoi: parsing "${text}": invalid syntax`);
  }
  return Math.max(0, Number(text));
}

/** In any order, each equally likely: callers that take the first spread over all. */
function shuffled<T>(all: readonly T[], { random }: ConsulParts): readonly T[] {
  const keyed = all.map((one) => ({ one, key: random.between(0, 1 << 30) }));
  return keyed.toSorted((a, b) => a.key - b.key).map(({ one }) => one);
}
