import type { Logger } from '../../base/logger.ts';
import type { Counter, Metrics } from '../../base/metrics.ts';
import { grpcServerMetrics } from '../grpc/index.ts';
import type { MetricsDetail } from '../grpc/index.ts';
import type { CallContext, Method } from '../methods.ts';
import type { CallObserver } from '../observed.ts';
import { SlowCalls } from './slow-calls.ts';

export interface CallMetricsOptions {
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly metricsDetail: MetricsDetail;
  /** Calls that take longer are logged. */
  readonly slowCallMs: number;
}

/** Measures the calls of etcd's methods under etcd's names, and logs slow ones. */
export function etcdCallMetrics(options: CallMetricsOptions): (method: Method) => CallObserver {
  const { metrics, logger, metricsDetail, slowCallMs } = options;
  const receivedBytes = metrics.counter(
    'etcd_network_client_grpc_received_bytes_total',
    'Bytes of the messages of clients.',
  );
  const sentBytes = metrics.counter(
    'etcd_network_client_grpc_sent_bytes_total',
    'Bytes of the messages to clients.',
  );
  const clientRequest = clientRequests(metrics);
  const slow = new SlowCalls(logger, slowCallMs);
  return (method) => {
    const own = grpcServerMetrics(metrics, method, metricsDetail);
    return {
      started: (context) => {
        own.started(context);
        clientRequest(method.kind, context);
      },
      received: (bytes) => {
        own.received(bytes);
        receivedBytes.add(bytes);
      },
      sent: (bytes, messages) => {
        own.sent(bytes, messages);
        sentBytes.add(bytes);
      },
      ended: (call) => {
        own.ended(call);
        if (method.kind === 'unary' && call.tookMs > slow.thresholdMs) slow.note(method, call);
      },
    };
  };
}

/** API versions with a series of their own. A client may send any text. */
const apiVersionsMax = 100;

/** Counts calls by the API version of their client. */
function clientRequests(metrics: Metrics): (type: Method['kind'], context: CallContext) => void {
  const countersOf = { unary: new Map<string, Counter>(), stream: new Map<string, Counter>() };
  return (type, context) => {
    const apiVersion = context.metadata('client-api-version') ?? 'unknown';
    const counters = countersOf[type];
    let counter = counters.get(apiVersion);
    if (counter === undefined) {
      if (countersOf.unary.size + countersOf.stream.size >= apiVersionsMax) return;
      const labels = { type, client_api_version: apiVersion };
      counter = metrics.counter(
        'etcd_server_client_requests_total',
        'Calls by the API version of the client.',
        labels,
      );
      counters.set(apiVersion, counter);
    }
    counter.add();
  };
}
