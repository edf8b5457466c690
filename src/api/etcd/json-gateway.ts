import { createGateway } from '../gateway/index.ts';
import type { GatewayOptions, GatewayRoute } from '../gateway/index.ts';
import type { HttpRoutes } from '../http/index.ts';
import type { Method } from '../methods.ts';
import { gatewayRoutes } from './gateway-routes.ts';
import { callTypes } from './message-types.ts';

/** The JSON gateway, at its paths below `/v3/` and, by their older names, below `/v3beta/`. */
export function jsonGateway(
  methods: ReadonlyMap<string, Method>,
  options: GatewayOptions,
): HttpRoutes {
  const routes = new Map<string, GatewayRoute>();
  for (const [path, call] of Object.entries(gatewayRoutes)) {
    const method = methods.get(`/${call}`);
    if (method !== undefined) routes.set(path, { method, types: callTypes(method.path) });
  }
  const gateway = createGateway(routes, options);
  return (path) => {
    if (path.startsWith('/v3/')) return gateway;
    if (!path.startsWith('/v3beta/')) return undefined;
    const current = path.replace('/v3beta/', '/v3/');
    return (request, response, target) => gateway(request, response, { ...target, path: current });
  };
}
