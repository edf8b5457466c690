import type { ConsulParts } from '../parts.ts';
import { getRoute } from '../frame/route.ts';
import type { Route } from '../frame/route.ts';
import { serversOf } from './servers.ts';

/** Who leads, and who takes part. */
export function statusRoutes(parts: ConsulParts): readonly Route[] {
  return [
    getRoute('/v1/status/leader', {
      about: 'The address of the leader among its peers; empty while there is none.',
      scope: 'datacenter',
      needs: 'nothing',
      serve: async ({ options }) => {
        const servers = await serversOf(parts, options);
        return { json: servers.find(({ isLeader }) => isLeader)?.address ?? '' };
      },
    }),
    getRoute('/v1/status/peers', {
      about: 'The addresses of all voting members among their peers.',
      scope: 'datacenter',
      needs: 'nothing',
      serve: async ({ options }) => {
        const servers = await serversOf(parts, options);
        return { json: servers.filter(({ isVoter }) => isVoter).map(({ address }) => address) };
      },
    }),
    getRoute('/v1/catalog/datacenters', {
      about: 'The datacenters: this one.',
      scope: 'member',
      needs: 'nothing',
      serve: () => ({ json: [parts.datacenter] }),
    }),
  ];
}
