import { isIP } from 'node:net';
import type { Instance } from '../../registry/index.ts';

/** The entry of a registration's `meta` with the address of a load balancer in front of the service. */
const metaName = 'virtual-address';

/** The addresses at which a service is reached as a whole, as its registrations give them; each once. */
export function virtualAddressesOf(instances: readonly Instance[]): readonly string[] {
  const given = instances.map(({ meta }) => meta[metaName] ?? '');
  return [...new Set(given)].filter((address) => isIP(address) > 0);
}
