import type { Metrics } from '../../base/metrics.ts';
import type { DescribedFile } from '../../gen/descriptors.ts';
import { grpc } from '../../gen/etcd.js';
import type { Api } from '../api.ts';
import { grpcServerMetrics } from '../grpc/index.ts';
import type { MetricsDetail } from '../grpc/index.ts';
import { decodeRequest, streamMethod } from '../methods.ts';
import type { Method } from '../methods.ts';
import { statusCodes } from '../status.ts';
import { Descriptors } from './descriptors.ts';

const { ServerReflectionRequest, ServerReflectionResponse } = grpc.reflection.v1;
type Response = grpc.reflection.v1.ServerReflectionResponse.$Properties;

export interface ReflectionOptions {
  /** Those of all services that the member has. */
  readonly files: readonly DescribedFile[];
  readonly metrics: Metrics;
  readonly metricsDetail: MetricsDetail;
}

export function reflectionApi({ files, metrics, metricsDetail }: ReflectionOptions): Api {
  return {
    calls: {
      methods: reflectionMethods(files),
      observe: (method) => grpcServerMetrics(metrics, method, metricsDetail),
    },
  };
}

/** Reflection over some proto files. */
export function reflectionMethods(files: readonly DescribedFile[]): Method[] {
  const descriptors = new Descriptors(files);
  return ['v1', 'v1alpha'].map((version) => {
    const path = `/grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`;
    return streamMethod(path, ServerReflectionRequest, ServerReflectionResponse, {
      clientStreams: true,
      open: (_context, responses) => ({
        message: (bytes) => {
          try {
            const request = decodeRequest(ServerReflectionRequest, bytes);
            const answer = { original_request: request, ...answerTo(request, descriptors) };
            responses.push(ServerReflectionResponse.encode(answer).finish());
          } catch (error) {
            responses.end(error);
          }
        },
        halfClosed: () => responses.end(),
        drained() {},
        closed() {},
      }),
    });
  });
}

function answerTo(
  request: grpc.reflection.v1.ServerReflectionRequest,
  descriptors: Descriptors,
): Response {
  const {
    message_request: asked,
    file_by_filename: file,
    file_containing_symbol: symbol,
  } = request;
  if (asked === 'list_services') {
    return { list_services_response: { service: descriptors.services.map((name) => ({ name })) } };
  }
  if (asked === 'file_by_filename') return filesOrError(descriptors.named(file ?? ''));
  if (asked === 'file_containing_symbol') return filesOrError(descriptors.defining(symbol ?? ''));
  return refusal('none of these files has an extension');
}

function filesOrError(files: readonly Uint8Array[]): Response {
  if (files.length === 0) return refusal('there is no such file or symbol');
  return { file_descriptor_response: { file_descriptor_proto: [...files] } };
}

function refusal(message: string): Response {
  return { error_response: { error_code: statusCodes.notFound, error_message: message } };
}
