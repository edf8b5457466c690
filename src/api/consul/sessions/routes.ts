import { readOf } from '../../../operations/index.ts';
import { RegistryError } from '../../../base/errors.ts';
import { singleKey } from '../../../base/key.ts';
import type { CallOptions, KeyValue } from '../../../operations/index.ts';
import { folded, sessionKeys } from '../../../registry/index.ts';
import type { Answer } from '../frame/answer.ts';
import type { Call } from '../frame/call.ts';
import { parseDuration } from '../../../base/go-duration.ts';
import type { JsonFields } from '../frame/json-in.ts';
import { nothingNewer, putOperation } from '../frame/key-requests.ts';
import type { ConsulParts } from '../parts.ts';
import { ConsulRefusal, failed } from '../frame/refusals.ts';
import { foundIn } from '../catalog/query.ts';
import { getRoute } from '../frame/route.ts';
import type { Route } from '../frame/route.ts';
import { catalogOf, faultOf } from './health.ts';
import { sessionTtlMax, sessionTtlMin } from './limits.ts';
import { encodeSession, serviceCheckOf, sessionJson, sessionOfKey } from './session.ts';
import type { Session, SessionRecord } from './session.ts';
import { answerOfRange } from '../frame/range-answer.ts';
import { uuidOf } from '../../../registry/index.ts';

export type SessionParts = Pick<
  ConsulParts,
  'operations' | 'blocking' | 'memberName' | 'deletions' | 'followed'
>;

/** Sessions: each is a key with a lease of its own, and so are the locks that it takes. */
export function sessionRoutes(parts: SessionParts): readonly Route[] {
  return [
    {
      path: '/v1/session/create',
      methods: {
        PUT: {
          about: 'Creates a session.',
          scope: 'datacenter',
          needs: 'operations',
          body: 'json',
          serve: (call) => create(parts, call),
        },
      },
    },
    {
      path: '/v1/session/destroy/{session}',
      methods: {
        PUT: {
          about: 'Ends a session; its locks are released.',
          scope: 'datacenter',
          needs: 'operations',
          serve: (call) => destroy(parts, call),
        },
      },
    },
    {
      path: '/v1/session/renew/{session}',
      methods: {
        PUT: {
          about: 'Renews a session for its TTL.',
          scope: 'datacenter',
          needs: 'operations',
          serve: (call) => renew(parts, call),
        },
      },
    },
    getRoute('/v1/session/info/{session}', {
      about: 'One session, in a list; the list is empty if there is none.',
      scope: 'index',
      needs: 'operations',
      serve: (call) => {
        const id = call.requiredPart('session', 'Missing session');
        return list(parts, call, { id });
      },
    }),
    getRoute('/v1/session/node/{node}', {
      about: 'The sessions of a node.',
      scope: 'index',
      needs: 'operations',
      serve: (call) => {
        const node = folded(call.requiredPart('node', 'Missing node name'));
        return list(parts, call, { filter: (session) => folded(session.node) === node });
      },
    }),
    getRoute('/v1/session/list', {
      about: 'All sessions.',
      scope: 'index',
      needs: 'operations',
      serve: (call) => list(parts, call, {}),
    }),
  ];
}

function list(
  parts: SessionParts,
  call: Call,
  {
    id,
    filter = () => true,
  }: { readonly id?: string; readonly filter?: (session: Session) => boolean },
): Promise<Answer> {
  return answerOfRange(parts, call, {
    range: id === undefined ? sessionKeys.range : singleKey(sessionKeys.of(id)),
    isOne: id !== undefined,
    jsonOf: (kvs) =>
      kvs
        .flatMap((kv) => sessionOfKey(kv) ?? [])
        .filter(filter)
        .map(sessionJson),
  });
}

/** A session without a TTL has a lease of 100 years. */
const endlessSeconds = 100 * 365 * 86_400;

async function create(parts: SessionParts, call: Call): Promise<Answer> {
  const { operations } = parts;
  const { options } = call;
  const record = recordOf(call.fields({ optional: true }), parts.memberName);
  const ttlSeconds = ttlSecondsOf(record.ttl);
  const fault = (): string | undefined => faultOf(record, catalogOf(parts));
  const isSound = await foundIn(parts, call, () => fault() === undefined || undefined);
  if (isSound === undefined) throw failed(fault() ?? 'the node or a check of the session changes');
  // Consul ends a session between one and two times its TTL.
  const seconds = ttlSeconds === 0 ? endlessSeconds : 2 * ttlSeconds;
  const granted = await operations.leaseGrant({ id: 0n, ttlSeconds: seconds }, options);
  const id = uuidOf(`rollcall session ${granted.id}`);
  try {
    const key = sessionKeys.of(id);
    await operations.txn(
      {
        compares: [nothingNewer(singleKey(key), 0)],
        success: [putOperation(key, encodeSession({ ...record, id }), granted.id)],
        failure: [],
        serializable: false,
      },
      options,
    );
  } catch (error) {
    operations.leaseRevoke(granted.id, options).catch(() => {
      // It was a write of unknown fate, or there is no leader; the lease lapses.
    });
    throw error;
  }
  return { json: { ID: id } };
}

function recordOf(fields: JsonFields, memberName: string): Omit<SessionRecord, 'id'> {
  const behavior = fields.text('Behavior');
  if (behavior !== '' && behavior !== 'release' && behavior !== 'delete') {
    throw failed(`Invalid Behavior setting '${behavior}'`);
  }
  const node = fields.text('Node');
  return {
    name: fields.text('Name'),
    node: node === '' ? memberName : node,
    lockDelay: lockDelayOf(fields),
    behavior: behavior === 'delete' ? 'delete' : 'release',
    ttl: fields.text('TTL'),
    nodeChecks: nodeChecksOf(fields),
    serviceChecks: fields.objects('ServiceChecks').map(serviceCheckOf),
  };
}

/** An empty list means that no check matters; without any list that of the node does. */
function nodeChecksOf(fields: JsonFields): readonly string[] {
  if (!fields.has('Checks') && !fields.has('NodeChecks')) return ['serfHealth'];
  return [...fields.texts('Checks'), ...fields.texts('NodeChecks')];
}

const second = 1_000_000_000n;
const lockDelayDefault = 15n * second;

/** A number below 1000 means seconds. */
function lockDelayOf(fields: JsonFields): bigint {
  const delay = fields.duration('LockDelay');
  if (delay === undefined) return lockDelayDefault;
  const isSeconds = typeof fields.raw('LockDelay') !== 'string' && delay < 1000n;
  return isSeconds ? BigInt.asIntN(64, delay * second) : delay;
}

/** 0: none. */
function ttlSecondsOf(ttl: string): number {
  if (ttl === '') return 0;
  const nanoseconds = parseDuration(ttl);
  if (nanoseconds === undefined) {
    throw failed(`Session TTL '${ttl}' invalid: time: invalid duration "${ttl}"`);
  }
  if (nanoseconds === 0n) return 0;
  if (nanoseconds < sessionTtlMin || nanoseconds > sessionTtlMax) {
    throw failed(`Invalid Session TTL '${nanoseconds}', must be between [10s=24h0m0s]`);
  }
  return Number((nanoseconds + second - 1n) / second);
}

/** The session that a call names, as this member's state has it after a read round. */
async function found(
  { operations }: SessionParts,
  call: Call,
): Promise<{ readonly id: string; readonly session: Session | undefined }> {
  const id = call.requiredPart('session', 'Missing session');
  const kv = await sessionKey(operations, id, call.options);
  return { id, session: kv && sessionOfKey(kv) };
}

async function sessionKey(
  operations: ConsulParts['operations'],
  id: string,
  options: CallOptions,
): Promise<KeyValue | undefined> {
  const range = singleKey(sessionKeys.of(id));
  const { kvs } = await operations.range({ ...readOf(range), serializable: false }, options);
  return kvs[0];
}

async function destroy(parts: SessionParts, call: Call): Promise<Answer> {
  const { session } = await found(parts, call);
  if (session !== undefined) await endSession(parts.operations, session, call.options);
  return { json: true };
}

/** One revision: the session, its locks, and the entries that go with it. */
export async function endSession(
  operations: ConsulParts['operations'],
  { lease }: Session,
  options: CallOptions,
): Promise<void> {
  try {
    await operations.leaseRevoke(lease, options);
  } catch (error) {
    const isOver = error instanceof RegistryError && error.code === 'lease-not-found';
    if (!isOver) throw error;
  }
}

async function renew(parts: SessionParts, call: Call): Promise<Answer> {
  const { id, session } = await found(parts, call);
  const gone = new ConsulRefusal(404, `Session id '${id}' not found`);
  if (session === undefined) throw gone;
  const { ttlSeconds } = await parts.operations.leaseKeepAlive(session.lease, call.options);
  if (ttlSeconds === 0) throw gone;
  return { json: [sessionJson(session)] };
}
