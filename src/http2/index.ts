/**
 * HTTP/2, both sides of RFC 9113 and RFC 7541 as far as gRPC needs them, and gRPC's own headers and messages: no push, no
 * priorities, no upgrade from HTTP/1.1. Our own, because this is the hot path: all frames of a read are answered in one
 * write, a response is one buffer, and a request costs a few small objects (docs/decisions/0005). It also accepts what
 * servers in Go accept and Node.js does not, such as the `:authority` that old clients of etcd send.
 */
export { ClientConnection } from './client-connection.ts';
export type { ClientOptions, ResponseListener } from './client-connection.ts';
export { Connection } from './connection.ts';
export type { AcceptRequest, ConnectionOptions } from './connection.ts';
export {
  headerOf,
  isGrpc,
  onlyTrailers,
  refusedContent,
  requestHeaders,
  responseHeaders,
  statusIn,
  okTrailers,
  trailers,
} from './grpc-headers.ts';
export type { CallTarget } from './grpc-headers.ts';
export {
  compact,
  messageHead,
  messageHeadBytes,
  MessageReader,
  refuseBeyond,
  wholeMessage,
  writeMessageHead,
} from './grpc-messages.ts';
export { StatusError, statusCodes } from './grpc-status.ts';
export { named } from './header-encoder.ts';
export { createHttp2Server } from './server.ts';
export type { Http2Options, Http2Server } from './server.ts';
export type { HeaderField } from './static-table.ts';
export type { Stream, StreamListener } from './stream.ts';
