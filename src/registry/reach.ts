import { isIP } from 'node:net';
import type { Instance, Node } from './views.ts';

/** Where an instance or a node is reached. Without an IP address it may be at a host name. */
export interface Reachable {
  /** At most one of each family; the one that was registered first. */
  readonly addresses: readonly string[];
  /** Empty: none. */
  readonly host: string;
  /** It is an instance without an address of its own. */
  readonly isAtNode: boolean;
}

/** Entries of tagged addresses that add the other family. */
const familyTags = ['lan_ipv4', 'lan_ipv6'] as const;

/** An instance without an address of its own is reached at its node. */
export function reachOf({ address, taggedAddresses, node }: Instance): Reachable {
  const own = reachable(address, (tag) => taggedAddresses[tag]?.address);
  const isAtNode = address === '' && own.addresses.length === 0;
  return isAtNode ? { ...reachOfNode(node), isAtNode } : own;
}

export function reachOfNode({ address, taggedAddresses }: Node): Reachable {
  return reachable(address, (tag) => taggedAddresses[tag]);
}

function reachable(address: string, tagged: (tag: string) => string | undefined): Reachable {
  const families = new Map<number, string>();
  for (const one of [address, ...familyTags.map(tagged)]) {
    const family = isIP(one ?? '');
    if (one !== undefined && family > 0 && !families.has(family)) families.set(family, one);
  }
  const isHost = isIP(address) === 0 && families.size === 0;
  return { addresses: [...families.values()], host: isHost ? address : '', isAtNode: false };
}

/** Entries of tagged addresses, and of `meta`, with the address of a load balancer in front of the service. */
const virtualTags = ['virtual', 'consul-virtual'] as const;
const virtualMeta = 'virtual-address';

/** The addresses at which a service is reached as a whole, as its registrations give them; each once. */
export function virtualAddressesOf(instances: readonly Instance[]): readonly string[] {
  const given = instances.flatMap(({ meta, taggedAddresses }) => [
    meta[virtualMeta] ?? '',
    ...virtualTags.map((tag) => taggedAddresses[tag]?.address ?? ''),
  ]);
  return [...new Set(given)].filter((address) => isIP(address) > 0);
}
