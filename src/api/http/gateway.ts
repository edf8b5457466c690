import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from '../../base/logger.ts';
import { messageOverheadBytes } from '../etcd/index.ts';
import type { Method, StreamMethod, UnaryMethod } from '../methods.ts';
import { LargeMessage } from '../large-message.ts';
import { sendJson } from './responses.ts';
import { firstMessage } from './body.ts';
import { HttpContext, callHeaders, jsonCodec } from './call.ts';
import type { RequestLimits } from './call.ts';
import { JsonStream } from './json-stream.ts';
import { largeJson, sendLargeJson } from './large-json.ts';
import { refusalOf, sendRefusal } from './refusals.ts';
import { routes } from './routes.ts';

export interface GatewayOptions {
  /** Every call that there is, by its path: "/etcdserverpb.KV/Put". */
  readonly methods: ReadonlyMap<string, Method>;
  /** False: nothing is known below `/v3/`. */
  readonly enableGrpcGateway: boolean;
  /** What the member takes, without what a message has around it. */
  readonly maxRequestBytes: number;
  readonly logger: Logger;
  /** Resolves when it is the turn of another piece of a large answer. */
  readonly turn: () => Promise<void>;
}

/** Answers one request for a path below `/v3/` or `/v3beta/`. */
export type Gateway = (
  request: IncomingMessage,
  response: ServerResponse,
  target: { readonly path: string },
) => Promise<void> | void;

const notFound = { code: 5, message: 'Not Found' };
const methodNotAllowed = { code: 12, message: 'Method Not Allowed' };

export function isGatewayPath(path: string): boolean {
  return path.startsWith('/v3/') || path.startsWith('/v3beta/');
}

/** The JSON gateway: etcd's calls for those who speak HTTP and JSON only. */
export function createGateway(options: GatewayOptions): Gateway {
  const { methods, maxRequestBytes, logger } = options;
  const messageBytesMax = maxRequestBytes + messageOverheadBytes;
  // Base64 takes four bytes for three; the rest is for names, quotes and white space.
  const limits = { messageBytesMax, jsonBytesMax: 2 * messageBytesMax };
  const served = new Map<string, Serve>();
  for (const [path, call] of Object.entries(routes)) {
    const method = methods.get(`/${call}`);
    if (method === undefined) continue;
    served.set(
      path,
      method.kind === 'unary'
        ? serveUnary(method, limits, options)
        : serveStream(method, limits, logger),
    );
  }
  return (request, response, { path }) => {
    const serve = served.get(path.replace(/^\/v3beta\//, '/v3/'));
    if (serve === undefined) return sendRefusal(response, notFound);
    if (request.method !== 'POST') return sendRefusal(response, methodNotAllowed);
    return serve(request, response);
  };
}

type Serve = (request: IncomingMessage, response: ServerResponse) => Promise<void> | void;

function serveUnary(
  method: UnaryMethod,
  limits: RequestLimits,
  { logger, turn }: GatewayOptions,
): Serve {
  const codec = jsonCodec(method, limits);
  return async (request, response) => {
    try {
      const json = await firstMessage(request, { bytesMax: limits.jsonBytesMax });
      const context = new HttpContext(request, response);
      const answer = await method.call(codec.request(json), context);
      if (answer instanceof LargeMessage) {
        const pieces = largeJson(answer, (bytes) => codec.response(bytes));
        await sendLargeJson(response, pieces, turn).finally(answer.release);
      } else sendJson(response, 200, JSON.stringify(codec.response(answer)), callHeaders);
    } catch (error) {
      sendRefusal(response, refusalOf(error, method.path, logger));
    }
  };
}

/** A request that cannot be read is refused like any other; a stream begins with the first one that can. */
function serveStream(method: StreamMethod, limits: RequestLimits, logger: Logger): Serve {
  const codec = jsonCodec(method, limits);
  const parts = { method, codec, logger, bytesMax: limits.jsonBytesMax };
  if (method.clientStreams) {
    return (request, response) => {
      new JsonStream(request, response, parts).openToMany();
    };
  }
  return async (request, response) => {
    let message: Uint8Array;
    try {
      message = codec.request(await firstMessage(request, { bytesMax: limits.jsonBytesMax }));
    } catch (error) {
      sendRefusal(response, refusalOf(error, method.path, logger));
      return;
    }
    new JsonStream(request, response, parts).openTo(message);
  };
}
