import { readOf } from '../../../operations/index.ts';
import { compilePattern } from '../filter/regular-expression.ts';
import { singleKey } from '../../../base/key.ts';
import type { KeyValue } from '../../../operations/index.ts';
import { eventKeys } from '../../../registry/index.ts';
import type { Answer, IndexedAnswer } from '../frame/answer.ts';
import type { Call } from '../frame/call.ts';
import { JsonFields, parseJson } from '../frame/json-in.ts';
import {
  deleteOperation,
  isLocal,
  KeyChanges,
  nothingNewer,
  putOperation,
} from '../frame/key-requests.ts';
import type { ConsulParts } from '../parts.ts';
import { badRequest, ConsulRefusal, failed } from '../frame/refusals.ts';
import { getRoute } from '../frame/route.ts';
import type { Endpoint, Route } from '../frame/route.ts';
import { uuidOf } from '../../../registry/index.ts';

/** Events that are kept. */
const eventsMax = 256;
const payloadBytesMax = 8 << 10;
const filterLengthMax = 1000;
/** Others that fire at the same time come first this often. */
const attemptsMax = 20;

type EventParts = Pick<ConsulParts, 'operations' | 'blocking' | 'random'>;

/** Events: a message to all who ask, of which the newest are kept. Nobody runs anything because of one. */
export function eventRoutes(parts: EventParts): readonly Route[] {
  const fireEndpoint: Endpoint = {
    about: 'Fires an event.',
    scope: 'datacenter',
    needs: 'operations',
    parameters: ['node', 'service', 'tag'],
    body: 'bytes',
    bodyBytesMax: payloadBytesMax,
    serve: (call) => fire(parts, call),
  };
  const listEndpoint: Endpoint = {
    about: `The last ${eventsMax} events, the oldest first.`,
    scope: 'index',
    needs: 'operations',
    parameters: ['name', 'node', 'service', 'tag'],
    serve: (call) => list(parts, call),
  };
  return [
    // Spring Cloud's bus posts, and lists at the second path, which no Consul has.
    { path: '/v1/event/fire/{name}', methods: { PUT: fireEndpoint, POST: fireEndpoint } },
    getRoute('/v1/event/list', listEndpoint),
    getRoute('/v1/events', listEndpoint),
  ];
}

/** An event as it is kept, and as clients get it. */
interface Event {
  readonly ID: string;
  readonly Name: string;
  readonly Payload: string | null;
  readonly NodeFilter: string;
  readonly ServiceFilter: string;
  readonly TagFilter: string;
  readonly Version: number;
  readonly LTime: number;
}

async function fire({ operations, random }: EventParts, call: Call): Promise<Answer> {
  const name = call.requiredPart('name', 'Missing name');
  const [node, service, tag] = [call.get('node'), call.get('service'), call.get('tag')];
  for (const filter of [node, service, tag]) checkFilter(filter);
  if (tag !== '' && service === '') {
    throw failed('Cannot provide tag filter without service filter');
  }
  const payload = Buffer.from(call.body);
  const event: Event = {
    ID: uuidOf(`rollcall event ${random.positiveInt63()}`),
    Name: name,
    Payload: payload.length === 0 ? null : payload.toString('base64'),
    NodeFilter: node,
    ServiceFilter: service,
    TagFilter: tag,
    Version: 1,
    LTime: 0,
  };
  const newest = readOf(eventKeys.range, { limit: 1, sortOrder: 'descend', keysOnly: true });
  for (let attempt = 0; attempt < attemptsMax; attempt++) {
    const read = { ...newest, serializable: attempt === 0 };
    const { kvs } = await operations.range(read, call.options);
    const number = kvs[0] === undefined ? 1 : numberOf(kvs[0]) + 1;
    const key = eventKeys.numbered(number);
    const oldest = eventKeys.numbered(Math.max(1, number - eventsMax + 1));
    const { succeeded } = await operations.txn(
      {
        compares: [nothingNewer(singleKey(key), 0)],
        success: [
          deleteOperation({ start: eventKeys.prefix, end: oldest }),
          putOperation(key, Buffer.from(JSON.stringify({ ...event, LTime: number })), 0n),
        ],
        failure: [],
        serializable: false,
      },
      call.options,
    );
    if (succeeded) return { json: event };
  }
  throw failed('others fire events all the time, and this one was not fired; try again');
}

/** They are regular expressions for whom the event is meant. */
function checkFilter(filter: string): void {
  if (filter.length > filterLengthMax) {
    throw badRequest(
      `a filter has ${filter.length} characters; at most ${filterLengthMax} are taken`,
    );
  }
  try {
    compilePattern(filter);
  } catch (error) {
    throw failed(error instanceof Error ? error.message : String(error));
  }
}

function numberOf({ key }: KeyValue): number {
  return Number(key.slice(eventKeys.prefix.length));
}

function list({ operations, blocking }: EventParts, call: Call): Promise<Answer> {
  const { options } = call;
  const changes = new KeyChanges(operations, [eventKeys.range], options);
  const wanted: Partial<Record<keyof Event, string>> = {
    Name: call.get('name'),
    NodeFilter: call.get('node'),
    ServiceFilter: call.get('service'),
    TagFilter: call.get('tag'),
  };
  return blocking.answer(call, {
    answer: async (isFirst): Promise<IndexedAnswer> => {
      changes.check();
      const serializable = isLocal(call.query.mode, isFirst);
      const read = { ...readOf(eventKeys.range), serializable };
      const { kvs, release } = await operations.range(read, options);
      release?.();
      const events = kvs.flatMap((kv) => eventOf(kv) ?? []);
      const index = kvs.reduce((newest, { modRevision }) => Math.max(newest, modRevision), 1);
      return { index, json: events.filter((event) => isWanted(event, wanted)) };
    },
    onChange: (changed) => changes.onChange(changed),
  });
}

function isWanted(event: Event, wanted: Partial<Record<keyof Event, string>>): boolean {
  if (wanted.Name !== '' && event.Name !== wanted.Name) return false;
  return (['NodeFilter', 'ServiceFilter', 'TagFilter'] as const).every(
    (name) => wanted[name] === '' || event[name] === wanted[name],
  );
}

/** Undefined: an etcd client wrote something else there. */
function eventOf({ value }: KeyValue): Event | undefined {
  try {
    const fields = new JsonFields(parseJson(value));
    const payload = fields.text('Payload');
    return {
      ID: fields.text('ID'),
      Name: fields.text('Name'),
      Payload: payload === '' ? null : payload,
      NodeFilter: fields.text('NodeFilter'),
      ServiceFilter: fields.text('ServiceFilter'),
      TagFilter: fields.text('TagFilter'),
      Version: 1,
      LTime: fields.whole('LTime'),
    };
  } catch (error) {
    if (error instanceof ConsulRefusal) return undefined;
    throw error;
  }
}
