import type { Duplex } from 'node:stream';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import type { PackageDefinition } from '@grpc/proto-loader';
import { ReflectionService } from '@grpc/reflection';
import type { Method } from '../methods.ts';
import { serveStream, serveUnary } from './calls.ts';

export interface GrpcOptions {
  readonly methods: ReadonlyMap<string, Method>;
  /** Of one message of a client; more is refused before it is decoded. */
  readonly messageBytesMax: number;
  /** Calls that one connection may have open; a client waits beyond it. */
  readonly streamsMax: number;
  /** How often an idle connection is tested; 0: never. */
  readonly keepaliveIntervalMs: number;
  readonly keepaliveTimeoutMs: number;
  /** What reflection shows; undefined: there is none. */
  readonly reflected: PackageDefinition | undefined;
}

/** Takes connections that speak HTTP/2, and answers their calls. */
export interface GrpcDoor {
  take(connection: Duplex): void;
  /** Lets nobody begin a call any more, and ends what still runs after `graceMs`. */
  close(graceMs: number): void;
}

/** Largest value of an HTTP/2 setting, and of a message that Node.js can hold. */
const uint32Max = 2 ** 32 - 1;
const neverMs = 2 ** 31 - 1;

export function createGrpcDoor(options: GrpcOptions): GrpcDoor {
  const server = new Server({
    'grpc.max_receive_message_length': options.messageBytesMax,
    'grpc.max_send_message_length': -1,
    'grpc.max_concurrent_streams': Math.min(options.streamsMax, uint32Max),
    'grpc.keepalive_time_ms': options.keepaliveIntervalMs || neverMs,
    'grpc.keepalive_timeout_ms': options.keepaliveTimeoutMs,
    'grpc.enable_channelz': 0,
  });
  for (const method of options.methods.values()) register(server, method);
  if (options.reflected !== undefined) new ReflectionService(options.reflected).addToServer(server);
  const injector = server.createConnectionInjector(ServerCredentials.createInsecure());
  return {
    take: (connection) => injector.injectConnection(connection),
    close: (graceMs) => {
      injector.drain(graceMs);
      injector.destroy();
    },
  };
}

/** Messages come and go as bytes; the methods take them apart themselves. */
const asBytes = (bytes: Buffer): Buffer => bytes;

function register(server: Server, method: Method): void {
  if (method.kind === 'unary') {
    server.register(method.path, serveUnary(method), asBytes, asBytes, 'unary');
  } else {
    const type = method.clientStreams ? 'bidi' : 'serverStream';
    server.register(method.path, serveStream(method), asBytes, asBytes, type);
  }
}
