import { folded, topics } from '../../../registry/index.ts';
import type { CatalogView, Instance, Node } from '../../../registry/index.ts';
import type { IndexedAnswer } from '../frame/answer.ts';
import type { Call } from '../frame/call.ts';
import { checkJson, healthJson, nodeChecksJson } from './json.ts';
import {
  answerFrom,
  candidatesOf,
  hasMeta,
  instancesOf,
  namespaceOf,
  nodeMetaOf,
  nodesInOrder,
  protectionHeaders,
  selected,
  selectionOf,
  sortedBy,
} from './query.ts';
import { placedRevision } from './routes.ts';
import { answerOfService, serviceNameOf } from './service-answer.ts';
import { rowFilter } from '../filter/rows.ts';
import type { ConsulParts } from '../parts.ts';
import { getRoute } from '../frame/route.ts';
import type { Route } from '../frame/route.ts';
import type { SharedAnswers } from '../frame/shared-answers.ts';
import { SharedJson } from '../frame/shared-json.ts';

/** Instances with their checks. */
export function healthRoutes(parts: ConsulParts, shared: SharedAnswers): readonly Route[] {
  const common = { scope: 'index', needs: 'sight', takesNamespace: true } as const;
  return [
    getRoute('/v1/health/service/{service}', {
      ...common,
      about: 'The instances of a service with their checks and those of their nodes.',
      parameters: ['passing', 'tag', 'near', 'node-meta', 'filter', 'ns'],
      serve: (call) => health(parts, shared, call),
    }),
    getRoute('/v1/health/checks/{service}', {
      ...common,
      about: 'The checks of the instances of a service.',
      parameters: ['near', 'node-meta', 'filter', 'ns'],
      serve: (call) => checksOfService(parts, shared, call),
    }),
    getRoute('/v1/health/node/{node}', {
      ...common,
      about: 'The checks of a node, and of the instances on it.',
      parameters: ['filter', 'ns'],
      serve: (call) => checksOfNode(parts, call),
    }),
    getRoute('/v1/health/state/{state}', {
      ...common,
      about: 'All checks that are `passing`, `warning`, `critical`, or in `any` state.',
      parameters: ['near', 'node-meta', 'filter', 'ns'],
      serve: (call) => checksInState(parts, shared, call),
    }),
  ];
}

function health(parts: ConsulParts, shared: SharedAnswers, call: Call): Promise<IndexedAnswer> {
  const selection = selectionOf(call);
  return answerOfService(parts, shared, call, {
    selection,
    filter: 'health',
    topicOf: topics.health,
    indexOf: ({ revision }) => revision,
    selected: (instances, known) => selected(candidatesOf(instances, known), selection),
    rowOf: (instance) => healthJson(instance, parts.datacenter),
    headersOf: protectionHeaders,
  });
}

async function checksOfService(
  parts: ConsulParts,
  shared: SharedAnswers,
  call: Call,
): Promise<IndexedAnswer> {
  const name = serviceNameOf(call);
  const meta = nodeMetaOf(call);
  const filter = rowFilter(call, 'check');
  return answerFrom(parts, call, {
    topics: [topics.health(name)],
    answer: (catalog) => {
      const known = catalog.service(name);
      if (known === undefined) return { index: 0, json: noRows };
      const json = shared.ofService(known, questionOf('checks', meta, call), () => {
        const rows = checksInOrder(
          instancesOf(known)
            .filter(({ node }) => hasMeta(node, meta))
            .flatMap(ownChecks),
        );
        return filter === undefined ? rows : rows.filter(filter());
      });
      return { index: known.revision, json };
    },
  });
}

const noRows = new SharedJson(() => []);

function checksOfNode(parts: ConsulParts, call: Call): Promise<IndexedAnswer> {
  const name = call.requiredPart('node', 'Missing node name');
  const namespace = namespaceOf(call);
  const filter = rowFilter(call, 'check');
  return answerFrom(parts, call, {
    topics: [topics.node(name)],
    answer: (catalog) => {
      const json = new SharedJson(() => {
        const node = catalog.node(name);
        if (node === undefined) return [];
        const instances = catalog
          .instancesOn(name)
          .filter((instance) => folded(instance.namespace) === folded(namespace));
        const rows = checksInOrder([...nodeChecksJson(node), ...instances.flatMap(ownChecks)]);
        return filter === undefined ? rows : rows.filter(filter());
      });
      return { index: Math.max(placedRevision(catalog), catalog.checksRevision), json };
    },
  });
}

function checksInState(
  parts: ConsulParts,
  shared: SharedAnswers,
  call: Call,
): Promise<IndexedAnswer> {
  const state = folded(call.requiredPart('state', 'Missing check state'));
  const namespace = namespaceOf(call);
  const meta = nodeMetaOf(call);
  const filter = rowFilter(call, 'check');
  return answerFrom(parts, call, {
    topics: [topics.checks],
    answer: (catalog) => ({
      index: catalog.checksRevision,
      json: shared.ofCatalog(
        catalog,
        questionOf(`state ${state}`, { namespace, meta }, call),
        () => {
          const rows = allChecks(catalog, namespace, (node) => hasMeta(node, meta)).filter(
            (row) => state === 'any' || row['Status'] === state,
          );
          return filter === undefined ? rows : rows.filter(filter());
        },
      ),
    }),
  });
}

/** The checks of all nodes and instances; those of an instance that is gone count for nobody. */
function allChecks(
  catalog: CatalogView,
  namespace: string,
  isWanted: (node: Node) => boolean,
): readonly CheckRow[] {
  const nodes = new Map<Node, Instance[]>();
  for (const node of catalog.nodes()) if (isWanted(node)) nodes.set(node, []);
  for (const service of catalog.services()) {
    if (folded(service.namespace) !== folded(namespace)) continue;
    for (const instance of service.instances) {
      const { node, checks } = instance;
      if (checks.length + node.checks.length === 0 || !isWanted(node)) continue;
      const known = nodes.get(node);
      if (known === undefined) nodes.set(node, [instance]);
      else known.push(instance);
    }
  }
  return nodesInOrder(nodes.keys()).flatMap((node) =>
    checksInOrder([...nodeChecksJson(node), ...(nodes.get(node) ?? []).flatMap(ownChecks)]),
  );
}

type CheckRow = Readonly<Record<string, unknown>>;

/** By node, then by the id of the check, both without regard to the case of letters. */
function checksInOrder(rows: readonly CheckRow[]): readonly CheckRow[] {
  return sortedBy(rows, (row) => [folded(String(row['Node'])), folded(String(row['CheckID']))]);
}

function ownChecks(instance: Instance): readonly CheckRow[] {
  return instance.checks.map((check) => checkJson(check, instance.node.name, instance));
}

function questionOf(what: string, selection: unknown, call: Call): string {
  return JSON.stringify([what, selection, call.get('filter')]);
}
