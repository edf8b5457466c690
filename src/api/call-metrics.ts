import type { Logger } from '../base/logger.ts';
import type { Counter, Histogram, Metrics } from '../base/metrics.ts';
import { etcdErrorOf, isExpected } from './etcd/index.ts';
import { SlowCalls } from './slow-calls.ts';
import type { CallContext, Method, RequestStream, StreamMethod, UnaryMethod } from './methods.ts';

/** gRPC's names of its status codes, by number, as Prometheus' middleware for Go writes them. */
const codeNames = [
  'OK',
  'Canceled',
  'Unknown',
  'InvalidArgument',
  'DeadlineExceeded',
  'NotFound',
  'AlreadyExists',
  'PermissionDenied',
  'ResourceExhausted',
  'FailedPrecondition',
  'Aborted',
  'OutOfRange',
  'Unimplemented',
  'Internal',
  'Unavailable',
  'DataLoss',
  'Unauthenticated',
] as const;

const handlingBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** What is counted of the calls of one method. */
interface MethodMetrics {
  readonly started: Counter;
  readonly received: Counter;
  readonly sent: Counter;
  /** A call has ended with this status, after so many seconds. */
  handled(code: number, seconds: number): void;
}

/** What is counted over all calls. */
interface CallMetrics {
  readonly receivedBytes: Counter;
  readonly sentBytes: Counter;
  /** A call of a client that says which API it speaks. */
  clientRequest(type: 'unary' | 'stream', context: CallContext): void;
}

export interface CallMetricsOptions {
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly metricsDetail: 'basic' | 'extensive';
  /** A call that takes longer is logged. */
  readonly slowCallMs: number;
}

/** The same methods, with every call counted, whoever carries it; what fails by a mistake of ours is logged. */
export function withCallMetrics(
  methods: ReadonlyMap<string, Method>,
  options: CallMetricsOptions,
): ReadonlyMap<string, Method> {
  const all = declareCallFigures(options.metrics);
  const slow = new SlowCalls(options.logger, options.slowCallMs);
  return new Map(
    [...methods].map(([path, method]) => {
      const own = figuresOf(options.metrics, method, options.metricsDetail);
      const failed = (error: unknown): number => codeOf(error, path, options.logger);
      return [
        path,
        method.kind === 'unary'
          ? measuredUnary(method, all, own, failed, slow)
          : measuredStream(method, all, own, failed),
      ];
    }),
  );
}

const ok = 0;
const canceled = 1;

function measuredUnary(
  method: UnaryMethod,
  all: CallMetrics,
  own: MethodMetrics,
  failed: (error: unknown) => number,
  slow: SlowCalls,
): UnaryMethod {
  const { kind, path, request, response } = method;
  return {
    kind,
    path,
    request,
    response,
    call: async (bytes, context) => {
      const beganMs = performance.now();
      own.started.add();
      all.clientRequest('unary', context);
      all.receivedBytes.add(bytes.length);
      own.received.add();
      let code = ok;
      let responseSize: number | undefined;
      try {
        const answer = await method.call(bytes, context);
        all.sentBytes.add(answer.length);
        own.sent.add();
        responseSize = answer.length;
        return answer;
      } catch (error) {
        code = failed(error);
        throw error;
      } finally {
        const nowMs = performance.now();
        const tookMs = nowMs - beganMs;
        own.handled(code, tookMs / 1000);
        if (tookMs > slow.thresholdMs) {
          slow.note(method, nowMs, { tookMs, requestBytes: bytes, responseSize });
        }
      }
    },
  };
}

function measuredStream(
  method: StreamMethod,
  all: CallMetrics,
  own: MethodMetrics,
  failed: (error: unknown) => number,
): StreamMethod {
  const { kind, path, clientStreams, request, response } = method;
  return {
    kind,
    path,
    clientStreams,
    request,
    response,
    open: (context, responses): RequestStream => {
      const beganMs = performance.now();
      let over = false;
      const end = (code: number): void => {
        if (over) return;
        over = true;
        own.handled(code, (performance.now() - beganMs) / 1000);
      };
      own.started.add();
      all.clientRequest('stream', context);
      const requests = method.open(context, {
        push: (message) => {
          all.sentBytes.add(message.length);
          own.sent.add();
          return responses.push(message);
        },
        end: (error) => {
          end(error === undefined ? ok : failed(error));
          responses.end(error);
        },
        pause: () => responses.pause(),
        resume: () => responses.resume(),
      });
      return {
        message: (bytes) => {
          all.receivedBytes.add(bytes.length);
          own.received.add();
          requests.message(bytes);
        },
        halfClosed: () => requests.halfClosed(),
        drained: () => requests.drained(),
        closed: () => {
          end(canceled);
          requests.closed();
        },
      };
    },
  };
}

/** The status that a caller hears; what nobody expected is in the log too. */
function codeOf(error: unknown, path: string, logger: Logger): number {
  if (!isExpected(error)) {
    logger.error('a call failed for a reason of our own', {
      path,
      error: error instanceof Error ? error.stack : String(error),
    });
  }
  return etcdErrorOf(error).code;
}

/** Versions that are told apart; a client may say anything, and each becomes a series. */
const apiVersionsMax = 100;

function declareCallFigures(metrics: Metrics): CallMetrics {
  const versions = new Map<string, Counter>();
  return {
    receivedBytes: metrics.counter(
      'etcd_network_client_grpc_received_bytes_total',
      'Bytes of the messages of clients.',
    ),
    sentBytes: metrics.counter(
      'etcd_network_client_grpc_sent_bytes_total',
      'Bytes of the messages to clients.',
    ),
    clientRequest: (type, context) => {
      const apiVersion = context.metadata('client-api-version') ?? 'unknown';
      const key = `${type} ${apiVersion}`;
      let counter = versions.get(key);
      if (counter === undefined) {
        if (versions.size >= apiVersionsMax) return;
        const labels = { type, client_api_version: apiVersion };
        counter = metrics.counter(
          'etcd_server_client_requests_total',
          'Calls by the API version of the client.',
          labels,
        );
        versions.set(key, counter);
      }
      counter.add();
    },
  };
}

function figuresOf(metrics: Metrics, method: Method, detail: 'basic' | 'extensive'): MethodMetrics {
  const [, grpc_service = '', grpc_method = ''] = method.path.split('/');
  const labels = { grpc_type: typeOf(method), grpc_service, grpc_method };
  const handledBy: Counter[] = [];
  const handled = (code: number): Counter => {
    const name = codeNames[code] ?? 'Unknown';
    return (handledBy[code] ??= metrics.counter(
      'grpc_server_handled_total',
      'Calls that have ended, by status.',
      { ...labels, grpc_code: name },
    ));
  };
  // All from the start, as etcd shows them: a rate sees the first error of a kind only if there was a 0 before it.
  for (const code of codeNames.keys()) handled(code);
  const seconds: Histogram | undefined =
    detail === 'extensive'
      ? metrics.histogram(
          'grpc_server_handling_seconds',
          'Time from the start of a call to its end.',
          handlingBuckets,
          labels,
        )
      : undefined;
  return {
    started: metrics.counter('grpc_server_started_total', 'Calls that have begun.', labels),
    received: metrics.counter('grpc_server_msg_received_total', 'Messages of clients.', labels),
    sent: metrics.counter('grpc_server_msg_sent_total', 'Messages to clients.', labels),
    handled: (code, took) => {
      handled(code).add();
      seconds?.observe(took);
    },
  };
}

function typeOf(method: Method): string {
  if (method.kind === 'unary') return 'unary';
  return method.clientStreams ? 'bidi_stream' : 'server_stream';
}
