/**
 * Carries the methods of `methods.ts` as JSON over plain HTTP: one POST for a call, a line of JSON for each message of a
 * stream. Bodies are read, and refused, as grpc-gateway does with Go's `encoding/json` and `protojson`. Knows no
 * service: paths and message types come with the routes that it is given.
 *
 * Left out on purpose: WebSockets, since a stream of lines does the same in every browser of today; and `Grpc-Timeout`,
 * since a caller that stops waiting closes its request.
 */
export { createGateway } from './gateway.ts';
export type { GatewayOptions, GatewayRoute } from './gateway.ts';
export type { CallTypes } from './call.ts';
export type { Field, MessageType, Value } from './message-json.ts';
