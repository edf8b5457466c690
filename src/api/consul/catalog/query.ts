import {
  catalogRanges,
  defaultNamespace,
  folded,
  hasTags,
  inAnswers,
  VisibleCatalog,
  visibleTo,
} from '../../../registry/index.ts';
import type {
  Candidates,
  CatalogView,
  Instance,
  Node,
  Service,
  ServiceName,
  Topic,
  Wanted,
} from '../../../registry/index.ts';
import type { IndexedAnswer } from '../frame/answer.ts';
import type { Call } from '../frame/call.ts';
import { filteredHeader, isAnonymous } from '../frame/callers.ts';
import { nodeMetaJson } from './json.ts';
import type { ConsulParts } from '../parts.ts';
import { booleanOf } from '../frame/query.ts';
import type { Mode } from '../frame/query.ts';
import { badRequest, failed } from '../frame/refusals.ts';
import type { SharedJson } from '../frame/shared-json.ts';

/** An answer that is made from the catalog. */
export interface CatalogQuestion {
  /** The parts of the catalog that it depends on. */
  readonly topics: readonly Topic[];
  readonly answer: (catalog: CatalogView) => CatalogAnswer;
}

export interface CatalogAnswer {
  /** The newest revision that it depends on; the catalog's floor is added here. */
  readonly index: number;
  readonly json: SharedJson;
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

type CatalogParts = Pick<ConsulParts, 'followed' | 'operations'>;

/**
 * The catalog of this member, as far as the caller may read it. An empty answer before the first reading would say that there
 * are no services.
 */
export function knownCatalog(
  { followed, operations }: CatalogParts,
  { options }: Pick<Call, 'options'>,
): CatalogView {
  const { catalog } = followed;
  if (catalog !== undefined) return visibleTo(catalog, operations.rightsOf(options.caller));
  throw failed(
    'this member has not read its registrations yet; ask another member, or try again shortly',
  );
}

/** Answers from this member's memory, and after a round with the others only if the caller asks for that. */
export function answerFrom(
  parts: ConsulParts,
  call: Call,
  { topics, answer }: CatalogQuestion,
): Promise<IndexedAnswer> {
  return parts.blocking.answer(call, {
    answer: async (isFirst) => {
      const catalog = await readCatalog(parts, call, isFirst ? call.query.mode : 'stale');
      if (catalog instanceof VisibleCatalog) catalog.tellHidden();
      const made = answer(catalog);
      const headers = headersOf(parts, call, catalog, made);
      return { ...made, headers, index: Math.max(made.index, catalog.floor, 1) };
    },
    onChange: (changed) => knownCatalog(parts, call).on(topics, changed),
  });
}

/** Tells a user that something is left out of an answer. Callers without a login are not told, as in Consul. */
function headersOf(
  { operations }: ConsulParts,
  call: Call,
  catalog: CatalogView,
  { json, headers }: CatalogAnswer,
): IndexedAnswer['headers'] {
  if (!(catalog instanceof VisibleCatalog)) return headers;
  // Made now, so that it is known what was hidden.
  void json.bytes;
  if (!catalog.tellHidden() || isAnonymous(operations, call.options.caller)) return headers;
  return { ...headers, [filteredHeader]: 'true' };
}

/** Counts a call for a service that has no instance: once, however often the call looks while it waits. */
export function absentNoter(
  { absent }: ConsulParts,
  { options }: Call,
  { namespace, service }: ServiceName,
): (known: Service | undefined) => void {
  let isFirst = true;
  return (known) => {
    const isAbsent = known === undefined || known.instances.length === 0;
    const name = namespace === defaultNamespace ? service : `${namespace}/${service}`;
    if (isFirst && isAbsent) absent.asked('consul', name, options.caller.address);
    isFirst = false;
  };
}

/** The catalog for a caller that may read it; `consistent`: with all that was acknowledged before. */
export async function readCatalog(
  parts: CatalogParts,
  { options }: Pick<Call, 'options'>,
  consistency: Mode,
): Promise<CatalogView> {
  const { operations, followed } = parts;
  const { header } = await operations.discover({ ranges: catalogRanges, consistency }, options);
  if (consistency === 'consistent') await followed.whenAt(header.revision);
  return knownCatalog(parts, { options });
}

/**
 * Looks in the catalog of this member, and, if it is not there, in all that was acknowledged before: another member may have
 * taken it a moment ago.
 */
export async function foundIn<T>(
  parts: CatalogParts,
  call: Pick<Call, 'options'>,
  find: (catalog: CatalogView) => T | undefined,
): Promise<T | undefined> {
  const known = find(await readCatalog(parts, call, 'stale'));
  return known ?? find(await readCatalog(parts, call, 'consistent'));
}

export function namespaceOf(call: Call): string {
  const given = call.get('ns');
  return given === '' ? defaultNamespace : given;
}

/** Consul's own service: its instances are the members. */
export const ownService = 'consul';

export function isOwnService({ namespace, service }: ServiceName): boolean {
  return folded(namespace) === defaultNamespace && folded(service) === ownService;
}

/** By node, then by id, both without regard to the case of letters: the order of all answers about instances. */
export function inOrder(instances: readonly Instance[]): readonly Instance[] {
  return sortedBy(instances, ({ node, id }) => [folded(node.name), folded(id)]);
}

export function nodesInOrder(nodes: Iterable<Node>): readonly Node[] {
  return sortedBy([...nodes], ({ name }) => [folded(name), name]);
}

/** Sorted by two texts. */
export function sortedBy<T>(
  all: readonly T[],
  keyOf: (one: T) => readonly [string, string],
): readonly T[] {
  return all
    .map((one) => ({ one, key: keyOf(one) }))
    .toSorted((a, b) => compare(a.key[0], b.key[0]) || compare(a.key[1], b.key[1]))
    .map(({ one }) => one);
}

function compare(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

const ordered = new WeakMap<Service, readonly Instance[]>();

/** The instances of a service, in the order of answers. */
export function instancesOf(service: Service | undefined): readonly Instance[] {
  if (service === undefined) return [];
  let instances = ordered.get(service);
  if (instances === undefined) ordered.set(service, (instances = inOrder(service.instances)));
  return instances;
}

/** `instances` in the order of answers, of which those that fail may be kept as `service` is protected. */
export function candidatesOf(
  instances: readonly Instance[],
  service: Service | undefined,
): Candidates {
  return { instances, protection: service?.protection };
}

/** Tells a caller that instances fail, and are in the answer nevertheless. Undefined: none is kept. */
export function protectionHeaders(
  service: Service | undefined,
): Readonly<Record<string, string>> | undefined {
  const protection = service?.protection;
  if (protection === undefined) return undefined;
  const { of, share } = protection;
  return { 'X-Rollcall-Protected': `failed=${protection.failed}, of=${of}, share=${share}` };
}

/** Which instances of a service a caller wants. */
export interface Selection {
  readonly wanted: Wanted;
  /** In lower case. */
  readonly tags: readonly string[];
  readonly nodeMeta: NodeMeta;
}

export type NodeMeta = readonly (readonly [name: string, value: string])[];

export function selectionOf(call: Call): Selection {
  return {
    wanted: passingOf(call) ? 'passing' : 'any',
    tags: tagsOf(call),
    nodeMeta: nodeMetaOf(call),
  };
}

function passingOf(call: Call): boolean {
  if (!call.has('passing')) return false;
  const given = call.get('passing');
  const value = given === '' ? true : booleanOf(given);
  if (value === undefined) throw badRequest('Invalid value for ?passing');
  return value;
}

function tagsOf(call: Call): readonly string[] {
  return call.all('tag').map((tag) => tag.toLowerCase());
}

export function nodeMetaOf(call: Call): NodeMeta {
  return call.all('node-meta').map((pair) => {
    const colon = pair.indexOf(':');
    return colon === -1 ? [pair, ''] : [pair.slice(0, colon), pair.slice(colon + 1)];
  });
}

/** Those of the instances of a service that are wanted. */
export function selected(
  candidates: Candidates,
  { wanted, tags, nodeMeta }: Selection,
): readonly Instance[] {
  return inAnswers(candidates, wanted).filter(
    (instance) => hasTags(instance, tags) && hasMeta(instance.node, nodeMeta),
  );
}

export function hasMeta(node: Node, wanted: NodeMeta): boolean {
  if (wanted.length === 0) return true;
  const meta = nodeMetaJson(node);
  return wanted.every(([name, value]) => Object.hasOwn(meta, name) && meta[name] === value);
}
