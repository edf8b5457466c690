import type { Catalog } from './catalog.ts';
import { worstOf } from './check.ts';
import type { Verdict } from './check-judge.ts';
import type { CheckPlan } from './check-plan.ts';
import { folded } from './keys.ts';
import type { Subject } from './keys.ts';
import type { Check, Instance } from './views.ts';

/**
 * The status of an alias: the worst of the checks of an instance and its node, or of a node alone. An instance is looked for
 * on the given node; without one, on that of the alias.
 */
export function verdictOfAlias(
  catalog: Catalog,
  check: Check,
  { instance, node: given }: NonNullable<CheckPlan['alias']>,
): Verdict {
  const node = given === '' ? nodeOf(catalog, check.subject) : given;
  if (instance === '') {
    const checks = catalog.node(node)?.checks;
    if (checks !== undefined) return verdictOf(checks, check);
    return { status: 'critical', output: `Node ${node} could not be found` };
  }
  const onNode = (one: Instance): boolean => node === '' || folded(one.node.name) === folded(node);
  const found = catalog.instancesById(instance).find(onNode);
  if (found !== undefined) return verdictOf([...found.node.checks, ...found.checks], check);
  const output = `Service ${instance} could not be found on node ${node}`;
  return { status: 'critical', output };
}

function nodeOf(catalog: Catalog, subject: Subject): string {
  if (subject.kind === 'node') return subject.node;
  return catalog.registrationsOf(subject)[0]?.node.name ?? '';
}

function verdictOf(checks: readonly Check[], self: Check): Verdict {
  const others = checks.filter(({ key }) => key !== self.key);
  const worst = worstOf(others);
  const status = worst === 'maintenance' ? 'critical' : worst;
  const bad = others.find((check) => check.status === status && status !== 'passing');
  if (bad === undefined) return { status, output: 'All checks passing.' };
  return { status, output: `Aliased check "${bad.id}" failing: ${bad.output}` };
}
