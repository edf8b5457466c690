import { RegistryError } from '../base/errors.ts';
import type { Catalog } from './catalog.ts';
import type { GivenCheck } from './check.ts';
import { drainType, encodeCheck, holdId } from './check.ts';
import { ttlSecondsOf } from './definition.ts';
import type { Draft } from './draft.ts';
import { folded, keyOfCheck } from './keys.ts';
import type { Subject } from './keys.ts';
import { removeCheck } from './removal.ts';
import { recordOf } from './views.ts';
import type { Check, Instance } from './views.ts';

/** A check as it is registered. */
export interface NewCheck {
  readonly id: string;
  readonly record: GivenCheck;
  /** Undefined: it keeps the one that it has. */
  readonly output?: string;
  /**
   * Its status is that of a new check. One that is there keeps its own, as with Consul's agents: programs that register
   * again and again say `passing` each time, and their checks know better.
   */
  readonly keepsStatus?: boolean;
}

/** Of an instance or a node: to remove it with its checks is one transaction. */
const checksMax = 1000;

/** Throws if a subject has, or would have, too many checks. */
export function checkCount(before: readonly Check[], added: ReadonlySet<string>): void {
  const known = new Set(before.map(({ id }) => id));
  const count = known.size + [...added].filter((id) => !known.has(id)).length;
  if (count <= checksMax || added.size === 0) return;
  throw new RegistryError(
    'too-many-operations',
    `an instance or a node has at most ${checksMax} checks, and this one would have ${count}`,
  );
}

/**
 * The checks of an instance that moves to another service go with it, as in Consul: it is as well as before, and still held
 * if it was. Returns them as they will be. The draft removes the instance already.
 */
export function moveChecks(
  draft: Draft,
  catalog: Catalog,
  { namespace, service, instance }: Instance,
  subject: Subject,
): readonly Check[] {
  const from: Subject = { kind: 'instance', name: { namespace, service, instance } };
  const there = new Set(catalog.checksOf(subject).map(({ id }) => folded(id)));
  return catalog.checksOf(from).flatMap((check) => {
    const { id, type, definition, isHeard } = check;
    if (id === holdId) removeCheck(draft, check);
    if (there.has(folded(id))) return [];
    const key = keyOfCheck('checks', subject, id);
    draft.put(key, encodeCheck(recordOf(check)));
    if (isHeard) draft.putLeased(keyOfCheck('heartbeats', subject, id), ttlSecondsOf(definition));
    // That of a check that is heard of no more says so, and no one wrote it.
    const output = type === 'ttl' && !isHeard ? '' : check.output;
    if (output !== '') draft.put(keyOfCheck('outputs', subject, id), Buffer.from(output));
    return [{ ...check, subject, key, output, modRevision: 0 }];
  });
}

/** The ID of a check keeps the spelling that it got first: IDs that differ in the case of letters are one check, as in Consul. */
export function namesOfChecks(before: readonly Check[]): (given: string) => string {
  const exact = new Set(before.map(({ id }) => id));
  const names = new Map(before.map(({ id }) => [folded(id), id]));
  return (given) => {
    const name = exact.has(given) ? given : (names.get(folded(given)) ?? given);
    names.set(folded(given), name);
    return name;
  };
}

/**
 * The lease of a heartbeat is granted with the check's first status that lets it live, and anew with another TTL. A check that
 * had another type is heard from now on.
 */
export function draftHeartbeat(
  draft: Draft,
  subject: Subject,
  { id, record, known }: Omit<NewCheck, 'output'> & { readonly known: Check | undefined },
): void {
  const key = keyOfCheck('heartbeats', subject, id);
  if (record.type === drainType) {
    draft.putLeased(key, ttlSecondsOf(record.definition));
    return;
  }
  if (record.type !== 'ttl') {
    if (known?.isHeard === true) draft.delete(key);
    return;
  }
  const ttlSeconds = ttlSecondsOf(record.definition);
  const isOtherTtl = known?.isHeard === true && ttlSecondsOf(known.definition) !== ttlSeconds;
  const before = known?.type === 'ttl' ? undefined : known?.saidStatus;
  const status = record.status ?? before ?? 'critical';
  const isSaidWell = status !== 'critical';
  if (isOtherTtl || (isSaidWell && known?.isHeard !== true)) draft.putLeased(key, ttlSeconds);
}
