import { gatewayRoutes } from '../../src/api/etcd/gateway-routes.ts';
import { callTypes } from '../../src/api/etcd/message-types.ts';
import { jsonCodec } from '../../src/api/gateway/call.ts';
import type { JsonCodec } from '../../src/api/gateway/call.ts';
import type { MessageType, Value } from '../../src/api/gateway/index.ts';
import { codecOf } from '../../src/api/methods.ts';
import { unreachable } from '../../src/base/assert.ts';
import * as messages from '../../src/gen/etcd.js';

export const messageBytesMax: number = 64 << 10;

/** A call of the JSON gateway, and its request. */
export interface GatewayCall {
  /** "/v3/kv/put" */
  readonly route: string;
  /** "/etcdserverpb.KV/Put" */
  readonly path: string;
  readonly type: MessageType;
  /** Takes and gives the request. */
  readonly codec: JsonCodec;
}

/** All calls of etcd's API, each once. */
export function gatewayCalls(): readonly GatewayCall[] {
  const routes = new Map(Object.entries(gatewayRoutes).map(([route, path]) => [`/${path}`, route]));
  return [...routes].map(([path, route]) => {
    const type = callTypes(path).request;
    return { route, path, type, codec: codecFor(type) };
  });
}

function codecFor(type: MessageType): JsonCodec {
  let found: unknown = messages;
  for (const part of type.name.split('.')) found = Reflect.get(Object(found), part);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  const codec = codecOf(found as Parameters<typeof codecOf>[0]);
  const method = {
    kind: 'unary',
    path: '/',
    request: codec,
    response: codec,
    statusOf: () => ({ code: 2, message: '' }),
    call: () => Promise.reject(new Error('it is only decoded')),
  } as const;
  return jsonCodec(method, { request: type, response: type }, { messageBytesMax });
}

/** The names of all fields of these requests, and of the messages within them. */
export function fieldNames(calls: readonly GatewayCall[]): readonly string[] {
  return [...new Set(calls.flatMap(({ type }) => namesOf(type)))];
}

function namesOf(type: MessageType, seen = new Set<MessageType>()): readonly string[] {
  if (seen.has(type)) return [];
  seen.add(type);
  return type.fields.flatMap(({ name, value }) => [
    name,
    ...(value.kind === 'message' ? namesOf(value.type(), seen) : []),
  ]);
}

/** A message with all fields, but one of each oneof. */
export function sample(type: MessageType, depth: number): Record<string, unknown> {
  const oneofs = new Set<string>();
  const fields = type.fields.filter(({ oneof }) => {
    if (oneof === undefined) return true;
    const isFirst = !oneofs.has(oneof);
    oneofs.add(oneof);
    return isFirst;
  });
  return Object.fromEntries(
    fields.map(({ name, repeated, value }) => {
      const one = sampleOf(value, depth);
      return [name, repeated ? (depth === 0 ? [] : [one, one]) : one];
    }),
  );
}

/** Fields that `sample` leaves out. */
export function surplus(type: MessageType): number {
  const oneofs = type.fields.flatMap(({ oneof }) => oneof ?? []);
  return oneofs.length - new Set(oneofs).size;
}

function sampleOf(value: Value, depth: number): unknown {
  switch (value.kind) {
    case 'bool':
      return true;
    case 'string':
      return 'text';
    case 'bytes':
      return 'YWI=';
    case 'int32':
    case 'uint32':
      return 7;
    case 'int64':
    case 'uint64':
      return '12345678901';
    case 'enum':
      return Object.keys(value.numbers)[0];
    case 'message':
      return depth === 0 ? {} : sample(value.type(), depth - 1);
    default:
      return unreachable(value);
  }
}
