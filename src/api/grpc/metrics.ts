import type { Counter, Histogram, Metrics } from '../../base/metrics.ts';
import type { Method } from '../methods.ts';
import type { CallObserver } from '../observed.ts';

/** The names of gRPC's status codes, by number, as Prometheus' middleware for Go writes them. */
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

const handlingBucketsSeconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** With `extensive`, the time of calls is measured too. */
export type MetricsDetail = 'basic' | 'extensive';

/** Measures the calls of a method under the names that are usual for gRPC servers (`grpc_server_…`). */
export function grpcServerMetrics(
  metrics: Metrics,
  method: Method,
  detail: MetricsDetail,
): CallObserver {
  const [, grpc_service = '', grpc_method = ''] = method.path.split('/');
  const labels = { grpc_type: typeOf(method), grpc_service, grpc_method };
  const started = metrics.counter('grpc_server_started_total', 'Calls that have begun.', labels);
  const received = metrics.counter(
    'grpc_server_msg_received_total',
    'Messages of clients.',
    labels,
  );
  const sent = metrics.counter('grpc_server_msg_sent_total', 'Messages to clients.', labels);
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
          handlingBucketsSeconds,
          labels,
        )
      : undefined;
  return {
    started: () => started.add(),
    received: () => received.add(),
    sent: (_bytes, messages) => sent.add(messages),
    ended: ({ code, tookMs }) => {
      handled(code).add();
      seconds?.observe(tookMs / 1000);
    },
  };
}

function typeOf(method: Method): string {
  if (method.kind === 'unary') return 'unary';
  return method.clientStreams ? 'bidi_stream' : 'server_stream';
}
