import { kvKeys, Registrar, sessionKeys } from '../../registry/index.ts';
import type { Api } from '../api.ts';
import type { RawRoutes } from '../http/index.ts';
import { agentCheckRoutes } from './agent/check-routes.ts';
import { agentSelfRoutes } from './agent/self-routes.ts';
import { agentServiceRoutes } from './agent/service-routes.ts';
import { BlockingQueries } from './frame/blocking.ts';
import { catalogRoutes } from './catalog/routes.ts';
import { catalogWriteRoutes } from './catalog/write-routes.ts';
import { eventRoutes } from './cluster/event-routes.ts';
import { explainRoutes } from './explain/routes.ts';
import { createFrame } from './frame/frame.ts';
import { healthRoutes } from './catalog/health-routes.ts';
import { kvRoutes } from './kv/routes.ts';
import { KvStore } from './kv/store.ts';
import { LockDelays } from './kv/lock-delays.ts';
import { openApiOf } from './openapi.ts';
import { operatorRoutes } from './cluster/operator-routes.ts';
import type { ConsulParts } from './parts.ts';
import { queryRoutes } from './queries/routes.ts';
import { getRoute, RouteTable } from './frame/route.ts';
import type { Route } from './frame/route.ts';
import { SharedAnswers } from './frame/shared-answers.ts';
import { checkRunRoutes } from './agent/check-run-routes.ts';
import { LogMonitors } from './agent/log-monitors.ts';
import { monitorRoutes } from './agent/monitor-routes.ts';
import { outOfServiceRoutes } from './agent/out-of-service-routes.ts';
import { SessionKeeper } from './sessions/health.ts';
import { endSession, sessionRoutes } from './sessions/routes.ts';
import { snapshotRoutes } from './cluster/snapshot-routes.ts';
import { statusRoutes } from './cluster/status-routes.ts';
import { txnRoutes } from './txn/routes.ts';

export type ConsulOptions = Omit<
  ConsulParts,
  'blocking' | 'registrar' | 'store' | 'delays' | 'monitors'
>;

/** Consul's HTTP API, plugged in beside others. */
export interface ConsulApi extends Api {
  /** Its pages for a port where nothing else is served. */
  readonly portRoutes: RawRoutes;
}

/** All routes. Endpoints of another subject are added here. */
export function consulRoutes(parts: ConsulParts): readonly Route[] {
  const shared = new SharedAnswers();
  return [
    ...statusRoutes(parts),
    ...agentSelfRoutes(parts),
    ...monitorRoutes(parts),
    ...operatorRoutes(parts),
    ...catalogRoutes(parts, shared),
    ...catalogWriteRoutes(parts),
    ...healthRoutes(parts, shared),
    ...agentServiceRoutes(parts, shared),
    ...agentCheckRoutes(parts, shared),
    ...checkRunRoutes(parts),
    ...outOfServiceRoutes(parts),
    ...explainRoutes(parts),
    ...kvRoutes(parts),
    ...txnRoutes(parts),
    ...sessionRoutes(parts),
    ...eventRoutes(parts),
    ...queryRoutes(parts),
    ...snapshotRoutes(parts),
  ];
}

/** The document of all routes, itself included. */
function openApiRoute(routes: readonly Route[], version: string): Route {
  const own: Route = getRoute('/v1/openapi.json', {
    about: 'This document.',
    scope: 'member',
    needs: 'nothing',
    serve: () => ({ json: openApiOf([...routes, own], version) }),
  });
  return own;
}

export function consulApi(options: ConsulOptions): ConsulApi {
  const { clock, random, logger, metrics, datacenter, operations, followed } = options;
  const hasLeader = (): boolean => operations.hasLeader();
  const blocking = new BlockingQueries({ clock, random, metrics, hasLeader });
  const { wallTimeMs } = options;
  const nowMs = (): number => clock.nowMs();
  const { memberName } = options;
  const registrar = new Registrar({ operations, followed, nowMs, wallTimeMs, memberName });
  const delays = new LockDelays(clock);
  const store = new KvStore(options);
  const monitors = new LogMonitors(options.followLog, wallTimeMs);
  const routes = consulRoutes({ ...options, blocking, registrar, delays, store, monitors });
  const table = new RouteTable([...routes, openApiRoute(routes, options.version)]);
  const keeper = new SessionKeeper(
    options,
    () => delays.sessions(),
    (session, call) => endSession(operations, session, call),
  );
  const stopFollowing = options.follow([kvKeys.locksBelow(''), sessionKeys.range], {
    load: (kvs) => delays.load(kvs),
    apply: (events) => delays.apply(events),
  });
  const leaderContactMs = (): number => operations.leaderContactMs();
  const page = createFrame({
    operations,
    table,
    datacenter,
    hasLeader,
    leaderContactMs,
    logger,
    metrics,
  });
  return {
    rawRoutes: (path) => (path.startsWith('/v1/') ? page : undefined),
    portRoutes: () => page,
    stop: () => {
      blocking.stop();
      keeper.stop();
      monitors.stop();
      stopFollowing();
      return Promise.resolve();
    },
  };
}
