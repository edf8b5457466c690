import { keyOfText, prefixRange } from '../base/key.ts';
import type { Key, KeyRange } from '../base/key.ts';

/** A service by name and namespace. Both compare without regard to the case of ASCII letters, as in DNS. */
export interface ServiceName {
  readonly namespace: string;
  readonly service: string;
}

/** Where an instance is registered. */
export interface InstanceName extends ServiceName {
  readonly instance: string;
}

/** What a check is of: an instance, or a node with all that runs on it. */
export type Subject =
  | { readonly kind: 'instance'; readonly name: InstanceName }
  /** Without regard to the case of letters. */
  | { readonly kind: 'node'; readonly node: string };

/** The tables of a subject's checks. */
export type CheckTable = 'checks' | 'heartbeats' | 'outputs';

/** The meaning of a key. */
export type Place =
  | { readonly table: 'services'; readonly name: InstanceName }
  | { readonly table: CheckTable; readonly subject: Subject; readonly check: string }
  | { readonly table: 'nodes'; readonly node: string }
  | { readonly table: 'departures'; readonly name: InstanceName };

/** The namespace of the keys `/services/<service>/<instance>`, which have none in them. */
export const defaultNamespace = 'default';

const servicesPrefix = '/services/';
const nodesPrefix = '/consul/nodes/';
/** A node has a directory of its own, so that the deletion of another one does not count for it. */
const nodeLeaf = 'node';
const instancePrefixes: Readonly<Record<CheckTable, string>> = {
  checks: '/checks/',
  heartbeats: '/heartbeats/',
  outputs: '/outputs/',
};
const nodePrefixes: Readonly<Record<CheckTable, string>> = {
  checks: '/consul/node-checks/',
  heartbeats: '/consul/node-heartbeats/',
  outputs: '/consul/node-outputs/',
};
/** One directory for all, so that their own deletions take one row in the table of last deletions. */
const departuresPrefix = '/consul/departures/';
const checkTables: readonly CheckTable[] = ['checks', 'heartbeats', 'outputs'];

/** All registrations. */
export const servicesRange: KeyRange = prefixRange(servicesPrefix);

/** All keys that a catalog is made of. */
export const catalogRanges: readonly KeyRange[] = [
  servicesPrefix,
  ...Object.values(instancePrefixes),
  nodesPrefix,
  ...Object.values(nodePrefixes),
  departuresPrefix,
].map((prefix) => prefixRange(prefix));

const membersPrefix = '/consul/members/';
const runsPrefix = '/consul/runs/';

/** The members that run checks, and the runs that were asked for. */
export const dutyRanges: readonly KeyRange[] = [
  prefixRange(membersPrefix),
  prefixRange(runsPrefix),
];

/** A member that runs checks keeps this key while it does. */
export function keyOfMember(memberId: string): Key {
  return `${membersPrefix}${memberId}`;
}

/** Asks the owner of a check to run it now; gone when it did. */
export function keyOfRun(check: Key): Key {
  return `${runsPrefix}${part(check)}`;
}

/** The meaning of a key of `dutyRanges`. */
export function dutyPlaceOf(key: Key): DutyPlace | undefined {
  if (key.startsWith(membersPrefix)) {
    return { kind: 'member', member: key.slice(membersPrefix.length) };
  }
  if (!key.startsWith(runsPrefix)) return undefined;
  return { kind: 'run', check: nameOfPart(key.slice(runsPrefix.length)) };
}

export type DutyPlace =
  | { readonly kind: 'member'; readonly member: string }
  | { readonly kind: 'run'; readonly check: Key };

/** The lower-case form of a name, for comparing: only the letters of ASCII change. */
export function folded(name: string): string {
  // Nearly no name has one.
  if (!/[A-Z]/.test(name)) return name;
  return name.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
}

/** A string that is equal for equal services. */
export function serviceIdOf({ namespace, service }: ServiceName): string {
  return folded(`${part(namespace)}/${part(service)}`);
}

/** The key that an instance leaves behind. */
export function keyOfDeparture(name: InstanceName): Key {
  return keyOfText(`${departuresPrefix}${part(pathOf(name))}`);
}

/** A string that is equal for equal names of instances, and for no other ones. Here the case of letters counts. */
export function instanceIdOf(name: InstanceName): string {
  return `${part(name.namespace)}/${part(name.service)}/${part(name.instance)}`;
}

/** The key under which an instance is registered. */
export function keyOfInstance(name: InstanceName): Key {
  return keyOfText(`${servicesPrefix}${pathOf(name)}`);
}

/** The registrations of a service. */
export function rangeOfService(name: ServiceName): KeyRange {
  return prefixRange(keyOfText(`${servicesPrefix}${pathOfService(name)}/`));
}

/** All keys of a service: its registrations and their checks. A right to a service is one to all of them. */
export function rangesOfService(name: ServiceName): readonly KeyRange[] {
  const path = keyOfText(`${pathOfService(name)}/`);
  const prefixes = [servicesPrefix, ...Object.values(instancePrefixes)];
  return prefixes.map((prefix) => prefixRange(prefix + path));
}

/** The key of a check, of its heartbeat or of its output. */
export function keyOfCheck(table: CheckTable, subject: Subject, check: string): Key {
  return `${prefixOfChecks(table, subject)}${keyOfText(part(check))}`;
}

/** A table's keys of all checks of a subject. */
export function rangeOfChecks(table: CheckTable, subject: Subject): KeyRange {
  return prefixRange(prefixOfChecks(table, subject));
}

/** Its name is in lower case in the key, as it is written in the value, so that two spellings are one node. */
export function keyOfNode(node: string): Key {
  return keyOfText(`${nodesPrefix}${part(folded(node))}/${nodeLeaf}`);
}

/**
 * The meaning of a key in one of the tables of a catalog. Undefined for every other key: one with fewer or more parts, an
 * empty part, bytes that are no UTF-8, a `%` that stands for nothing, or `default` as its namespace, since one instance
 * must not have two keys.
 */
export function placeOf(key: Key): Place | undefined {
  if (key.startsWith(servicesPrefix)) {
    const name = instanceNameOf(partsOf(key, servicesPrefix) ?? []);
    return name && { table: 'services', name };
  }
  if (key.startsWith(nodesPrefix)) {
    const [node, leaf, ...more] = partsOf(key, nodesPrefix) ?? [];
    const isNode = node !== undefined && leaf === nodeLeaf && more.length === 0;
    return isNode && node === folded(node) ? { table: 'nodes', node } : undefined;
  }
  if (key.startsWith(departuresPrefix)) {
    const [path, ...more] = partsOf(key, departuresPrefix) ?? [];
    const parts = path?.split('/') ?? [];
    const names = parts.map(nameOfPart);
    const isExact = more.length === 0 && names.every((name, at) => part(name) === parts[at]);
    const name = isExact && !names.includes('') ? instanceNameOf(names) : undefined;
    return name && { table: 'departures', name };
  }
  for (const table of checkTables) {
    if (key.startsWith(instancePrefixes[table])) return checkPlaceOf(table, key);
    if (key.startsWith(nodePrefixes[table])) return nodeCheckPlaceOf(table, key);
  }
  return undefined;
}

/** What a directory of keys holds, in which nothing but the newest change counts. */
export type DirectoryPlace =
  | { readonly table: 'services' | 'checks'; readonly service: ServiceName }
  | { readonly table: 'nodes' | 'node-checks'; readonly node: string };

/** The meaning of a directory; undefined: it has none for a catalog. */
export function placeOfDirectory(directory: Key): DirectoryPlace | undefined {
  for (const [prefix, table] of directoryTables) {
    if (!directory.startsWith(prefix) || !directory.endsWith('/')) continue;
    const parts = partsOf(directory.slice(0, -1), prefix) ?? [];
    if (table === 'nodes' || table === 'node-checks') {
      const [node, ...more] = parts;
      if (node === undefined || more.length > 0 || node !== folded(node)) return undefined;
      return { table, node };
    }
    const service = serviceNameOf(parts);
    return service && { table, service };
  }
  return undefined;
}

const directoryTables: readonly (readonly [prefix: string, table: DirectoryPlace['table']])[] = [
  [servicesPrefix, 'services'],
  [instancePrefixes.checks, 'checks'],
  [instancePrefixes.heartbeats, 'checks'],
  [nodesPrefix, 'nodes'],
  [nodePrefixes.checks, 'node-checks'],
  [nodePrefixes.heartbeats, 'node-checks'],
];

function serviceNameOf(parts: readonly string[]): ServiceName | undefined {
  const [first = '', second] = parts;
  if (parts.length === 1) return { namespace: defaultNamespace, service: first };
  if (parts.length !== 2 || second === undefined || first === defaultNamespace) return undefined;
  return { namespace: first, service: second };
}

function prefixOfChecks(table: CheckTable, subject: Subject): Key {
  return keyOfText(
    subject.kind === 'node'
      ? `${nodePrefixes[table]}${part(folded(subject.node))}/`
      : `${instancePrefixes[table]}${pathOf(subject.name)}/`,
  );
}

function pathOf(name: InstanceName): string {
  return `${pathOfService(name)}/${part(name.instance)}`;
}

function pathOfService({ namespace, service }: ServiceName): string {
  const middle = namespace === defaultNamespace ? '' : `${part(namespace)}/`;
  return `${middle}${part(service)}`;
}

function instanceNameOf(parts: readonly string[]): InstanceName | undefined {
  const [first = '', second = '', third] = parts;
  if (parts.length === 2) {
    return { namespace: defaultNamespace, service: first, instance: second };
  }
  if (parts.length !== 3 || third === undefined || first === defaultNamespace) return undefined;
  return { namespace: first, service: second, instance: third };
}

function checkPlaceOf(table: CheckTable, key: Key): Place | undefined {
  const parts = partsOf(key, instancePrefixes[table]) ?? [];
  const name = instanceNameOf(parts.slice(0, -1));
  const check = parts.at(-1);
  if (name === undefined || check === undefined) return undefined;
  return { table, subject: { kind: 'instance', name }, check };
}

function nodeCheckPlaceOf(table: CheckTable, key: Key): Place | undefined {
  const [node, check, ...more] = partsOf(key, nodePrefixes[table]) ?? [];
  if (node === undefined || check === undefined || more.length > 0) return undefined;
  if (node !== folded(node)) return undefined;
  return { table, subject: { kind: 'node', node }, check };
}

/** A name as a part of a key: `/` is written as `%2F`, and `%` as `%25`. */
export function part(name: string): string {
  return name.includes('/') || name.includes('%')
    ? name.replaceAll('%', '%25').replaceAll('/', '%2F')
    : name;
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** The names in a key behind the prefix; undefined if its bytes are no UTF-8, or one is empty. */
function partsOf(key: Key, prefix: string): readonly string[] | undefined {
  let text: string;
  try {
    text = utf8.decode(Buffer.from(key.slice(prefix.length), 'latin1'));
  } catch {
    return undefined;
  }
  const parts = text.split('/');
  if (parts.includes('')) return undefined;
  if (!text.includes('%')) return parts;
  const names = parts.map(nameOfPart);
  // One name must not have two keys.
  return names.every((name, at) => part(name) === parts[at]) ? names : undefined;
}

function nameOfPart(text: string): string {
  return text.replaceAll(/%2[5F]/g, (code) => (code.endsWith('5') ? '%' : '/'));
}
