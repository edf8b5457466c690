import { callerAddress } from '../../base/caller-address.ts';
import { goneSignal } from '../http/index.ts';
import type { CallContext, Method } from '../methods.ts';
import { BadJson, BodyTooLarge } from './json-errors.ts';
import { jsonOf, messageOf } from './message-json.ts';
import type { MessageType } from './message-json.ts';
import type { HttpRequest, HttpResponse } from '../http/index.ts';

/** The header of a gRPC response that grpc-gateway passes on. */
export const callHeaders = { 'Grpc-Metadata-Content-Type': 'application/grpc' } as const;

/** The message types that a method takes and gives. */
export interface CallTypes {
  readonly request: MessageType;
  readonly response: MessageType;
}

/** The requests and responses of a method in JSON. */
export interface JsonCodec {
  /** The encoded request. Throws `BadJson` or `BodyTooLarge`. */
  request(json: Buffer): Uint8Array;
  /** The object of an encoded response, for `JSON.stringify`. */
  response(bytes: Uint8Array): Record<string, unknown>;
}

export function jsonCodec(
  method: Method,
  types: CallTypes,
  { messageBytesMax }: { readonly messageBytesMax: number },
): JsonCodec {
  return {
    request: (json) => {
      const bytes = encode(method, messageOf(types.request, json));
      if (bytes.length > messageBytesMax) {
        const sizes = `${bytes.length} vs. ${messageBytesMax}`;
        throw new BodyTooLarge(`grpc: received message larger than max (${sizes})`);
      }
      return bytes;
    },
    response: (bytes) => jsonOf(types.response, method.response.decode(bytes)),
  };
}

/** Throws `BadJson` for a message that is nested too deeply for the codec. */
function encode({ request }: Method, message: Record<string, unknown>): Uint8Array {
  try {
    return request.encode(message);
  } catch (cause) {
    throw new BadJson(`proto: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  }
}

/** The context of a call that comes as an HTTP request. */
export class HttpContext implements CallContext {
  /** Calls through the gateway are nobody's, as in etcd, whatever certificate the connection has. */
  readonly certificateName = undefined;
  readonly #request: HttpRequest;
  readonly #response: HttpResponse;
  #signal: AbortSignal | undefined;

  constructor(request: HttpRequest, response: HttpResponse) {
    this.#request = request;
    this.#response = response;
  }

  get address(): string | undefined {
    return callerAddress(this.#request.socket);
  }

  get signal(): AbortSignal {
    this.#signal ??= this.#response.closed ? AbortSignal.abort() : goneSignal(this.#response);
    return this.#signal;
  }

  /** Metadata come as headers: `Grpc-Metadata-Hasleader` as `hasleader`. A token may come as `Authorization` too. */
  metadata(name: string): string | undefined {
    const { headers } = this.#request;
    const value = headers[`grpc-metadata-${name}`];
    if (value === undefined && name === 'authorization') return headers.authorization;
    return Array.isArray(value) ? value[0] : value;
  }
}
