import type { HttpRoutes, RawRoutes } from './http/index.ts';
import type { Method } from './methods.ts';
import type { CallObserver } from './observed.ts';

/**
 * One API that clients can speak on the ports of a member: gRPC methods, plain HTTP, or both. It brings everything that
 * is its own: the statuses and texts of its errors (`Method.statusOf`), its metrics, its paths.
 */
export interface Api {
  /** Undefined: it has no gRPC methods. */
  readonly calls?: {
    readonly methods: readonly Method[];
    /** Measures the calls of one of the methods. */
    readonly observe: (method: Method) => CallObserver;
  };
  /** Its pages on the client port, given its own methods as they are served, by path. */
  readonly routes?: (methods: ReadonlyMap<string, Method>) => HttpRoutes;
  /** Its pages that take the path as it was sent, neither decoded nor cleaned. They are asked before those of `routes`. */
  readonly rawRoutes?: RawRoutes;
  /** The member stops: ends waiting calls that would not end by themselves. Resolves after `limitMs` at the latest. */
  readonly stop?: (limitMs: number) => Promise<void>;
}
