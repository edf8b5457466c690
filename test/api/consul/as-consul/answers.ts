import { ask } from '../ask.ts';
import type { Request } from './requests.ts';

/** An answer without what differs between two runs of the same program. */
export interface PlainAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

export async function answerTo(url: string, { method, path, body }: Request): Promise<PlainAnswer> {
  const { status, headers, text } = await ask(url, `/v1/${path}`, {
    method,
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const isJson = headers['content-type'] === 'application/json';
  return {
    status,
    headers: plainHeaders(headers),
    body: isJson ? inOrder(plainJson(JSON.parse(text), path), path) : plainText(text),
  };
}

/** Headers that tell a client something, without numbers. */
function plainHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const name of ['allow', 'content-type', 'x-consul-reason', 'x-consul-knownleader']) {
    const value = headers[name];
    if (value !== undefined) kept[name] = value;
  }
  for (const name of ['x-consul-index', 'x-consul-contenthash', 'x-consul-lastcontact']) {
    if (headers[name] !== undefined) kept[name] = 'there';
  }
  return kept;
}

/** Consul 1.12 begins texts so, later releases do not. */
function plainText(text: string): string {
  return text.replace(/^Bad request: /, '');
}

/** Consul's own order of tags, and of instances that pass, is another one each time. */
function inOrder(body: unknown, path: string): unknown {
  if (path.startsWith('catalog/services') && isFields(body)) {
    const tags = Object.entries(body).map(([name, list]) => [name, sorted(list)]);
    return Object.fromEntries(tags);
  }
  return path.includes('?passing') ? sorted(body) : body;
}

function sorted(list: unknown): unknown {
  if (!Array.isArray(list)) return list;
  return list.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}

type Fields = Record<string, unknown>;

const uuid = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/;
/** In `agent/health` these are empty, or zero in each of their fields. */
const emptyInAgentHealth = new Set(['Type', 'Interval', 'Timeout', 'ExposedPort', 'Definition']);
const listNames = new Set(['ServiceTags', 'Tags']);
const mapNames = new Set(['Meta', 'NodeMeta', 'TaggedAddresses', 'ServiceTaggedAddresses']);

function plainJson(value: unknown, path: string): unknown {
  if (Array.isArray(value)) return value.map((each) => plainJson(each, path));
  if (typeof value !== 'object' || value === null) return value;
  const plain: Fields = {};
  for (const [name, field] of Object.entries(value)) {
    if (path.startsWith('agent/health') && emptyInAgentHealth.has(name)) continue;
    plain[name] = plainField(name, field, path);
  }
  return withDefaults(plain);
}

function plainField(name: string, field: unknown, path: string): unknown {
  if (name === 'CreateIndex' || name === 'ModifyIndex') return 'an index';
  if (name === 'ContentHash') return 'a hash';
  if (name === 'ID' && typeof field === 'string' && (uuid.test(field) || field === ''))
    return 'a UUID';
  if (field === '0s' && (name === 'Interval' || name === 'Timeout')) return '';
  if (field === null && listNames.has(name)) return [];
  if (field === null && mapNames.has(name)) return {};
  return plainJson(field, path);
}

/** Fields that one of the programs leaves out. */
function withDefaults(fields: Fields): Fields {
  if ('consul-network-segment' in fields) return { 'consul-network-segment': '' };
  if (fields['ID'] === 'consul' || fields['ServiceID'] === 'consul') {
    // The own service of the program has its own port and release.
    return { ...fields, Port: 'own', ServicePort: 'own', Meta: 'own', ServiceMeta: 'own' };
  }
  const isService = 'Service' in fields && 'EnableTagOverride' in fields;
  if (isService && !('Port' in fields)) return { ...fields, Port: 0 };
  return fields;
}
