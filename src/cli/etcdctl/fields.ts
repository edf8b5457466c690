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
import { hexText, numberText, quoted, textOf } from './wire-values.ts';

type Writer = (response: Wire, isHex: boolean) => readonly string[];

/** `"Name" : value`, one a line, as `etcdctl -w fields` prints an answer. */
export function fieldsOf({ path, response }: Answer, isHex: boolean): string {
  return join(linesOf(callOf(path), response, isHex));
}

function linesOf(call: string, response: Wire, isHex: boolean): readonly string[] {
  return [...headerLines(response, isHex), ...(writers.get(call)?.(response, isHex) ?? [])];
}

/** The lines after the header of an answer, by its call. */
const writers: ReadonlyMap<string, Writer> = new Map<string, Writer>([
  [
    'Range',
    (response, isHex) => [
      ...messagesIn(response, 'kvs').flatMap((one) => kv('', one, isHex)),
      flag('More', response['more']),
      field('Count', response['count']),
    ],
  ],
  ['Put', ({ prev_kv: before }, isHex) => (isWire(before) ? kv('Prev', before, isHex) : [])],
  [
    'DeleteRange',
    (response, isHex) => [
      field('Deleted', response['deleted']),
      ...messagesIn(response, 'prev_kvs').flatMap((one) => kv('Prev', one, isHex)),
    ],
  ],
  [
    'Txn',
    (response, isHex) => [
      flag('Succeeded', response['succeeded']),
      ...messagesIn(response, 'responses').flatMap((step) => linesOf(...stepOf(step), isHex)),
    ],
  ],
  [
    'Watch',
    (response, isHex) =>
      messagesIn(response, 'events').flatMap((event) => [
        `"Type" : ${event['type'] === 1 ? 'DELETE' : 'PUT'}`,
        ...(isWire(event['prev_kv']) ? kv('Prev', event['prev_kv'], isHex) : []),
        ...kv('', messageIn(event, 'kv'), isHex),
      ]),
  ],
  ['LeaseGrant', (response, isHex) => leaseLines(response, isHex)],
  ['LeaseKeepAlive', (response, isHex) => leaseLines(response, isHex)],
  [
    'LeaseTimeToLive',
    (response, isHex) => [
      ...leaseLines(response, isHex),
      field('GrantedTTL', response['grantedTTL']),
      ...valuesIn(response, 'keys').map((key) => text('Key', key)),
    ],
  ],
  [
    'LeaseLeases',
    (response, isHex) =>
      messagesIn(response, 'leases').map((lease) => idField('ID', lease['ID'], isHex, true)),
  ],
  [
    'MemberList',
    (response, isHex) =>
      messagesIn(response, 'members').flatMap((member) => [
        idField('ID', member['ID'], isHex),
        text('Name', member['name']),
        ...valuesIn(member, 'peerURLs').map((url) => text('PeerURL', url)),
        ...valuesIn(member, 'clientURLs').map((url) => text('ClientURL', url)),
        flag('IsLearner', member['isLearner']),
        '',
      ]),
  ],
  [
    'RoleGet',
    (response) =>
      messagesIn(response, 'perm').flatMap((permission) => [
        // etcdctl has the second blank, too.
        `"PermType" :  ${permissionTypes[Number(permission['permType'] ?? 0)] ?? ''}`,
        text('Key', permission['key']),
        text('RangeEnd', permission['range_end']),
      ]),
  ],
  ['RoleList', (response) => [['"Roles" :', ...valuesIn(response, 'roles').map(quoted)].join(' ')]],
  [
    'Alarm',
    (response, isHex) =>
      messagesIn(response, 'alarms').flatMap((alarm) => [
        idField('MemberID', alarm['memberID'], isHex),
        `"AlarmType" : ${alarmName(alarm['alarm'])}`,
        '',
      ]),
  ],
]);

const permissionTypes = ['READ', 'WRITE', 'READWRITE'] as const;

function leaseLines(response: Wire, isHex: boolean): readonly string[] {
  return [idField('ID', response['ID'], isHex, true), field('TTL', response['TTL'])];
}

export function endpointFields(kind: EndpointKind, answers: readonly EndpointAnswer[]): string {
  return join(
    answers.flatMap(({ endpoint, response, error, tookMs }) => {
      const name = text('Endpoint', endpoint);
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
    text('Version', response['version']),
    text('StorageVersion', response['storageVersion']),
    field('DBSize', response['dbSize']),
    field('DBSizeInUse', response['dbSizeInUse']),
    field('DBSizeQuota', response['dbSizeQuota']),
    field('Leader', response['leader']),
    flag('IsLearner', response['isLearner']),
    field('RaftIndex', response['raftIndex']),
    field('RaftAppliedIndex', response['raftAppliedIndex']),
    `"Errors" : [${valuesIn(response, 'errors').map(textOf).join(' ')}]`,
    name,
    text('DowngradeTargetVersion', downgrade['targetVersion']),
    flag('DowngradeEnabled', downgrade['enabled']),
  ];
}

function kv(prefix: string, one: Wire, isHex: boolean): string[] {
  return [
    text(`${prefix}Key`, one['key']),
    field(`${prefix}CreateRevision`, one['create_revision']),
    field(`${prefix}ModRevision`, one['mod_revision']),
    field(`${prefix}Version`, one['version']),
    text(`${prefix}Value`, one['value']),
    idField(`${prefix}Lease`, one['lease'], isHex, true),
  ];
}

function headerLines(response: Wire, isHex: boolean): string[] {
  const header = messageIn(response, 'header');
  const revision = numberText(header['revision']);
  return [
    idField('ClusterID', header['cluster_id'], isHex),
    idField('MemberID', header['member_id'], isHex),
    ...(revision === '0' ? [] : [`"Revision" : ${revision}`]),
    field('RaftTerm', header['raft_term']),
  ];
}

function field(name: string, value: unknown): string {
  return `"${name}" : ${numberText(value)}`;
}

/** An id: in decimal, or as `--hex` shows it, with leading zeros for leases. */
function idField(name: string, value: unknown, isHex: boolean, padded = false): string {
  return `"${name}" : ${isHex ? hexText(value, padded) : numberText(value)}`;
}

function text(name: string, value: unknown): string {
  return `"${name}" : ${quoted(value)}`;
}

function flag(name: string, value: unknown): string {
  return `"${name}" : ${String(value === true)}`;
}

export function alarmName(alarm: unknown): string {
  return ['NONE', 'NOSPACE', 'CORRUPT'][Number(numberText(alarm))] ?? numberText(alarm);
}

function join(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}
