import { schema } from '../../gen/schema.ts';
import {
  callOf,
  messageIn,
  messagesIn,
  valuesIn,
  type Answer,
  type EndpointAnswer,
  type EndpointKind,
  type Wire,
} from './answers.ts';
import { goFields, goJson, goText, type FieldWriter } from './go-json.ts';
import { hexText, numberText } from './wire-values.ts';

const header = 'etcdserverpb.ResponseHeader';

/** One document as `etcdctl -w json` prints it. Where its client has a type of its own, that one is written. */
export function jsonOf({ path, response }: Answer, isHex: boolean): string {
  const flattened = goFields(header, messageIn(response, 'header'));
  const number = (name: string): string => numberText(response[name]);
  switch (callOf(path)) {
    case 'LeaseGrant':
      return object(flattened, `"ID":${number('ID')}`, `"TTL":${number('TTL')}`, '"Error":""');
    case 'LeaseKeepAlive':
      return object(flattened, `"ID":${number('ID')}`, `"TTL":${number('TTL')}`);
    case 'LeaseTimeToLive':
      return object(
        flattened,
        `"id":${number('ID')}`,
        `"ttl":${number('TTL')}`,
        `"granted-ttl":${number('grantedTTL')}`,
        `"keys":${list(valuesIn(response, 'keys').map(base64))}`,
      );
    case 'LeaseLeases': {
      const leases = messagesIn(response, 'leases').map(({ ID }) => `{"id":${numberText(ID)}}`);
      return object(flattened, `"leases":[${leases.join(',')}]`);
    }
    case 'Watch':
      return watchJson(response);
    case 'MemberAdd':
    case 'MemberRemove':
    case 'MemberUpdate':
    case 'MemberPromote':
    case 'MemberList':
      return goJson(typeOf(path), response, isHex ? hexIds : undefined);
    default:
      return goJson(typeOf(path), response);
  }
}

/** The document of `endpoint status`, `health` and `hashkv`. */
export function endpointJson(kind: EndpointKind, answers: readonly EndpointAnswer[]): string {
  const rows = answers.flatMap(({ endpoint, response, tookMs, error }) => {
    const name = goText(endpoint);
    if (kind === 'health') {
      const reason = error === undefined ? '' : `,"error":${goText(error)}`;
      return [
        `{"endpoint":${name},"health":${String(error === undefined)},"took":"${tookMs}ms"${reason}}`,
      ];
    }
    if (response === undefined) return [];
    return kind === 'status'
      ? [`{"Endpoint":${name},"Status":${goJson('etcdserverpb.StatusResponse', response)}}`]
      : [`{"Endpoint":${name},"HashKV":${goJson('etcdserverpb.HashKVResponse', response)}}`];
  });
  return `[${rows.join(',')}]`;
}

function watchJson(response: Wire): string {
  const events = messagesIn(response, 'events').map((event) => goJson('mvccpb.Event', event));
  return object(
    [],
    `"Header":${goJson(header, messageIn(response, 'header'))}`,
    `"Events":[${events.join(',')}]`,
    `"CompactRevision":${numberText(response['compact_revision'])}`,
    `"Canceled":${String(response['canceled'] === true)}`,
    `"Created":${String(response['created'] === true)}`,
  );
}

const hexIds: FieldWriter = (message, field, value) =>
  (message === header && ['cluster_id', 'member_id'].includes(field)) ||
  (message === 'etcdserverpb.Member' && field === 'ID')
    ? goText(hexText(value, false))
    : undefined;

function typeOf(path: string): string {
  return schema.calls[path]?.[1] ?? '';
}

function object(flattened: readonly string[], ...fields: readonly string[]): string {
  return `{${[...flattened, ...fields].join(',')}}`;
}

/** Go writes a list that was never made as `null`. */
function list(values: readonly string[]): string {
  return values.length === 0 ? 'null' : `[${values.join(',')}]`;
}

function base64(value: unknown): string {
  return goText(value instanceof Uint8Array ? Buffer.from(value).toString('base64') : '');
}
