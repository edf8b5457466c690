import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/logger.ts';
import { destroyAfterLinger } from '../../base/linger.ts';
import { alikeMessage } from '../alike-messages.ts';
import type { AlikeMessages, RequestStream, ResponseStream, StreamMethod } from '../methods.ts';
import { Body } from './body.ts';
import type { BodyLimits } from './body.ts';
import { HttpContext, callHeaders } from './call.ts';
import type { JsonCodec } from './call.ts';
import { httpStatusOf, refusalOf } from './refusals.ts';
import type { HttpRequest, HttpResponse } from '../http/index.ts';

/** The parts that all streams of one method share. */
export interface JsonStreamParts {
  readonly method: StreamMethod;
  readonly codec: JsonCodec;
  readonly clock: Clock;
  readonly logger: Logger;
  /** How large one request may be, as JSON. */
  readonly limits: BodyLimits;
}

/**
 * One stream between an HTTP request and a method. Each response is a line, `{"result":{…}}`; a refusal is the last one,
 * `{"error":{…}}`. The HTTP status is sent with the first line, so that a stream that is refused before any response has
 * the status of the refusal.
 */
export class JsonStream implements ResponseStream {
  readonly #request: HttpRequest;
  readonly #response: HttpResponse;
  readonly #parts: JsonStreamParts;
  #requests: RequestStream | undefined;
  #body: Body | undefined;
  /** The caller reads too slowly: its requests wait until it has read more. */
  #full = false;
  /** The method has as many requests under way as it may have. */
  #held = false;
  #ended = false;

  constructor(request: HttpRequest, response: HttpResponse, parts: JsonStreamParts) {
    this.#request = request;
    this.#response = response;
    this.#parts = parts;
  }

  /** Begins with the one request that there is. */
  openTo(message: Uint8Array): void {
    const requests = this.#open();
    requests.message(message);
    if (!this.#ended) requests.halfClosed();
  }

  /** Begins, and takes requests from the body for as long as it lasts. */
  openToMany(): void {
    const requests = this.#open();
    if (this.#ended) return;
    const { codec, limits } = this.#parts;
    this.#body = new Body(this.#request, limits, {
      message: (json) => requests.message(codec.request(json)),
      end: () => this.#guard(() => requests.halfClosed()),
      fail: (error) => this.end(error),
    });
    this.#listen();
  }

  #open(): RequestStream {
    const { method } = this.#parts;
    const requests = method.open(new HttpContext(this.#request, this.#response), this);
    this.#requests = requests;
    if (this.#ended) {
      requests.closed();
      return requests;
    }
    this.#response.on('drain', () => {
      if (this.#ended) return;
      this.#full = false;
      this.#guard(() => requests.drained());
      this.#listen();
    });
    if (this.#response.closed) this.#finish();
    else this.#response.once('close', () => this.#finish());
    return requests;
  }

  push(message: Uint8Array): boolean {
    if (this.#ended || this.#response.destroyed) return true;
    const more = this.#write(200, { result: this.#parts.codec.response(message) });
    // No further request of a caller that does not read, so that responses cannot pile up.
    if (!more) {
      this.#full = true;
      this.#listen();
    }
    return more;
  }

  pushAlike(messages: AlikeMessages): boolean {
    let more = true;
    for (let index = 0; index < messages.count; index++) {
      more = this.push(alikeMessage(messages, index));
    }
    return more;
  }

  pause(): void {
    this.#held = true;
    this.#listen();
  }

  resume(): void {
    this.#held = false;
    this.#listen();
  }

  #listen(): void {
    if (this.#ended) return;
    if (this.#full || this.#held) this.#body?.pause();
    else this.#body?.resume();
  }

  /** Around what calls the method: an error there ends this stream, and no other. */
  #guard(tell: () => void): void {
    try {
      tell();
    } catch (error) {
      this.end(error);
    }
  }

  end(error?: unknown): void {
    if (this.#ended) return;
    this.#finish();
    if (error !== undefined) {
      const { method, logger } = this.#parts;
      const refusal = refusalOf(error, method, logger);
      this.#write(httpStatusOf(refusal), { error: refusal });
    }
    this.#response.end(() => this.#disconnect());
  }

  /**
   * The connection cannot be used again before the body ends, which may be never: ends it. Bytes that still come are read
   * for a moment, because closing over unread bytes would take the last line back.
   */
  #disconnect(): void {
    if (this.#request.complete) return;
    const { socket } = this.#request;
    // Over HTTP/2 the stream alone is ended, and was.
    if (!('end' in socket)) return;
    socket.end();
    destroyAfterLinger(socket, this.#parts.clock);
  }

  #write(status: number, line: object): boolean {
    if (!this.#response.headersSent) {
      this.#response.writeHead(status, { 'Content-Type': 'application/json', ...callHeaders });
    }
    return this.#response.write(`${JSON.stringify(line)}\n`);
  }

  /** Releases everything, once. */
  #finish(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#body?.stop();
    // The rest of the request must not block the connection.
    this.#request.resume();
    try {
      this.#requests?.closed();
    } catch (error) {
      // No caller is left to hear of it; an unexpected error is logged.
      refusalOf(error, this.#parts.method, this.#parts.logger);
    }
  }
}
