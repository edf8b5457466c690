import { grpc } from '../../gen/etcd.js';
import { codecOf, decodeRequest } from '../methods.ts';
import type { Method } from '../methods.ts';
import { filesOf, filesWith, serviceNames } from './descriptors.ts';

const { ServerReflectionRequest, ServerReflectionResponse } = grpc.reflection.v1;
type Response = grpc.reflection.v1.ServerReflectionResponse.$Properties;

const notFound = 5;

/** Reflection over everything in `proto/` that clients may call. */
export function reflectionMethods(): Method[] {
  return ['v1', 'v1alpha'].map((version) => ({
    kind: 'stream',
    path: `/grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`,
    clientStreams: true,
    request: codecOf(ServerReflectionRequest),
    response: codecOf(ServerReflectionResponse),
    open: (_context, responses) => ({
      message: (bytes) => {
        try {
          const request = decodeRequest(ServerReflectionRequest, bytes);
          const answer = { original_request: request, ...answerTo(request) };
          responses.push(ServerReflectionResponse.encode(answer).finish());
        } catch (error) {
          responses.end(error);
        }
      },
      halfClosed: () => responses.end(),
      drained() {},
      closed() {},
    }),
  }));
}

function answerTo(request: grpc.reflection.v1.ServerReflectionRequest): Response {
  const {
    message_request: asked,
    file_by_filename: file,
    file_containing_symbol: symbol,
  } = request;
  if (asked === 'list_services') {
    return { list_services_response: { service: serviceNames.map((name) => ({ name })) } };
  }
  if (asked === 'file_by_filename') return filesOrError(filesOf(file ?? ''));
  if (asked === 'file_containing_symbol') return filesOrError(filesWith(symbol ?? ''));
  return refusal('none of these files has an extension');
}

function filesOrError(files: readonly Uint8Array[]): Response {
  if (files.length === 0) return refusal('there is no such file or symbol');
  return { file_descriptor_response: { file_descriptor_proto: [...files] } };
}

function refusal(message: string): Response {
  return { error_response: { error_code: notFound, error_message: message } };
}
