import {
  callOf,
  isWire,
  messageIn,
  messagesIn,
  stepOf,
  valuesIn,
  type Answer,
  type EndpointAnswer,
  type EndpointKind,
  type Wire,
} from './answers.ts';
import { alarmName } from './fields.ts';
import { hexBytes, hexText, numberText, sizeText, textOf } from './wire-values.ts';

/** Options that decide how keys and values are printed. */
export interface SimpleOptions {
  readonly isHex: boolean;
  readonly valueOnly: boolean;
  readonly countOnly: boolean;
  /** The keys of a lease were asked for. */
  readonly withKeys: boolean;
}

type Lines = readonly (string | Uint8Array)[];

/** An answer as `etcdctl -w simple` prints it. */
export function simpleOf({ path, response, id }: Answer, options: SimpleOptions): Uint8Array {
  const newLine = Buffer.from('\n');
  return Buffer.concat(
    linesOf(callOf(path), response, id, options).flatMap((line) => [
      typeof line === 'string' ? Buffer.from(line) : line,
      newLine,
    ]),
  );
}

function linesOf(
  call: string,
  response: Wire,
  id: bigint | undefined,
  options: SimpleOptions,
): Lines {
  const lease = `lease ${hexText(response['ID'] ?? id ?? 0n, true)}`;
  const ttl = numberText(response['TTL']);
  switch (call) {
    case 'Watch':
      return messagesIn(response, 'events').flatMap((event) => [
        event['type'] === 1 ? 'DELETE' : 'PUT',
        ...(isWire(event['prev_kv']) ? kv(event['prev_kv'], options) : []),
        ...kv(messageIn(event, 'kv'), options),
      ]);
    case 'LeaseGrant':
      return [`${lease} granted with TTL(${ttl}s)`];
    case 'LeaseRevoke':
      return [`lease ${hexText(id ?? 0n, true)} revoked`];
    case 'LeaseKeepAlive':
      return [`${lease} keepalived with TTL(${ttl})`];
    case 'LeaseTimeToLive':
      return [timeToLive(lease, response, options)];
    case 'LeaseLeases': {
      const leases = messagesIn(response, 'leases');
      return [`found ${leases.length} leases`, ...leases.map(({ ID }) => hexText(ID, true))];
    }
    case 'Alarm':
      return messagesIn(response, 'alarms').map(
        (alarm) => `memberID:${numberText(alarm['memberID'])} alarm:${alarmName(alarm['alarm'])}`,
      );
    case 'MemberList':
      return messagesIn(response, 'members').map((member) => memberRow(member).join(', '));
    case 'MemberAdd':
    case 'MemberRemove':
    case 'MemberUpdate':
    case 'MemberPromote':
      return [memberChange(call, response, id)];
    case 'Range':
      return options.countOnly
        ? [numberText(response['count'])]
        : messagesIn(response, 'kvs').flatMap((one) => kv(one, options));
    case 'Put':
      return ['OK', ...(isWire(response['prev_kv']) ? kv(response['prev_kv'], options) : [])];
    case 'DeleteRange':
      return [
        numberText(response['deleted']),
        ...messagesIn(response, 'prev_kvs').flatMap((one) => kv(one, options)),
      ];
    case 'Txn':
      return [
        response['succeeded'] === true ? 'SUCCESS' : 'FAILURE',
        ...messagesIn(response, 'responses').flatMap((step) => {
          const [inner, answer] = stepOf(step);
          return ['', ...linesOf(inner, answer, undefined, options)];
        }),
      ];
    default:
      return [];
  }
}

function kv(one: Wire, { isHex, valueOnly }: SimpleOptions): Lines {
  const shown = (bytes: unknown): string | Uint8Array => {
    if (isHex) return hexBytes(bytes);
    return bytes instanceof Uint8Array ? bytes : '';
  };
  return valueOnly ? [shown(one['value'])] : [shown(one['key']), shown(one['value'])];
}

function timeToLive(lease: string, response: Wire, options: SimpleOptions): string {
  const ttl = numberText(response['TTL']);
  const granted = numberText(response['grantedTTL']);
  if (ttl === '-1' && granted === '0') return `${lease} already expired`;
  const keys = valuesIn(response, 'keys').map(textOf).join(' ');
  const attached = options.withKeys ? `, attached keys([${keys}])` : '';
  return `${lease} granted with TTL(${granted}s), remaining(${ttl}s)${attached}`;
}

function memberRow(member: Wire): string[] {
  const name = textOf(member['name']);
  return [
    hexText(member['ID'], false),
    name === '' ? 'unstarted' : 'started',
    name,
    valuesIn(member, 'peerURLs').map(textOf).join(','),
    valuesIn(member, 'clientURLs').map(textOf).join(','),
    String(member['isLearner'] === true),
  ];
}

function memberChange(call: string, response: Wire, id: bigint | undefined): string {
  const cluster = hexText(messageIn(response, 'header')['cluster_id'], false).padStart(16);
  if (call === 'MemberAdd') {
    const member = messageIn(response, 'member');
    const how = member['isLearner'] === true ? ' as learner ' : ' ';
    return `Member ${hexText(member['ID'], false).padStart(16)} added${how}to cluster ${cluster}`;
  }
  const done =
    { MemberRemove: 'removed from', MemberUpdate: 'updated in', MemberPromote: 'promoted in' }[
      call
    ] ?? 'changed in';
  return `Member ${hexText(id ?? 0n, false).padStart(16)} ${done} cluster ${cluster}`;
}

export function endpointSimple(kind: EndpointKind, answers: readonly EndpointAnswer[]): string {
  return answers
    .flatMap(({ endpoint, response, error, tookMs }) => {
      if (kind === 'health') {
        return error === undefined
          ? [`${endpoint} is healthy: successfully committed proposal: took = ${tookMs}ms`]
          : [];
      }
      if (response === undefined) return [];
      return [
        kind === 'status'
          ? statusRow(endpoint, response).join(', ')
          : `${endpoint}, ${numberText(response['hash'])}, ${numberText(response['hash_revision'])}`,
      ];
    })
    .map((line) => `${line}\n`)
    .join('');
}

function statusRow(endpoint: string, response: Wire): string[] {
  const member = numberText(messageIn(response, 'header')['member_id']);
  const downgrade = messageIn(response, 'downgradeInfo');
  const size = Number(numberText(response['dbSize']));
  const inUse = Number(numberText(response['dbSizeInUse']));
  return [
    endpoint,
    hexText(member, false),
    textOf(response['version']),
    textOf(response['storageVersion']),
    sizeText(size),
    sizeText(inUse),
    `${100 - Math.trunc((inUse * 100) / Math.max(1, size))}%`,
    sizeText(response['dbSizeQuota']),
    String(numberText(response['leader']) === member),
    String(response['isLearner'] === true),
    numberText(response['raftTerm']),
    numberText(response['raftIndex']),
    numberText(response['raftAppliedIndex']),
    valuesIn(response, 'errors').map(textOf).join(', '),
    textOf(downgrade['targetVersion']),
    String(downgrade['enabled'] === true),
  ];
}
