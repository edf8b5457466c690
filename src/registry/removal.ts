import type { Key } from '../base/key.ts';
import type { Catalog } from './catalog.ts';
import { holdId } from './check.ts';
import { encodeDeparture, outputThenMax } from './departure.ts';
import type { CheckThen, DepartureRecord } from './departure.ts';
import { Draft } from './draft.ts';
import { keyOfCheck, keyOfDeparture, keyOfNode } from './keys.ts';
import type { Subject } from './keys.ts';
import type { Check, Instance } from './views.ts';

/** Why an instance leaves, and by whom. */
export type Leaving = Pick<DepartureRecord, 'reason' | 'actor' | 'timeMs'>;

/** Keys of one transaction of many; a transaction has a limit (`--max-txn-ops`, 128). */
const draftSizeMax = 64;
/** Departures that are kept. Instances that leave beyond it leave no key behind. */
const departuresMax = 10_000;

/** Removes an instance with its checks; it leaves a key behind that says why. */
export function removeInstance(
  draft: Draft,
  catalog: Catalog,
  instance: Instance,
  leaving: Leaving,
): void {
  const { namespace, service, instance: name, key, modRevision } = instance;
  draft.read(key, modRevision);
  draft.delete(key);
  const left = departureKeyOf(catalog, instance, leaving);
  if (left !== undefined) draft.depart(left.key, left.value);
  const subject: Subject = { kind: 'instance', name: { namespace, service, instance: name } };
  for (const check of catalog.checksOf(subject)) {
    // Whoever deregisters and registers again is still held.
    if (check.id !== holdId) removeCheck(draft, check);
  }
}

/** The key that an instance leaves behind; undefined: there are too many of them already. */
export function departureKeyOf(
  catalog: Catalog,
  instance: Instance,
  leaving: Leaving,
): { readonly key: Key; readonly value: Uint8Array } | undefined {
  if (catalog.departureCount >= departuresMax) return undefined;
  const worst = worstCheckOf(instance);
  return {
    key: keyOfDeparture(instance),
    value: encodeDeparture({ ...leaving, ...(worst && { check: worst }) }),
  };
}

/** The check that is worst, unless all are well. */
function worstCheckOf({ checks, node }: Instance): CheckThen | undefined {
  const all = [...checks, ...node.checks];
  const worst =
    all.find(({ status }) => status === 'critical') ??
    all.find(({ status }) => status === 'warning');
  if (worst === undefined) return undefined;
  const { id, status, output } = worst;
  return { id, status, output: output.slice(0, outputThenMax) };
}

/** The removal of a node; of some of the instances on it first, if there are many. */
export function draftOfNode(
  catalog: Catalog,
  name: string,
  step: { isLast: boolean },
  leaving: Leaving,
): Draft | undefined {
  const node = catalog.node(name);
  if (node === undefined) return undefined;
  const draft = new Draft();
  step.isLast = catalog.instancesOn(name).every((instance) => {
    if (draft.size >= draftSizeMax) return false;
    removeInstance(draft, catalog, instance, leaving);
    return true;
  });
  if (!step.isLast) return draft;
  if (node.origin === 'registered') draft.delete(keyOfNode(name));
  for (const check of node.checks) removeCheck(draft, check);
  return draft;
}

export function removeCheck(draft: Draft, { subject, id, key, isHeard, output }: Check): void {
  draft.delete(key);
  if (isHeard) draft.delete(keyOfCheck('heartbeats', subject, id));
  if (output !== '') draft.delete(keyOfCheck('outputs', subject, id));
}
