import type { KeyValue } from '../../../operations/index.ts';
import { folded, inAnswers, worstOf } from '../../../registry/index.ts';
import type { Candidates, HealthStatus, Instance } from '../../../registry/index.ts';
import { JsonFields, parseJson } from '../frame/json-in.ts';
import { isTemplate, queryOfFields, render } from './definition.ts';
import type { PreparedQuery, QueriedService } from './definition.ts';
import { ConsulRefusal } from '../frame/refusals.ts';

/** A prepared query, as it is kept. */
export interface KeptQuery extends PreparedQuery {
  readonly CreateIndex: number;
  readonly ModifyIndex: number;
}

/** Undefined: it is none. */
export function queryOfKey({
  value,
  createRevision,
  modRevision,
}: KeyValue): KeptQuery | undefined {
  try {
    const query = queryOfFields(new JsonFields(parseJson(value)));
    return { ...query, CreateIndex: createRevision, ModifyIndex: modRevision };
  } catch (error) {
    // An etcd client wrote it.
    if (error instanceof ConsulRefusal) return undefined;
    throw error;
  }
}

/** The query of a name: its own one first, then the template with the longest name that it begins with. */
export function queryNamed(queries: Iterable<KeptQuery>, wanted: string): KeptQuery | undefined {
  const name = folded(wanted);
  let best: KeptQuery | undefined;
  for (const query of queries) {
    const own = folded(query.Name);
    if (!isTemplate(query) && own !== '' && own === name) return query;
    const isLonger = best === undefined || query.Name.length > best.Name.length;
    if (isTemplate(query) && name.startsWith(own) && isLonger) best = query;
  }
  return best && filledIn(best, wanted);
}

/** A template with the parts of the name in place. */
export function filledIn(query: KeptQuery, name: string): KeptQuery {
  return { ...query, ...render(query, name) };
}

/** Those of the instances of a service that a query is for. */
export function queried(candidates: Candidates, service: QueriedService): readonly Instance[] {
  const ignored = new Set(service.IgnoreCheckIDs);
  const wanted = service.OnlyPassing ? 'passing' : 'not-critical';
  return inAnswers(candidates, wanted, (instance) => statusWithout(instance, ignored)).filter(
    (instance) => isMeant(instance, service),
  );
}

function isMeant({ tags, meta, node }: Instance, service: QueriedService): boolean {
  const own = new Set(tags.map(folded));
  for (const tag of service.Tags ?? []) {
    const isExcluded = tag.startsWith('!');
    if (own.has(folded(isExcluded ? tag.slice(1) : tag)) === isExcluded) return false;
  }
  return hasAll(meta, service.ServiceMeta) && hasAll(node.meta, service.NodeMeta);
}

/** By the checks that matter. */
function statusWithout(
  { checks, node, status }: Instance,
  ignored: ReadonlySet<string>,
): HealthStatus {
  if (ignored.size === 0) return status;
  return worstOf([...node.checks, ...checks].filter(({ id }) => !ignored.has(id)));
}

function hasAll(
  meta: Readonly<Record<string, string>>,
  wanted: Readonly<Record<string, string>> | null,
): boolean {
  return Object.entries(wanted ?? {}).every(([name, value]) => meta[name] === value);
}
