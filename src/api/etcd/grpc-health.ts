import { grpc } from '../../gen/etcd.js';
import { decodeRequest, streamMethod, unary } from '../methods.ts';
import type { Method } from '../methods.ts';
import { StatusError, statusCodes } from '../status.ts';

const { HealthCheckRequest, HealthCheckResponse, HealthListRequest, HealthListResponse } =
  grpc.health.v1;
type Request = grpc.health.v1.HealthCheckRequest.$Properties;
type Response = grpc.health.v1.HealthCheckResponse.$Properties;

function isKnown(request: Request): boolean {
  return (request.service ?? '') === '';
}

/** The health protocol of gRPC. It knows the server as a whole, the empty name, which is healthy as long as it runs. */
export function healthMethods(): Method[] {
  const path = '/grpc.health.v1.Health/';
  const serving: Response = { status: HealthCheckResponse.ServingStatus.SERVING };
  const unknown: Response = { status: HealthCheckResponse.ServingStatus.SERVICE_UNKNOWN };
  return [
    unary(`${path}Check`, HealthCheckRequest, HealthCheckResponse, (request) =>
      isKnown(request)
        ? Promise.resolve(serving)
        : Promise.reject(new StatusError(statusCodes.notFound, 'unknown service')),
    ),
    unary(`${path}List`, HealthListRequest, HealthListResponse, () =>
      Promise.resolve({ statuses: { '': serving } }),
    ),
    streamMethod(`${path}Watch`, HealthCheckRequest, HealthCheckResponse, {
      clientStreams: false,
      // The status does not change until the server stops, and then the stream ends.
      open: (_context, responses) => ({
        message: (bytes) => {
          try {
            const known = isKnown(decodeRequest(HealthCheckRequest, bytes));
            responses.push(HealthCheckResponse.encode(known ? serving : unknown).finish());
          } catch (error) {
            responses.end(error);
          }
        },
        halfClosed() {},
        drained() {},
        closed() {},
      }),
    }),
  ];
}
