import type { Socket } from 'node:net';
import type { Logger } from '../base/logger.ts';
import type { Metrics } from '../base/metrics.ts';
import type { Operations } from '../operations/index.ts';
import { withCallMetrics } from './call-metrics.ts';
import { etcdErrorOf, etcdMethods, messageOverheadBytes } from './etcd/index.ts';
import { createGrpcServer } from './grpc/index.ts';
import { createHttpHandler, createMetricsHandler } from './http/index.ts';
import type { Versions } from './http/index.ts';
import { createHttp1Server, listenForClients, listenForHttp } from './port/index.ts';
import type { Listening } from './port/index.ts';
import { reflectionMethods } from './reflection/index.ts';
import { OpenStreams } from './streams.ts';

export interface ListenerOptions {
  readonly operations: Operations;
  readonly metrics: Metrics;
  readonly metricsText: () => Promise<{ readonly contentType: string; readonly text: string }>;
  readonly logger: Logger;
  readonly versions: Versions;
  readonly debugVars: () => Readonly<Record<string, unknown>>;
  /** gRPC and HTTP on each of these. */
  readonly clientUrls: readonly string[];
  /** Figures and health only. */
  readonly metricsUrls: readonly string[];
  readonly maxRequestBytes: number;
  readonly maxTxnOps: number;
  readonly maxConcurrentStreams: number;
  /** Clients may ping as often as this. */
  readonly pingsMinTimeMs: number;
  readonly keepaliveIntervalMs: number;
  readonly keepaliveTimeoutMs: number;
  readonly metricsDetail: 'basic' | 'extensive';
  /** A call that takes longer is logged. */
  readonly slowCallMs: number;
  readonly enableGrpcGateway: boolean;
  readonly corsOrigins: readonly string[];
  readonly hostWhitelist: readonly string[];
}

/** Everything of a member that clients can reach. */
export interface ClientListeners {
  /** Where it listens, with real ports. */
  readonly clientUrls: readonly string[];
  readonly metricsUrls: readonly string[];
  /**
   * Accepts no more connections and asks clients to call elsewhere. Resolves once all calls under way have ended and all
   * connections are closed; what is left after `limitMs` is cut off.
   */
  close(limitMs: number): Promise<void>;
}

/** Opens all doors, or none: rejects if one of the URLs cannot be listened on. */
export async function openClientListeners(options: ListenerOptions): Promise<ClientListeners> {
  const { operations, maxRequestBytes, maxTxnOps } = options;
  const etcd = etcdMethods({ operations, maxRequestBytes, maxTxnOps });
  const reflection = reflectionMethods().map((method) => [method.path, method] as const);
  const streams = new OpenStreams(operations);
  const methods = withCallMetrics(streams.keepRules(new Map([...etcd, ...reflection])), options);
  const grpc = createGrpcServer({
    ...options,
    methods,
    messageBytesMax: maxRequestBytes + messageOverheadBytes,
    streamsMax: options.maxConcurrentStreams,
  });
  const httpOptions = {
    ...options,
    methods,
    turn: () => operations.turn(),
    errorText: (error: unknown) => etcdErrorOf(error).message,
  };
  const http = createHttp1Server(createHttpHandler(httpOptions));
  const takers = {
    http2: (socket: Socket) => grpc.take(socket),
    http1: (socket: Socket) => http.take(socket),
  };
  const onError = (error: Error): void => {
    options.logger.warn('a connection could not be accepted', { error: error.message });
  };
  const forClients: Listening[] = [];
  const forMetrics: Listening[] = [];
  const close = async (limitMs: number): Promise<void> => {
    for (const listening of forClients) listening.close();
    const closed = [grpc.close(limitMs), http.close(limitMs)];
    // Streams have no end of their own. By now their clients know that they have to come back to another member.
    streams.end();
    // They may wait for hours, and nobody would wait for them afterwards.
    closed.push(operations.endLockWaits(limitMs));
    await Promise.all(closed);
    // Figures and health are told until the end.
    for (const listening of forMetrics) listening.close();
  };
  try {
    for (const url of options.clientUrls) {
      forClients.push(await listenForClients(url, takers, { onError }));
    }
    const metricsHandler = createMetricsHandler(httpOptions);
    for (const url of options.metricsUrls) {
      forMetrics.push(await listenForHttp(url, metricsHandler, onError));
    }
    return { clientUrls: urlsOf(forClients), metricsUrls: urlsOf(forMetrics), close };
  } catch (error) {
    await close(0);
    throw error;
  }
}

function urlsOf(all: readonly Listening[]): readonly string[] {
  return all.map(({ url }) => url);
}
