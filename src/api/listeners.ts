import { assert } from '../base/assert.ts';
import { ByteBudget } from '../base/byte-budget.ts';
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import type { Api } from './api.ts';
import { acceptGrpc, isForGrpc } from './grpc/index.ts';
import { acceptHttp, createHttpHandler } from './http/index.ts';
import type { AccessOptions, HttpHandler, HttpRoutes, RawRoutes } from './http/index.ts';
import { createHttp2Server } from '../http2/index.ts';
import type { AcceptRequest, Http2Options } from '../http2/index.ts';
import type { Method } from './methods.ts';
import { observed } from './observed.ts';
import { OpenStreams } from './open-streams.ts';
import { ConnectionSlots, createHttp1Server, listenForClients } from './port/index.ts';
import type { Encryption, Listening, TakeConnection } from './port/index.ts';

/** A port that serves plain HTTP, beside those for clients. */
export interface HttpPort {
  /** For instance `metrics`. Errors name it. */
  readonly name: string;
  /** The flag that chooses the URLs, for errors. */
  readonly flag: string;
  readonly urls: readonly string[];
  readonly routes: readonly HttpRoutes[];
  /** See `HttpOptions`. */
  readonly rawRoutes?: readonly RawRoutes[];
  /** Undefined: every host name and every origin. */
  readonly access?: AccessOptions;
  /** When the member stops, it serves until the client ports are drained; otherwise it drains with them. */
  readonly servesUntilEnd: boolean;
}

export interface ListenerOptions extends Omit<Http2Options, 'accept'> {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly wallTimeMs: () => number;
  readonly apis: readonly Api[];
  /** gRPC and plain HTTP of all APIs on each of these. */
  readonly clientUrls: readonly string[];
  readonly httpPorts: readonly HttpPort[];
  readonly access: AccessOptions;
  /** For `https:` and `unixs:` URLs. */
  readonly encryption?: Encryption | undefined;
  /** Of all ports together that do not serve until the end; undefined: no bound. */
  readonly connectionsMax?: number;
  /** Of one message to a member. */
  readonly messageBytesMax: number;
}

/** All listeners of a member for its clients. */
export interface ClientListeners {
  /** Where it listens, with real ports. */
  readonly clientUrls: readonly string[];
  /** The same of an `HttpPort`, by its name. */
  readonly httpUrls: ReadonlyMap<string, readonly string[]>;
  /**
   * Accepts no more connections and asks clients to call elsewhere. Resolves once all calls under way have ended and all
   * connections are closed; what is left after `limitMs` is cut off.
   */
  close(limitMs: number): Promise<void>;
}

/** Of bodies of HTTP requests over HTTP/2, of all clients: many of them fit on one connection. */
const bodiesBytesMax = 256 << 20;

/** Servers for both versions of HTTP, and the places where they listen. */
interface Port {
  readonly take: { readonly http1: TakeConnection; readonly http2: TakeConnection };
  readonly listening: Listening[];
  close(limitMs: number): Promise<unknown>;
}

/** Opens all listeners, or none: rejects if one of the URLs cannot be listened on. */
export async function openClientListeners(options: ListenerOptions): Promise<ClientListeners> {
  const { apis, logger, access, encryption } = options;
  const streams = new OpenStreams();
  const { methods, routes } = served(apis, streams, options);
  const rawRoutes = apis.flatMap(({ rawRoutes: own }) => own ?? []);
  const bodies = new ByteBudget({ bytesMax: bodiesBytesMax });
  const portOf = (handler: HttpHandler, grpc?: AcceptRequest): Port => {
    const http = acceptHttp({ handler, bodies, wallTimeMs: options.wallTimeMs });
    return openPort(handler, grpc === undefined ? http : byContent(grpc, http), options);
  };
  const clients = portOf(
    createHttpHandler({ routes, rawRoutes, access, logger }),
    acceptGrpc({ ...options, methods }),
  );
  const ports = new Map<HttpPort, Port>();
  for (const port of options.httpPorts) {
    ports.set(port, portOf(createHttpHandler({ ...port, logger })));
  }
  const onError = (error: Error): void => {
    logger.warn('a connection could not be accepted', { error: error.message });
  };

  const close = async (limitMs: number): Promise<void> => {
    const draining = [...ports].filter(([{ servesUntilEnd }]) => !servesUntilEnd);
    const lasting = [...ports].filter(([{ servesUntilEnd }]) => servesUntilEnd);
    stopListening(clients.listening);
    for (const [, { listening }] of draining) stopListening(listening);
    const closed = [clients.close(limitMs), ...draining.map(([, port]) => port.close(limitMs))];
    // Streams do not end by themselves. By now their clients know that they have to reconnect to another member.
    streams.end();
    closed.push(...apis.map(({ stop }) => stop?.(limitMs) ?? Promise.resolve()));
    await Promise.all(closed);
    for (const [, port] of lasting) {
      stopListening(port.listening);
      void port.close(0);
    }
  };
  try {
    const flag = '--listen-client-urls';
    const shared = { onError, encryption, clock: options.clock };
    const slots = new ConnectionSlots(options.connectionsMax ?? Infinity);
    const whom = { ...shared, whom: 'clients', flag, slots };
    clients.listening.push(...(await listenForClients(options.clientUrls, clients.take, whom)));
    for (const [{ name, flag: its, urls, servesUntilEnd }, { take, listening }] of ports) {
      const named = { ...shared, whom: name, flag: its, slots: servesUntilEnd ? undefined : slots };
      listening.push(...(await listenForClients(urls, take, named)));
    }
  } catch (error) {
    await close(0);
    throw error;
  }
  const httpUrls = new Map(
    [...ports].map(([{ name }, { listening }]) => [name, urlsOf(listening)]),
  );
  return { clientUrls: urlsOf(clients.listening), httpUrls, close };
}

function openPort(handler: HttpHandler, accept: AcceptRequest, options: ListenerOptions): Port {
  const http1 = createHttp1Server(handler, options.clock);
  const http2 = createHttp2Server({ ...options, accept });
  return {
    take: { http1: http1.take, http2: http2.take },
    listening: [],
    close: (limitMs) => Promise.all([http1.close(limitMs), http2.close(limitMs)]),
  };
}

/** Over HTTP/2 the content type of a request decides, and not its port. */
function byContent(grpc: AcceptRequest, http: AcceptRequest): AcceptRequest {
  return (headers, stream, isComplete) =>
    (isForGrpc(headers) ? grpc : http)(headers, stream, isComplete);
}

/** The methods of all APIs, observed and tracked, and the pages that some of them have. */
function served(
  apis: readonly Api[],
  streams: OpenStreams,
  { clock, logger }: ListenerOptions,
): { readonly methods: ReadonlyMap<string, Method>; readonly routes: readonly HttpRoutes[] } {
  const methods = new Map<string, Method>();
  const routes: HttpRoutes[] = [];
  for (const { calls, routes: routesOf } of apis) {
    const own = new Map<string, Method>();
    if (calls !== undefined) {
      for (const method of calls.methods) {
        assert(!methods.has(method.path), `${method.path} is served by one API only`);
        const tracked = method.kind === 'stream' ? streams.track(method) : method;
        const outermost = observed(tracked, calls.observe(method), { clock, logger });
        own.set(method.path, outermost);
        methods.set(method.path, outermost);
      }
    }
    if (routesOf !== undefined) routes.push(routesOf(own));
  }
  return { methods, routes };
}

function stopListening(all: readonly Listening[]): void {
  for (const listening of all) listening.close();
}

function urlsOf(all: readonly Listening[]): readonly string[] {
  return all.map(({ url }) => url);
}
