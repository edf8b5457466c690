import type { Key } from '../base/key.ts';
import type { CatalogView } from './visible-catalog.ts';
import { newestOf } from './catalog.ts';
import { folded, keyOfInstance } from './keys.ts';
import type { InstanceName, ServiceName } from './keys.ts';
import type { Check, Instance, Node } from './views.ts';

/**
 * Which instance an ID means. On a node that was registered an ID names one instance, as in Consul. All other nodes are
 * those of agents, and the agents are the cluster: there an ID names one instance, through whatever member it is said. The
 * name of a service, which is the ID of an instance that gives none, names one for each host that registers it.
 */

/** An instance as it is about to be registered. */
export interface Identity extends ServiceName {
  readonly id: string;
  readonly node: string;
  /** The host that registers it; empty: its ID tells it from all others. */
  readonly from: string;
}

/** What is registered, as far as it can be in the way. */
export interface Registered {
  readonly instancesCalled: (id: string) => readonly Instance[];
  readonly node: (name: string) => Node | undefined;
  /** There is something at this key. */
  readonly isTaken: (key: Key) => boolean;
}

/** Where an instance is registered. */
export interface Seat {
  readonly name: InstanceName;
  /** The registration that it changes. */
  readonly before: Instance | undefined;
  /** Registrations of its ID elsewhere, which it takes the place of. */
  readonly replaced: readonly Instance[];
}

/** Agents register on nodes that nobody registered. */
export function isOfAgent({ node }: { readonly node: Node }): boolean {
  return node.isMember || node.origin !== 'registered';
}

/** An ID that is the name of the service says nothing: it is what an instance without an ID has. */
export function isUsualId({
  service,
  id,
}: {
  readonly service: string;
  readonly id: string;
}): boolean {
  return folded(service) === folded(id);
}

/** The key is named by the ID, and if that is taken, also by the node or the host. */
export function seatOf(identity: Identity, registered: Registered): Seat {
  const { namespace, service, id, node, from } = identity;
  const rivals = rivalsOf(identity, registered);
  const isShown = (shown: string): boolean =>
    from !== '' &&
    registered.instancesCalled(shown).some((one) => isOfAgent(one) && isCalled(one, shown));
  const inService = (one: Instance): boolean =>
    one.key === keyOfInstance({ namespace, service, instance: one.instance });
  const before = newestOf(rivals.filter(inService));
  const replaced = rivals.filter((one) => one !== before);
  if (before !== undefined) {
    return { name: { namespace, service, instance: before.instance }, before, replaced };
  }
  const free = new Set(replaced.map(({ key }) => key));
  let instance = id;
  for (;;) {
    const name = { namespace, service, instance };
    const key = keyOfInstance(name);
    // The name of one that its host calls by its service is its ID for all others.
    const isFree = free.has(key) || !registered.isTaken(key);
    if (isFree && !isShown(instance)) return { name, before, replaced };
    instance = `${instance}@${from === '' ? node : from}`;
  }
}

/** The registrations that are of the same instance. */
function rivalsOf({ id, node, from }: Identity, registered: Registered): readonly Instance[] {
  const known = registered.node(node);
  const isAgents = known === undefined || isOfAgent({ node: known });
  const called = registered
    .instancesCalled(id)
    .filter((one) => (isAgents ? isOfAgent(one) : folded(one.node.name) === folded(node)));
  const exact = called.filter((one) => isCalled(one, id));
  if (from === '' || !isAgents) return exact;
  const own = called.filter((one) => isUsualId({ ...one, id }) && one.from === from);
  // One that belongs to no host was put by another API.
  return own.length > 0 ? own : exact.filter((one) => one.from === '' && isUsualId({ ...one, id }));
}

function isCalled(instance: Instance, id: string): boolean {
  return folded(instance.id) === folded(id);
}

/** A caller of an agent, which in Consul would be on the caller's machine. */
export interface AgentCaller {
  /** The member that is called. */
  readonly member: string;
  /** The caller's address; from the machine of the member the member's, or its name if it has none that others reach. */
  readonly host: string;
}

/** The instances that a caller means by an ID; several, if it could be any of them. */
export interface Meant {
  readonly instances: readonly Instance[];
  readonly isAmbiguous: boolean;
}

export function instancesMeant(catalog: CatalogView, id: string, caller: AgentCaller): Meant {
  const called = catalog.instancesCalled(id);
  const ofAgents = called.filter(isOfAgent);
  const own = ofAgents.filter((one) => isUsualId({ ...one, id }) && one.from === caller.host);
  if (own.length > 0) return { instances: own, isAmbiguous: false };
  const instances = ofAgents.length > 0 ? ofAgents : called;
  const isExact = instances.every((one) => isCalled(one, id));
  const isAmbiguous = !isExact || (ofAgents.length === 0 && instances.length > 1);
  return { instances, isAmbiguous };
}

/** The check that a caller means by an ID: of several the caller's own, else the newest. `'ambiguous'`: it could be another host's. */
export function checkMeant(
  catalog: CatalogView,
  id: string,
  caller: AgentCaller,
): Check | 'ambiguous' | undefined {
  const known = catalog.checksById(id);
  const ofAgents = known.filter(({ subject }) =>
    subject.kind === 'node'
      ? catalog.node(subject.node)?.isMember
      : catalog.registrationsOf(subject).some(isOfAgent),
  );
  const checks = ofAgents.length > 0 ? ofAgents : known;
  const own = newestOf(checks.filter((check) => isOwnCheck(catalog, check, caller)));
  if (own !== undefined || checks.length < 2) return own ?? checks[0];
  const isOfHosts = checks.some(({ subject }) =>
    catalog.registrationsOf(subject).some(({ from }) => from !== ''),
  );
  return isOfHosts ? 'ambiguous' : newestOf(checks);
}

function isOwnCheck(
  catalog: CatalogView,
  { subject }: Check,
  { member, host }: AgentCaller,
): boolean {
  if (subject.kind === 'node') return folded(subject.node) === folded(member);
  return catalog.registrationsOf(subject).some(({ from, address, node }) => {
    if (from !== '') return from === host;
    return address === '' ? folded(node.name) === folded(member) : address === host;
  });
}
