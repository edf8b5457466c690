import {
  callOf,
  isWire,
  messageIn,
  messagesIn,
  valuesIn,
  type Answer,
  type EndpointAnswer,
  type EndpointKind,
  type Wire,
} from './answers.ts';
import { hexText, numberText, quoted, textOf } from './wire-values.ts';

/** `"Name" : value`, one a line, as `etcdctl -w fields` prints an answer. */
export function fieldsOf({ path, response }: Answer, isHex: boolean): string {
  const lines = [...headerLines(response, isHex)];
  const id = (value: unknown): string => (isHex ? hexText(value, true) : numberText(value));
  switch (callOf(path)) {
    case 'Range':
    case 'Put':
    case 'DeleteRange':
    case 'Txn':
      return join(kvLines(callOf(path), response, isHex));
    case 'Watch':
      for (const event of messagesIn(response, 'events')) {
        lines.push(`"Type" : ${event['type'] === 1 ? 'DELETE' : 'PUT'}`);
        if (isWire(event['prev_kv'])) lines.push(...kv('Prev', event['prev_kv'], isHex));
        lines.push(...kv('', messageIn(event, 'kv'), isHex));
      }
      return join(lines);
    case 'LeaseGrant':
    case 'LeaseKeepAlive':
      return join([...lines, `"ID" : ${id(response['ID'])}`, field('TTL', response['TTL'])]);
    case 'LeaseTimeToLive':
      return join([
        ...lines,
        `"ID" : ${id(response['ID'])}`,
        field('TTL', response['TTL']),
        field('GrantedTTL', response['grantedTTL']),
        ...valuesIn(response, 'keys').map((key) => `"Key" : ${quoted(key)}`),
      ]);
    case 'LeaseLeases':
      return join([
        ...lines,
        ...messagesIn(response, 'leases').map((one) => `"ID" : ${id(one['ID'])}`),
      ]);
    case 'MemberList':
      for (const member of messagesIn(response, 'members')) {
        lines.push(`"ID" : ${isHex ? hexText(member['ID'], false) : numberText(member['ID'])}`);
        lines.push(`"Name" : ${quoted(member['name'])}`);
        for (const url of valuesIn(member, 'peerURLs')) lines.push(`"PeerURL" : ${quoted(url)}`);
        for (const url of valuesIn(member, 'clientURLs'))
          lines.push(`"ClientURL" : ${quoted(url)}`);
        lines.push(`"IsLearner" : ${String(member['isLearner'] === true)}`, '');
      }
      return join(lines);
    case 'Alarm':
      for (const alarm of messagesIn(response, 'alarms')) {
        const member = alarm['memberID'];
        lines.push(`"MemberID" : ${isHex ? hexText(member, false) : numberText(member)}`);
        lines.push(`"AlarmType" : ${alarmName(alarm['alarm'])}`, '');
      }
      return join(lines);
    default:
      return join(lines);
  }
}

export function endpointFields(kind: EndpointKind, answers: readonly EndpointAnswer[]): string {
  return join(
    answers.flatMap(({ endpoint, response, error, tookMs }) => {
      const name = `"Endpoint" : ${quoted(endpoint)}`;
      if (kind === 'health') {
        const health = String(error === undefined);
        return [
          name,
          `"Health" : ${health}`,
          `"Took" : ${tookMs}ms`,
          `"Error" : ${error ?? ''}`,
          '',
        ];
      }
      if (response === undefined) return [];
      const lines = headerLines(response, false);
      return kind === 'hashkv'
        ? [
            ...lines,
            name,
            field('Hash', response['hash']),
            field('HashRevision', response['hash_revision']),
            '',
          ]
        : [...lines, ...statusLines(response, name), ''];
    }),
  );
}

function statusLines(response: Wire, name: string): string[] {
  const downgrade = messageIn(response, 'downgradeInfo');
  return [
    `"Version" : ${quoted(response['version'])}`,
    `"StorageVersion" : ${quoted(response['storageVersion'])}`,
    field('DBSize', response['dbSize']),
    field('DBSizeInUse', response['dbSizeInUse']),
    field('DBSizeQuota', response['dbSizeQuota']),
    field('Leader', response['leader']),
    `"IsLearner" : ${String(response['isLearner'] === true)}`,
    field('RaftIndex', response['raftIndex']),
    field('RaftAppliedIndex', response['raftAppliedIndex']),
    `"Errors" : [${valuesIn(response, 'errors').map(textOf).join(' ')}]`,
    name,
    `"DowngradeTargetVersion" : ${quoted(downgrade['targetVersion'])}`,
    `"DowngradeEnabled" : ${String(downgrade['enabled'] === true)}`,
  ];
}

/** A range, put, deletion or transaction; the steps of a transaction carry headers too. */
function kvLines(call: string, response: Wire, isHex: boolean): string[] {
  const lines = headerLines(response, isHex);
  switch (call) {
    case 'Range':
      return [
        ...lines,
        ...messagesIn(response, 'kvs').flatMap((one) => kv('', one, isHex)),
        `"More" : ${String(response['more'] === true)}`,
        field('Count', response['count']),
      ];
    case 'Put':
      return isWire(response['prev_kv'])
        ? [...lines, ...kv('Prev', response['prev_kv'], isHex)]
        : lines;
    case 'DeleteRange':
      return [
        ...lines,
        field('Deleted', response['deleted']),
        ...messagesIn(response, 'prev_kvs').flatMap((one) => kv('Prev', one, isHex)),
      ];
    default:
      return [
        ...lines,
        `"Succeeded" : ${String(response['succeeded'] === true)}`,
        ...messagesIn(response, 'responses').flatMap((step) => stepLines(step, isHex)),
      ];
  }
}

function stepLines(step: Wire, isHex: boolean): string[] {
  if (isWire(step['response_delete_range'])) {
    return kvLines('DeleteRange', step['response_delete_range'], isHex);
  }
  if (isWire(step['response_put'])) return kvLines('Put', step['response_put'], isHex);
  if (isWire(step['response_range'])) return kvLines('Range', step['response_range'], isHex);
  return kvLines('Txn', messageIn(step, 'response_txn'), isHex);
}

function kv(prefix: string, one: Wire, isHex: boolean): string[] {
  const lease = isHex ? hexText(one['lease'], true) : numberText(one['lease']);
  return [
    `"${prefix}Key" : ${quoted(one['key'])}`,
    field(`${prefix}CreateRevision`, one['create_revision']),
    field(`${prefix}ModRevision`, one['mod_revision']),
    field(`${prefix}Version`, one['version']),
    `"${prefix}Value" : ${quoted(one['value'])}`,
    `"${prefix}Lease" : ${lease}`,
  ];
}

function headerLines(response: Wire, isHex: boolean): string[] {
  const header = messageIn(response, 'header');
  const id = (value: unknown): string => (isHex ? hexText(value, false) : numberText(value));
  const revision = numberText(header['revision']);
  return [
    `"ClusterID" : ${id(header['cluster_id'])}`,
    `"MemberID" : ${id(header['member_id'])}`,
    ...(revision === '0' ? [] : [`"Revision" : ${revision}`]),
    field('RaftTerm', header['raft_term']),
  ];
}

function field(name: string, value: unknown): string {
  return `"${name}" : ${numberText(value)}`;
}

export function alarmName(alarm: unknown): string {
  return ['NONE', 'NOSPACE', 'CORRUPT'][Number(numberText(alarm))] ?? numberText(alarm);
}

function join(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}
