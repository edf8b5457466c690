import { defaultNamespace, folded, topics } from '../../../registry/index.ts';
import type { CatalogView, Instance, Service } from '../../../registry/index.ts';
import type { IndexedAnswer } from '../frame/answer.ts';
import type { Call } from '../frame/call.ts';
import { catalogServiceJson, nodeJson, serviceJson } from './json.ts';
import {
  answerFrom,
  hasMeta,
  inOrder,
  namespaceOf,
  nodeMetaOf,
  nodesInOrder,
  ownService,
  selected,
  selectionOf,
} from './query.ts';
import type { NodeMeta } from './query.ts';
import { answerOfService } from './service-answer.ts';
import { rowFilter } from '../filter/rows.ts';
import { ownInstances, showsMembers } from './own-service.ts';
import type { OwnInstances } from './own-service.ts';
import type { ConsulParts } from '../parts.ts';
import { getRoute } from '../frame/route.ts';
import type { Route } from '../frame/route.ts';
import type { SharedAnswers } from '../frame/shared-answers.ts';
import { SharedJson } from '../frame/shared-json.ts';

/** Services and nodes. */
export function catalogRoutes(parts: ConsulParts, shared: SharedAnswers): readonly Route[] {
  const common = { scope: 'index', needs: 'sight', takesNamespace: true } as const;
  return [
    getRoute('/v1/catalog/services', {
      ...common,
      about: 'The names of all services that have instances, with their tags.',
      parameters: ['node-meta', 'filter', 'ns'],
      serve: (call) => services(parts, shared, call),
    }),
    getRoute('/v1/catalog/service/{service}', {
      ...common,
      about: 'The instances of a service.',
      parameters: ['tag', 'near', 'node-meta', 'filter', 'ns'],
      serve: (call) => service(parts, shared, call),
    }),
    getRoute('/v1/catalog/nodes', {
      ...common,
      about: 'The members, and the nodes that were registered.',
      parameters: ['near', 'node-meta', 'filter'],
      serve: (call) => nodes(parts, shared, call),
    }),
    getRoute('/v1/catalog/node/{node}', {
      ...common,
      about: 'A node and the instances on it, by their ids.',
      parameters: ['filter', 'ns'],
      serve: (call) => node(parts, call, asMap),
    }),
    getRoute('/v1/catalog/node-services/{node}', {
      ...common,
      about: 'A node and a list of the instances on it.',
      parameters: ['filter', 'ns'],
      serve: (call) => node(parts, call, asList),
    }),
  ];
}

async function services(
  parts: ConsulParts,
  shared: SharedAnswers,
  call: Call,
): Promise<IndexedAnswer> {
  const namespace = namespaceOf(call);
  const meta = nodeMetaOf(call);
  const filter = rowFilter(call, 'catalog-service');
  const isWhole = meta.length === 0 && filter === undefined;
  const own = isWhole ? undefined : await ownInstances(parts, call.options);
  const wanted = (): ((instance: Instance) => boolean) => {
    const isWanted = filter?.();
    return (instance) =>
      hasMeta(instance.node, meta) &&
      (isWanted?.(catalogServiceJson(instance, parts.datacenter)) ?? true);
  };
  return answerFrom(parts, call, {
    topics: isWhole ? [topics.services] : [topics.services, topics.nodes],
    answer: (catalog) => ({
      index: isWhole
        ? catalog.servicesRevision
        : Math.max(catalog.servicesRevision, catalog.nodesRevision),
      json: shared.ofCatalog(catalog, questionOf('services', namespace, meta, call), () => {
        const isWanted = wanted();
        const hasOwn =
          folded(namespace) === defaultNamespace &&
          (own?.(catalog).some(isWanted) ?? showsMembers(catalog));
        return serviceTags(catalog, namespace, hasOwn, isWhole ? undefined : isWanted);
      }),
    }),
  });
}

/** Names with tags, sorted. Names that differ in the case of letters are one service. */
function serviceTags(
  catalog: CatalogView,
  namespace: string,
  hasOwn: boolean,
  isWanted: ((instance: Instance) => boolean) | undefined,
): Readonly<Record<string, readonly string[]>> {
  const found = new Map<string, readonly string[]>();
  const inNamespace = folded(namespace);
  if (hasOwn) found.set(ownService, []);
  for (const one of catalog.services()) {
    if (folded(one.namespace) !== inNamespace) continue;
    if (isWanted === undefined) found.set(one.service, tagsOf(one));
    else {
      const instances = one.instances.filter(isWanted);
      if (instances.length > 0) found.set(one.service, distinctTags(instances));
    }
  }
  return Object.fromEntries([...found].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

const tagsOfServices = new WeakMap<Service, readonly string[]>();

function tagsOf(one: Service): readonly string[] {
  let tags = tagsOfServices.get(one);
  if (tags === undefined) tagsOfServices.set(one, (tags = distinctTags(one.instances)));
  return tags;
}

function distinctTags(instances: readonly Instance[]): readonly string[] {
  return [...new Set(instances.flatMap(({ tags }) => tags))].toSorted();
}

function service(parts: ConsulParts, shared: SharedAnswers, call: Call): Promise<IndexedAnswer> {
  const selection = { ...selectionOf(call), wanted: 'any' } as const;
  return answerOfService(parts, shared, call, {
    selection,
    filter: 'catalog-service',
    topicOf: topics.registrations,
    indexOf: ({ registrationRevision }) => registrationRevision,
    selected: (instances) => selected({ instances, protection: undefined }, selection),
    rowOf: (instance) => catalogServiceJson(instance, parts.datacenter),
  });
}

function nodes(parts: ConsulParts, shared: SharedAnswers, call: Call): Promise<IndexedAnswer> {
  const meta = nodeMetaOf(call);
  const filter = rowFilter(call, 'node');
  return answerFrom(parts, call, {
    topics: [topics.nodes],
    answer: (catalog) => ({
      // Test harnesses of Consul wait until it is at least 2.
      index: Math.max(catalog.nodesRevision, 1) + 1,
      json: shared.ofCatalog(catalog, questionOf('nodes', '', meta, call), () => {
        const rows = nodesInOrder(catalog.nodes())
          .filter((one) => hasMeta(one, meta))
          .map((one) => nodeJson(one, parts.datacenter));
        return filter === undefined ? rows : rows.filter(filter());
      }),
    }),
  });
}

type Listing = (
  nodeRow: unknown,
  services: readonly (readonly [id: string, row: unknown])[],
) => unknown;

const asMap: Listing = (nodeRow, rows) =>
  nodeRow === null ? null : { Node: nodeRow, Services: Object.fromEntries(rows) };
const asList: Listing = (nodeRow, rows) => ({
  Node: nodeRow,
  Services: rows.map(([, row]) => row),
});

async function node(parts: ConsulParts, call: Call, listing: Listing): Promise<IndexedAnswer> {
  const name = call.requiredPart('node', 'Missing node name');
  const namespace = namespaceOf(call);
  const filter = rowFilter(call, 'service');
  const own: OwnInstances = await ownInstances(parts, call.options);
  return answerFrom(parts, call, {
    topics: [topics.node(name)],
    answer: (catalog) => {
      const known = catalog.node(name);
      const instances = [...own(catalog), ...catalog.instancesOn(name)].filter(
        (instance) => folded(instance.namespace) === folded(namespace) && instance.node === known,
      );
      const json = new SharedJson(() => {
        const isWanted = filter?.();
        const rows = inOrder(instances)
          .map((instance) => [instance.id, serviceJson(instance)] as const)
          .filter(([, row]) => isWanted?.(row) ?? true);
        return listing(known === undefined ? null : nodeJson(known, parts.datacenter), rows);
      });
      return { index: placedRevision(catalog), json };
    },
  });
}

/**
 * The index of answers about a node. The deletion of an instance is known by its service, not by the node that it was on, so
 * an index of one node alone would fall.
 */
export function placedRevision({
  servicesRevision,
  nodesRevision,
}: Pick<CatalogView, 'servicesRevision' | 'nodesRevision'>): number {
  return Math.max(servicesRevision, nodesRevision);
}

function questionOf(what: string, namespace: string, meta: NodeMeta, call: Call): string {
  return JSON.stringify([what, namespace, meta, call.get('filter')]);
}
