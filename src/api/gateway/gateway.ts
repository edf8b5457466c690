import { ByteBudget } from '../../base/byte-budget.ts';
import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/logger.ts';
import { sendJson } from '../http/index.ts';
import type { HttpRequest, HttpResponse, Page } from '../http/index.ts';
import { LargeMessage } from '../large-message.ts';
import type { Method, StreamMethod, UnaryMethod } from '../methods.ts';
import { statusCodes } from '../status.ts';
import { firstMessage } from './body.ts';
import type { BodyLimits } from './body.ts';
import { HttpContext, callHeaders, jsonCodec } from './call.ts';
import type { CallTypes, JsonCodec } from './call.ts';
import { JsonStream } from './json-stream.ts';
import { largeJson, sendLargeJson } from './large-json.ts';
import { refusalOf, sendRefusal } from './refusals.ts';

/** A method that is reached at some path. */
export interface GatewayRoute {
  readonly method: Method;
  readonly types: CallTypes;
}

export interface GatewayOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Of one request as a message. */
  readonly messageBytesMax: number;
  /** Of requests that are not complete, of all clients together; by default 256 MiB. */
  readonly unfinishedBytesMax?: number;
  /** Resolves when the next piece of a large response may be made. */
  readonly turn: () => Promise<void>;
}

const unfinishedBytesMax = 256 << 20;

const notFound = { code: statusCodes.notFound, message: 'Not Found' };
const methodNotAllowed = { code: statusCodes.unimplemented, message: 'Method Not Allowed' };

/** Serves methods as JSON over HTTP, at the paths of `routes`, by POST. */
export function createGateway(
  routes: ReadonlyMap<string, GatewayRoute>,
  options: GatewayOptions,
): Page {
  const unfinished = new ByteBudget({ bytesMax: options.unfinishedBytesMax ?? unfinishedBytesMax });
  const pages = new Map(
    [...routes].map(([path, route]) => [path, pageOf(route, options, unfinished)]),
  );
  return (request, response, target) => {
    const page = pages.get(target.path);
    if (page === undefined) return sendRefusal(response, notFound);
    if (request.method !== 'POST') return sendRefusal(response, methodNotAllowed);
    return page(request, response, target);
  };
}

/** The options of one method's page. */
interface Serving extends GatewayOptions {
  readonly codec: JsonCodec;
  readonly limits: BodyLimits;
}

function pageOf(
  { method, types }: GatewayRoute,
  options: GatewayOptions,
  unfinished: ByteBudget,
): Page {
  const { messageBytesMax } = options;
  const codec = jsonCodec(method, types, { messageBytesMax });
  // Base64 takes four bytes for three; the rest is for names, quotes and white space.
  const serving = { ...options, codec, limits: { bytesMax: 2 * messageBytesMax, unfinished } };
  return method.kind === 'unary' ? serveUnary(method, serving) : serveStream(method, serving);
}

type Serve = (request: HttpRequest, response: HttpResponse) => Promise<void> | void;

function serveUnary(method: UnaryMethod, { codec, limits, logger, turn }: Serving): Serve {
  return async (request, response) => {
    try {
      const json = await firstMessage(request, limits);
      const context = new HttpContext(request, response);
      const answer = await method.call(codec.request(json), context);
      if (answer instanceof LargeMessage) {
        const pieces = largeJson(answer, (bytes) => codec.response(bytes));
        await sendLargeJson(response, pieces, turn).finally(answer.release);
      } else sendJson(response, 200, JSON.stringify(codec.response(answer)), callHeaders);
    } catch (error) {
      sendRefusal(response, refusalOf(error, method, logger));
    }
  };
}

/** A request that cannot be read is refused like any other; a stream begins with the first one that can. */
function serveStream(method: StreamMethod, serving: Serving): Serve {
  const { codec, limits, clock, logger } = serving;
  const parts = { method, codec, clock, logger, limits };
  if (method.clientStreams) {
    return (request, response) => {
      new JsonStream(request, response, parts).openToMany();
    };
  }
  return async (request, response) => {
    let message: Uint8Array;
    try {
      message = codec.request(await firstMessage(request, limits));
    } catch (error) {
      sendRefusal(response, refusalOf(error, method, logger));
      return;
    }
    new JsonStream(request, response, parts).openTo(message);
  };
}
