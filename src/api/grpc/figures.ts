import type { Counter, Histogram, Meter } from '../../base/meter.ts';
import type { Method } from '../methods.ts';

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
export interface MethodFigures {
  readonly started: Counter;
  readonly received: Counter;
  readonly sent: Counter;
  /** A call has ended with this status, after so many seconds. */
  handled(code: number, seconds: number): void;
}

/** What is counted over all calls. */
export interface CallFigures {
  readonly receivedBytes: Counter;
  readonly sentBytes: Counter;
  ofMethod(method: Method): MethodFigures;
  /** A call of a client that says which API it speaks. */
  clientRequest(type: 'unary' | 'stream', apiVersion: string): void;
}

/** Versions that are told apart; a client may say anything, and each becomes a series. */
const apiVersionsMax = 100;

export function declareCallFigures(meter: Meter, detail: 'basic' | 'extensive'): CallFigures {
  const versions = new Map<string, Counter>();
  return {
    receivedBytes: meter.counter(
      'etcd_network_client_grpc_received_bytes_total',
      'Bytes of the messages of clients.',
    ),
    sentBytes: meter.counter(
      'etcd_network_client_grpc_sent_bytes_total',
      'Bytes of the messages to clients.',
    ),
    ofMethod: (method) => figuresOf(meter, method, detail),
    clientRequest: (type, apiVersion) => {
      const key = `${type} ${apiVersion}`;
      let counter = versions.get(key);
      if (counter === undefined) {
        if (versions.size >= apiVersionsMax) return;
        const labels = { type, client_api_version: apiVersion };
        counter = meter.counter(
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

function figuresOf(meter: Meter, method: Method, detail: 'basic' | 'extensive'): MethodFigures {
  const [, grpc_service = '', grpc_method = ''] = method.path.split('/');
  const labels = { grpc_type: typeOf(method), grpc_service, grpc_method };
  const handledBy: Counter[] = [];
  const handled = (code: number): Counter => {
    const name = codeNames[code] ?? 'Unknown';
    return (handledBy[code] ??= meter.counter(
      'grpc_server_handled_total',
      'Calls that have ended, by status.',
      { ...labels, grpc_code: name },
    ));
  };
  handled(0);
  const seconds: Histogram | undefined =
    detail === 'extensive'
      ? meter.histogram(
          'grpc_server_handling_seconds',
          'Time from the start of a call to its end.',
          handlingBuckets,
          labels,
        )
      : undefined;
  return {
    started: meter.counter('grpc_server_started_total', 'Calls that have begun.', labels),
    received: meter.counter('grpc_server_msg_received_total', 'Messages of clients.', labels),
    sent: meter.counter('grpc_server_msg_sent_total', 'Messages to clients.', labels),
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
