import { Registrar } from '../../registry/index.ts';
import type { Api } from '../api.ts';
import type { HttpRoutes } from '../http/index.ts';
import { agentCheckRoutes } from './agent-check-routes.ts';
import { agentSelfRoutes } from './agent-self-routes.ts';
import { agentServiceRoutes } from './agent-service-routes.ts';
import { BlockingQueries } from './blocking.ts';
import { catalogRoutes } from './catalog-routes.ts';
import { catalogWriteRoutes } from './catalog-write-routes.ts';
import { createFrame } from './frame.ts';
import { healthRoutes } from './health-routes.ts';
import { operatorRoutes } from './operator-routes.ts';
import type { ConsulParts } from './parts.ts';
import { RouteTable } from './route.ts';
import type { Route } from './route.ts';
import { SharedAnswers } from './shared-answers.ts';
import { statusRoutes } from './status-routes.ts';

export type ConsulOptions = Omit<ConsulParts, 'blocking' | 'registrar'>;

/** Consul's HTTP API, plugged in beside others. */
export interface ConsulApi extends Api {
  /** Its pages for a port where nothing else is served. */
  readonly portRoutes: HttpRoutes;
}

/** All routes. Endpoints of another subject are added here. */
export function consulRoutes(parts: ConsulParts): readonly Route[] {
  const shared = new SharedAnswers();
  return [
    ...statusRoutes(parts),
    ...agentSelfRoutes(parts),
    ...operatorRoutes(parts),
    ...catalogRoutes(parts, shared),
    ...catalogWriteRoutes(parts),
    ...healthRoutes(parts, shared),
    ...agentServiceRoutes(parts, shared),
    ...agentCheckRoutes(parts, shared),
  ];
}

export function consulApi(options: ConsulOptions): ConsulApi {
  const { clock, random, logger, metrics, datacenter, operations, followed } = options;
  const hasLeader = (): boolean => operations.hasLeader();
  const blocking = new BlockingQueries({ clock, random, metrics, hasLeader });
  const registrar = new Registrar({ operations, followed, nowMs: () => clock.nowMs() });
  const table = new RouteTable(consulRoutes({ ...options, blocking, registrar }));
  const page = createFrame({ table, datacenter, hasLeader, logger, metrics });
  return {
    rawRoutes: (path) => (path.startsWith('/v1/') ? page : undefined),
    portRoutes: () => page,
    stop: () => {
      blocking.stop();
      return Promise.resolve();
    },
  };
}
