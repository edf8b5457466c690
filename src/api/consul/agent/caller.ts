import { checkMeant, instancesMeant, newestOf } from '../../../registry/index.ts';
import type { AgentCaller, CatalogView, Check, Instance } from '../../../registry/index.ts';
import type { Call } from '../frame/call.ts';
import { foundIn } from '../catalog/query.ts';
import type { ConsulParts } from '../parts.ts';
import { ConsulRefusal } from '../frame/refusals.ts';

/** A caller as its own agent would know it. Calls that name an ID are about its own instance first. */
export function agentCallerOf(parts: ConsulParts, call: Call): AgentCaller {
  const member = parts.memberName;
  const address = addressOf(call);
  if (!isLoopback(address)) return { member, host: address };
  const own = parts.followed.catalog?.node(member)?.address ?? '';
  if (own === '') return { member, host: member };
  // Members at loopback addresses are all on this machine: a caller means the same through each of them.
  return { member, host: isLoopback(own) ? address : own };
}

/** The address that a call comes from; empty: this machine, of which the node's address says more. */
export function remoteAddress(call: Call): string {
  const address = addressOf(call);
  return isLoopback(address) ? '' : address;
}

function addressOf({ options }: Call): string {
  const address = (options.caller.address ?? '').replace(/^::ffff:/, '');
  return address === '' || address === '::1' ? '127.0.0.1' : address;
}

function isLoopback(address: string): boolean {
  return address === '::1' || address.startsWith('127.');
}

/** The instances that a caller means; none: there are none. Throws a refusal if it could mean those of several hosts or nodes. */
export function instancesToChange(
  catalog: CatalogView,
  id: string,
  caller: AgentCaller,
): readonly Instance[] {
  const { instances, isAmbiguous } = instancesMeant(catalog, id, caller);
  if (isAmbiguous) throw ambiguous('instances', id, instances.map(seen));
  return instances;
}

function seen({ id, node }: Instance): string {
  return `"${id}" on node ${node.name}`;
}

/** The instance that a caller means, to look at: of several the newest. */
export function instanceToRead(
  catalog: CatalogView,
  id: string,
  caller: AgentCaller,
): Instance | undefined {
  return newestOf(instancesMeant(catalog, id, caller).instances);
}

/** The instance that a caller means, to change it. Looks at all that was acknowledged before it says that there is none. */
export async function instanceToChange(
  parts: ConsulParts,
  call: Call,
  id: string,
): Promise<Instance | undefined> {
  const caller = agentCallerOf(parts, call);
  return foundIn(parts, call, (catalog) => newestOf(instancesToChange(catalog, id, caller)));
}

/** The check that a caller means. Throws a refusal if it could mean those of several hosts. */
export function checkToChange(
  catalog: CatalogView,
  id: string,
  caller: AgentCaller,
): Check | undefined {
  const check = checkMeant(catalog, id, caller);
  if (check !== 'ambiguous') return check;
  const subjects = catalog
    .checksById(id)
    .flatMap(({ subject }) => catalog.registrationsOf(subject));
  throw ambiguous(
    'checks',
    id,
    subjects.map((instance) => `of ${seen(instance)}`),
  );
}

/** Changing the wrong one would take an instance away from another host. */
function ambiguous(what: string, id: string, which: readonly string[]): ConsulRefusal {
  const shown = which.slice(0, 5).join(', ') + (which.length > 5 ? ', and others' : '');
  return new ConsulRefusal(
    409,
    `Several ${what} have the ID "${id}" (${shown}), and none was registered from the caller's address. Give each instance an ID of its own, or use catalog/deregister with its node`,
  );
}
