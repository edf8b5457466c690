import { isIP } from 'node:net';
import type { CatalogView } from './visible-catalog.ts';
import { lastOf, quoted, textOfKind, whyOf } from './change-text.ts';
import {
  drainId,
  holdId,
  isMaintenance,
  nodeMaintenanceId,
  serviceMaintenancePrefix,
} from './check.ts';
import type { Actor } from './departure.ts';
import type { Change, ChangeKind, History } from './history.ts';
import { hasTags, inAnswers, isWellEnough, weightOf } from './in-answers.ts';
import type { Wanted } from './in-answers.ts';
import { folded, instanceIdOf, keyOfInstance } from './keys.ts';
import type { InstanceName, ServiceName, Subject } from './keys.ts';
import { reachOf } from './reach.ts';
import type { Check, Instance } from './views.ts';

/** A question for instances of a service, as it was asked of one of the APIs. */
export interface AskedFor {
  readonly service: ServiceName;
  readonly wanted: Wanted;
  /** In lower case; all must be there. */
  readonly tags: readonly string[];
  /** Empty: this one. */
  readonly zone: string;
  /** Of the addresses, in DNS; undefined: instances with any are in the answer, and ones without. */
  readonly family: 4 | 6 | undefined;
  /** Answers over UDP: how many instances have room in one of them. Undefined: they are not cut. */
  readonly room: number | undefined;
}

/** All that an explanation looks at. */
export interface ExplainFacts {
  readonly catalog: CatalogView;
  readonly history: History;
  /** The name of this datacenter. */
  readonly zone: string;
}

/** Reasons, in the order in which they are looked at. The first that holds is the answer. */
export type Reason =
  | 'never-registered'
  | 'unreadable'
  | 'lease'
  | 'deregistered'
  | 'hold'
  | 'drain'
  | 'maintenance'
  | 'node-maintenance'
  | 'node-check'
  | 'check'
  | 'zone'
  | 'tag'
  | 'family'
  | 'weight'
  | 'protection'
  | 'size';

/** What was found about one reason. */
export interface Finding {
  readonly reason: Reason;
  /** `out`: so it is not in the answer. `note`: it is, but. `no`: it is not so. */
  readonly effect: 'out' | 'note' | 'no';
  /** One sentence, without its end; empty: there is nothing to say. */
  readonly text: string;
  /** Milliseconds since 1970; undefined: this member does not know it. */
  readonly timeMs?: number;
  readonly actor?: Actor;
  /** Of an instance that is gone: how it left. */
  readonly kind?: ChangeKind;
}

export interface Explanation {
  readonly name: InstanceName;
  readonly isInAnswer: boolean;
  /** The reason that counts: one why it is not in the answer, or else the first note. */
  readonly first: Finding | undefined;
  /** All reasons, one row each. */
  readonly looked: readonly Finding[];
  readonly changes: readonly Change[];
}

/** An instance as the rows see it. */
interface Looked {
  readonly name: InstanceName;
  /** Undefined: it is not registered. */
  readonly instance: Instance | undefined;
  /** Answers leave it out for its health. */
  readonly isUnwell: boolean;
  readonly asked: AskedFor;
  readonly facts: ExplainFacts;
  readonly changes: readonly Change[];
  /** The instances that are well enough, with it or without it. */
  readonly kept: readonly Instance[];
}

type Found = Omit<Finding, 'reason'>;

/** A row looks at one reason; undefined: it does not hold. */
const rows: Readonly<Record<Reason, (looked: Looked) => Found | undefined>> = {
  'never-registered': ({ name, instance, changes, facts }) => {
    if (instance !== undefined || departureOf(facts, name, changes) !== undefined) return undefined;
    if (facts.catalog.problemOf(keyOfInstance(name)) !== undefined) return undefined;
    const elsewhere = facts.catalog.instancesById(name.instance).map(placeOf);
    const found =
      elsewhere.length === 0 ? '' : `; that name is registered in ${elsewhere.join(', ')}`;
    return out(`no instance of this name is registered, nor was within what is remembered${found}`);
  },
  unreadable: ({ name, instance, changes, facts }) => {
    if (instance !== undefined) return undefined;
    const problem = facts.catalog.problemOf(keyOfInstance(name));
    if (problem === undefined) return undefined;
    const since = changes.findLast(({ kind }) => kind === 'unreadable');
    return out(`its registration cannot be read: ${problem}`, since);
  },
  lease: ({ name, instance, changes, facts }) =>
    instance === undefined ? gone(departureOf(facts, name, changes), true) : undefined,
  deregistered: ({ name, instance, changes, facts }) =>
    instance === undefined ? gone(departureOf(facts, name, changes), false) : undefined,
  hold: (looked) =>
    operatorsWord(looked, (id) => id === holdId, 'an operator holds it out of service'),
  drain: (looked) => operatorsWord(looked, (id) => id === drainId, 'it is drained'),
  maintenance: (looked) =>
    operatorsWord(looked, (id) => id.startsWith(serviceMaintenancePrefix), 'it is in maintenance'),
  'node-maintenance': (looked) =>
    operatorsWord(looked, (id) => id === nodeMaintenanceId, 'its node is in maintenance'),
  'node-check': (looked) => badCheck(looked, looked.instance?.node.checks ?? []),
  check: (looked) => badCheck(looked, looked.instance?.checks ?? []),
  zone: ({ instance, asked: { zone }, facts }) => {
    if (instance === undefined || zone === '' || folded(zone) === folded(facts.zone))
      return undefined;
    return out(
      `the question is for the datacenter ${quoted(zone)}, and this one is ${quoted(facts.zone)}`,
    );
  },
  tag: ({ instance, asked: { tags } }) => {
    if (instance === undefined || hasTags(instance, tags)) return undefined;
    const missing = tags.filter((tag) => !hasTags(instance, [tag]));
    const own = instance.tags.length === 0 ? 'none' : instance.tags.join(', ');
    return out(`it has no tag ${missing.map(quoted).join(', ')}; its tags: ${own}`);
  },
  family: familyOf,
  weight: ({ instance }) => {
    if (instance === undefined || weightOf(instance) > 0) return undefined;
    return note('its weight is 0, so that those who heed weights send it nothing');
  },
  protection: ({ instance, isUnwell, kept, asked }) => {
    if (instance === undefined || isUnwell || asked.wanted === 'any') return undefined;
    const isFine = isWellEnough({ ...instance, isKept: false }, asked.wanted);
    if (isFine || !kept.includes(instance)) return undefined;
    return note(
      'its checks fail, and answers keep it because too much of the service fails at once',
    );
  },
  size: ({ instance, kept, asked: { room, tags } }) => {
    const count = kept.filter((one) => hasTags(one, tags)).length;
    if (instance === undefined || room === undefined || count <= room) return undefined;
    return note(
      `an answer over UDP has room for ${room} of ${count} instances; each client sees its own part, and all over TCP`,
    );
  },
};

export const reasons: readonly Reason[] = [
  'never-registered',
  'unreadable',
  'lease',
  'deregistered',
  'hold',
  'drain',
  'maintenance',
  'node-maintenance',
  'node-check',
  'check',
  'zone',
  'tag',
  'family',
  'weight',
  'protection',
  'size',
];

/** Walks all reasons why an instance is not in an answer. */
export function explainInstance(
  facts: ExplainFacts,
  asked: AskedFor,
  instance: string,
): Explanation {
  const service = facts.catalog.service(asked.service);
  const all = service?.instances ?? [];
  // By the name in its key, or by the ID that Consul's clients know.
  const found =
    all.find((one) => one.instance === instance) ??
    all.find((one) => folded(one.id) === folded(instance));
  const name: InstanceName = found
    ? { namespace: found.namespace, service: found.service, instance: found.instance }
    : { ...asked.service, instance };
  const kept = service === undefined ? [] : inAnswers(service, asked.wanted);
  return explained(facts, asked, name, found, kept);
}

export interface ServiceExplanation {
  readonly instances: readonly Explanation[];
  /** Instances that are left out here. */
  readonly leftOut: number;
}

/** Of one explanation; the others are asked for by name. */
const instancesMax = 500;

/** Explains all instances of a service: those that are registered, and those that left. */
export function explainService(facts: ExplainFacts, asked: AskedFor): ServiceExplanation {
  const { catalog, history } = facts;
  const whole = catalog.service(asked.service);
  const all = whole?.instances ?? [];
  const kept = whole === undefined ? [] : inAnswers(whole, asked.wanted);
  const known = new Set(all.map(instanceIdOf));
  const departed = new Map<string, InstanceName>();
  for (const name of [
    ...history.departedOf(asked.service),
    ...catalog.departuresOf(asked.service).map((one) => one.name),
  ]) {
    if (!known.has(instanceIdOf(name))) departed.set(instanceIdOf(name), name);
  }
  const shown = all.slice(0, instancesMax);
  const shownDeparted = [...departed.values()].slice(0, instancesMax - shown.length);
  return {
    instances: [
      ...shown.map((one) => {
        const { namespace, service, instance } = one;
        return explained(facts, asked, { namespace, service, instance }, one, kept);
      }),
      ...shownDeparted.map((name) => explained(facts, asked, name, undefined, kept)),
    ],
    leftOut: all.length + departed.size - shown.length - shownDeparted.length,
  };
}

function explained(
  facts: ExplainFacts,
  asked: AskedFor,
  name: InstanceName,
  instance: Instance | undefined,
  kept: readonly Instance[],
): Explanation {
  const changes = facts.history.of({ kind: 'instance', name });
  const isUnwell = instance !== undefined && !kept.includes(instance);
  const looked: Looked = { name, instance, isUnwell, asked, facts, changes, kept };
  const findings = reasons.map((reason): Finding => {
    const found = rows[reason](looked);
    return { reason, ...(found ?? { effect: 'no', text: '' }) };
  });
  const reason = findings.find(({ effect }) => effect === 'out');
  return {
    name,
    isInAnswer: reason === undefined,
    first: reason ?? findings.find(({ effect }) => effect === 'note'),
    looked: findings,
    changes,
  };
}

// Rows.

/** When something happened, and by whom. */
interface Since {
  readonly timeMs: number;
  readonly actor?: Actor | undefined;
}

function out(text: string, from?: Since): Found {
  return { effect: 'out', text, ...whenAndBy(from) };
}

function note(text: string): Found {
  return { effect: 'note', text };
}

function whenAndBy(from: Since | undefined): Partial<Found> {
  if (from === undefined) return {};
  const { timeMs, actor } = from;
  return { timeMs, ...(actor && { actor }) };
}

function placeOf({ namespace, service }: Instance): string {
  return namespace === 'default' ? quoted(service) : `${quoted(service)} of ${quoted(namespace)}`;
}

type Departed = Pick<Change, 'kind' | 'timeMs' | 'actor' | 'check'>;

/** How an instance left: as this member saw it, or by the key that it left behind, whichever is newer. */
function departureOf(
  { catalog }: ExplainFacts,
  name: InstanceName,
  changes: readonly Change[],
): Departed | undefined {
  const seen = changes.at(-1);
  const left = catalog.departure(name);
  const isSeen = seen?.to === 'absent' && seen.kind !== 'unreadable';
  if (isSeen && seen.revision >= (left?.revision ?? 0)) return seen;
  if (left === undefined) return undefined;
  const { reason: kind, actor, timeMs, check } = left;
  return { kind, actor, timeMs, check: check && { ...check, notes: '', isLate: false } };
}

const leaseKinds: ReadonlySet<string> = new Set(['lapsed', 'revoked', 'lease-ended']);

function gone(left: Departed | undefined, isByLease: boolean): Found | undefined {
  if (left === undefined || leaseKinds.has(left.kind) !== isByLease) return undefined;
  const { check } = left;
  const last = check === undefined ? '' : `; ${lastOf(check)}`;
  return { ...out(`${textOfKind[left.kind]}${last}`, left), kind: left.kind };
}

/** A check that an operator has put there. */
function operatorsWord(
  { instance, isUnwell, facts }: Looked,
  isMeant: (id: string) => boolean,
  text: string,
): Found | undefined {
  if (instance === undefined || !isUnwell) return undefined;
  const all = [...instance.checks, ...instance.node.checks];
  const check = all.find(({ id, status }) => status === 'critical' && isMeant(id));
  if (check === undefined) return undefined;
  const reason = check.notes === '' ? '' : `: ${check.notes}`;
  return out(`${text}${reason}`, sinceOf(facts, check));
}

/** The worst of the checks, if it is bad enough. */
function badCheck(
  { instance, isUnwell, facts, asked }: Looked,
  checks: readonly Check[],
): Found | undefined {
  if (instance === undefined || !isUnwell) return undefined;
  // One of an operator that is not critical counts as any other.
  const bad = checks.filter(({ id, status }) => status !== 'critical' || !isMaintenance(id));
  const check =
    bad.find(({ status }) => status === 'critical') ??
    bad.find(({ status }) => status === 'warning' && asked.wanted === 'passing');
  if (check === undefined) return undefined;
  const isLate = check.type === 'ttl' && !check.isHeard;
  const why = whyOf(isLate, '', check.output);
  const whose =
    check.subject.kind === 'node'
      ? `the check of its node ${quoted(instance.node.name)}`
      : 'its check';
  return out(`${whose} ${quoted(check.id)} is ${check.status}${why}`, sinceOf(facts, check));
}

/** Since when a check is as it is, and by whom: as this member saw it, or as the check itself says. */
function sinceOf({ history }: ExplainFacts, check: Check): Since | undefined {
  const subject: Subject = check.subject;
  const change = history
    .of(subject)
    .findLast((one) => one.check?.id === check.id && one.check.status === check.status);
  if (change !== undefined) return change;
  const isSaid = check.sinceMs > 0 && check.saidStatus === check.status;
  return isSaid ? { timeMs: check.sinceMs } : undefined;
}

function familyOf({ instance, asked: { family, tags }, kept }: Looked): Found | undefined {
  if (instance === undefined || family === undefined) return undefined;
  const { addresses, host } = reachOf(instance);
  if (addresses.some((address) => isIP(address) === family)) return undefined;
  const record = family === 4 ? 'A' : 'AAAA';
  if (addresses.length > 0) {
    return out(`its address is ${addresses.join(', ')}, and the question is for ${record} records`);
  }
  if (host === '') return out('it has no address, nor has its node');
  // As addresses and aliases cannot stand beside each other, a host name is given where there are no addresses at all.
  const places = kept.filter((one) => hasTags(one, tags)).map(reachOf);
  const isAlias = places.every((place) => place.addresses.length === 0);
  const first = places.find((place) => place.host !== '')?.host;
  if (isAlias && first === host) return undefined;
  return out(
    isAlias
      ? `it is at the host name ${quoted(host)}, and an answer names one of several host names only`
      : `it is at the host name ${quoted(host)}, and other instances have addresses, beside which no alias can stand`,
  );
}
