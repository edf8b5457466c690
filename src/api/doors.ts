import { createServer } from 'node:http';
import type { Logger } from '../base/logger.ts';
import type { Meter } from '../base/meter.ts';
import type { Operations } from '../operations/index.ts';
import { counted } from './counted.ts';
import { etcdErrorOf, etcdMethods, messageOverheadBytes } from './etcd/index.ts';
import { createGrpcDoor } from './grpc/index.ts';
import { createHttpHandler, createMetricsHandler } from './http/index.ts';
import type { Versions } from './http/index.ts';
import { listenForClients, listenForHttp, refuseHttp } from './port/index.ts';
import type { Listening } from './port/index.ts';
import { reflectionMethods } from './reflection/index.ts';

export interface DoorOptions {
  readonly operations: Operations;
  readonly meter: Meter;
  readonly meterText: () => Promise<{ readonly contentType: string; readonly text: string }>;
  readonly logger: Logger;
  readonly versions: Versions;
  readonly debugVars: () => Readonly<Record<string, unknown>>;
  /** gRPC and HTTP on each of these. */
  readonly clientUrls: readonly string[];
  /** Figures and health only. */
  readonly metricsUrls: readonly string[];
  readonly maxRequestBytes: number;
  readonly maxConcurrentStreams: number;
  /** Clients may ping as often as this. */
  readonly pingsMinTimeMs: number;
  readonly keepaliveIntervalMs: number;
  readonly keepaliveTimeoutMs: number;
  readonly metricsDetail: 'basic' | 'extensive';
  readonly enableGrpcGateway: boolean;
  readonly corsOrigins: readonly string[];
  readonly hostWhitelist: readonly string[];
}

/** Everything of a member that clients can reach. */
export interface ClientDoors {
  /** Where it listens, with real ports. */
  readonly clientUrls: readonly string[];
  readonly metricsUrls: readonly string[];
  /** Lets nobody in any more; who is in has so long to leave, and is then put out. */
  close(graceMs: number): void;
}

/** How long the headers of an HTTP request may take, so that slow ones cannot pile up. */
const headersMaxMs = 60_000;

/** Opens all doors, or none: rejects if one of the URLs cannot be listened on. */
export async function openClientDoors(options: DoorOptions): Promise<ClientDoors> {
  const { operations, maxRequestBytes } = options;
  const etcd = etcdMethods({ operations, maxRequestBytes });
  const reflection = reflectionMethods().map((method) => [method.path, method] as const);
  const methods = counted(new Map([...etcd, ...reflection]), options);
  const grpc = createGrpcDoor({
    ...options,
    methods,
    messageBytesMax: maxRequestBytes + messageOverheadBytes,
    streamsMax: options.maxConcurrentStreams,
  });
  const httpOptions = {
    ...options,
    methods,
    errorText: (error: unknown) => etcdErrorOf(error).message,
  };
  // A watch may be told of new keys for as long as it lasts: no request is over because it takes long.
  const http = createServer(
    { requestTimeout: 0, headersTimeout: headersMaxMs },
    createHttpHandler(httpOptions),
  ).on('clientError', refuseHttp);
  // It never listens itself, but limits the time that headers may take only once it believes that it does.
  http.emit('listening');
  const open: Listening[] = [];
  const close = (graceMs: number): void => {
    for (const listening of open) listening.close();
    grpc.close(graceMs);
    http.closeIdleConnections();
    setTimeout(() => http.closeAllConnections(), graceMs).unref();
    http.close();
  };
  const openAll = async (urls: readonly string[], listen: (url: string) => Promise<Listening>) => {
    const opened: Listening[] = [];
    for (const url of urls) {
      const listening = await listen(url);
      opened.push(listening);
      open.push(listening);
    }
    return opened.map(({ url }) => url);
  };
  try {
    const clientUrls = await openAll(options.clientUrls, (url) =>
      listenForClients(url, {
        http2: (socket) => grpc.take(socket),
        http1: (socket) => void http.emit('connection', socket),
      }),
    );
    const metricsHandler = createMetricsHandler(httpOptions);
    const metricsUrls = await openAll(options.metricsUrls, (url) =>
      listenForHttp(url, metricsHandler),
    );
    return { clientUrls, metricsUrls, close };
  } catch (error) {
    close(0);
    throw error;
  }
}
