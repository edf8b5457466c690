import type { Key } from '../base/key.ts';
import type { Catalog } from './catalog.ts';
import { worstOf } from './check.ts';
import type { Verdict } from './check-judge.ts';
import { folded } from './keys.ts';
import type { Subject } from './keys.ts';
import type { Check, Instance } from './views.ts';

/** Aliases that are followed for one status; those of checks beyond are taken as they were written last. */
const followedMax = 64;

/**
 * The status of an alias: the worst of the checks of an instance and its node, or of a node alone. An instance is looked for
 * on the given node; without one, on that of the alias.
 *
 * Aliases among these checks are followed in their turn, each once: one that leads back to where it began says nothing about
 * anything that runs. In a circle of written statuses each would keep the others critical for ever.
 */
export function verdictOfAlias(catalog: Catalog, check: Check): Verdict {
  return verdictBelow(catalog, check, new Set([check.key]));
}

function verdictBelow(catalog: Catalog, check: Check, seen: Set<Key>): Verdict {
  const target = checksBehind(catalog, check);
  if (typeof target === 'string') return { status: 'critical', output: target };
  const statuses: (Verdict & { readonly id: string })[] = [];
  for (const one of target) {
    const { id, key, status, output } = one;
    if (one.type !== 'alias' || seen.size >= followedMax) statuses.push({ id, status, output });
    else if (!seen.has(key)) {
      seen.add(key);
      statuses.push({ id, ...verdictBelow(catalog, one, seen) });
    }
  }
  const worst = worstOf(statuses);
  const status = worst === 'maintenance' ? 'critical' : worst;
  const bad = statuses.find((one) => one.status === status && status !== 'passing');
  if (bad === undefined) return { status, output: 'All checks passing.' };
  return { status, output: `Aliased check "${bad.id}" failing: ${bad.output}` };
}

/** The checks that an alias stands for; a text says what cannot be found. */
function checksBehind(catalog: Catalog, check: Check): readonly Check[] | string {
  const instance = textOf(check.definition['AliasService']);
  const given = textOf(check.definition['AliasNode']);
  const node = given === '' ? nodeOf(catalog, check.subject) : given;
  if (instance === '') return catalog.node(node)?.checks ?? `Node ${node} could not be found`;
  const onNode = (one: Instance): boolean => node === '' || folded(one.node.name) === folded(node);
  const found = catalog.instancesById(instance).find(onNode);
  if (found !== undefined) return [...found.node.checks, ...found.checks];
  return `Service ${instance} could not be found on node ${node}`;
}

function nodeOf(catalog: Catalog, subject: Subject): string {
  if (subject.kind === 'node') return subject.node;
  return catalog.registrationsOf(subject)[0]?.node.name ?? '';
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
