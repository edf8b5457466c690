import { isUtf8 } from 'node:buffer';
import { BufferReader } from 'protobufjs/minimal.js';
import type { Reader } from 'protobufjs/minimal.js';
import { asBuffer } from '../base/key.ts';
import type { Soon } from '../base/soon.ts';
import { LargeMessage } from './large-message.ts';
import { defaultStatusOf, StatusError, statusCodes } from './status.ts';
import type { CallStatus } from './status.ts';

/** A message class, as generated: `T` is what is decoded, `P` what can be encoded. */
export interface MessageClass<T extends P, P extends object> {
  encode(message: P): { finish(): Uint8Array };
  decode(bytes: Uint8Array | Reader): T;
}

/** Encodes and decodes one kind of message, for carriers that do not know it. */
export interface Codec {
  /**
   * A message of plain objects: fields by their names in the proto file, enums by number, 64-bit integers as `Long`,
   * bytes as they are. Throws for what is nested too deeply.
   */
  encode(message: Record<string, unknown>): Uint8Array;
  /** The message as its class has it, which are the same fields again. */
  decode(bytes: Uint8Array): object;
}

/** The status that an error has for the callers of a method. Each API has its own table; see `defaultStatusOf`. */
export type StatusOf = (error: unknown) => CallStatus;

/** The context of a call. Each value is looked up only when it is read. */
export interface CallContext {
  /** The address of the other end of the connection; undefined where the carrier does not know it. */
  readonly address: string | undefined;
  /**
   * The common name of the caller's certificate, where it identifies a user: over gRPC only, as in etcd, with
   * `--client-cert-auth`.
   */
  readonly certificateName?: string | undefined;
  /** Aborted when the caller goes away or its deadline passes. */
  readonly signal: AbortSignal;
  /** The first value of a metadata entry; names are lower case. */
  metadata(name: string): string | undefined;
}

/** A method with one response to one request. */
export interface UnaryMethod {
  readonly kind: 'unary';
  /** "/etcdserverpb.KV/Put" */
  readonly path: string;
  readonly request: Codec;
  readonly response: Codec;
  readonly statusOf: StatusOf;
  /** Takes and returns encoded messages. Throws or rejects; `statusOf` gives the status of the error. */
  call(request: Uint8Array, context: CallContext): Soon<Uint8Array | LargeMessage>;
}

/** Encoded messages that differ at their beginning only. */
export interface AlikeMessages {
  readonly count: number;
  /** The end of each of them; it is not changed afterwards. */
  readonly tail: Buffer;
  /** Bytes of the message at `index` before the tail. */
  headBytes(index: number): number;
  /** Writes these bytes, and returns where they end. */
  writeHead(index: number, target: Buffer, start: number): number;
}

/** The responses of an open stream. */
export interface ResponseStream {
  /** An encoded message. False: wait for `drained` before the next one, if that can wait. */
  push(message: Uint8Array): boolean;
  /** The same for several messages. */
  pushAlike(messages: AlikeMessages): boolean;
  /** Ends the stream, with an error or well. Nothing is pushed afterwards. */
  end(error?: unknown): void;
  /** The stream has as many requests under way as it may have: it is given no further one until `resume`. */
  pause(): void;
  resume(): void;
}

/** The requests of an open stream. No method throws. */
export interface RequestStream {
  /** A request has come; encoded. */
  message(request: Uint8Array): void;
  /** The caller sends no further request. */
  halfClosed(): void;
  /** There is room for responses again. */
  drained(): void;
  /** The caller has disconnected, or the stream has ended: releases everything that belongs to it. */
  closed(): void;
}

/** A method with any number of responses, to one request or to many. */
export interface StreamMethod {
  readonly kind: 'stream';
  readonly path: string;
  /** False: the caller sends exactly one request. */
  readonly clientStreams: boolean;
  readonly request: Codec;
  readonly response: Codec;
  readonly statusOf: StatusOf;
  open(context: CallContext, responses: ResponseStream): RequestStream;
}

export type Method = UnaryMethod | StreamMethod;

export function codecOf(message: {
  encode(message: object): { finish(): Uint8Array };
  decode(bytes: Uint8Array): object;
}): Codec {
  return {
    encode: (object) => message.encode(object).finish(),
    decode: (bytes) => message.decode(bytes),
  };
}

/** Refuses text fields that are not valid UTF-8, as protobuf demands, instead of replacing bytes. */
class StrictReader extends BufferReader {
  override string(): string {
    const bytes = asBuffer(this.bytes());
    if (!isUtf8(bytes)) throw new Error('string field contains invalid UTF-8');
    return bytes.toString('utf8');
  }
}

export function decodeRequest<T>(message: { decode(reader: Reader): T }, bytes: Uint8Array): T {
  try {
    return message.decode(new StrictReader(asBuffer(bytes)));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new StatusError(statusCodes.internal, `the request cannot be decoded: ${why}`, { cause });
  }
}

export function unary<T extends P, P extends object, U extends Q, Q extends object>(
  path: string,
  request: MessageClass<T, P>,
  response: MessageClass<U, Q>,
  call: (request: T, context: CallContext) => Soon<NoInfer<Q> | LargeMessage | Uint8Array>,
): UnaryMethod {
  // Encoded already, whole or in parts.
  const encoded = (answer: Q | LargeMessage | Uint8Array): Uint8Array | LargeMessage =>
    answer instanceof Uint8Array || answer instanceof LargeMessage
      ? answer
      : response.encode(answer).finish();
  return {
    kind: 'unary',
    path,
    request: codecOf(request),
    response: codecOf(response),
    statusOf: defaultStatusOf,
    // No async function: reads and writes of keys pass here.
    call: (bytes, context) => {
      const answer = call(decodeRequest(request, bytes), context);
      return answer instanceof Promise ? answer.then(encoded) : encoded(answer);
    },
  };
}

/** A stream that is given each request as it comes. */
export function streamMethod(
  path: string,
  request: Parameters<typeof codecOf>[0],
  response: Parameters<typeof codecOf>[0],
  { clientStreams, open }: Pick<StreamMethod, 'clientStreams' | 'open'>,
): StreamMethod {
  return {
    kind: 'stream',
    path,
    clientStreams,
    request: codecOf(request),
    response: codecOf(response),
    statusOf: defaultStatusOf,
    open,
  };
}

/** A stream of responses to one request, made by a generator, which advances only as fast as the caller reads. */
export function serverStream<T extends P, P extends object, U extends Q, Q extends object>(
  path: string,
  request: MessageClass<T, P>,
  response: MessageClass<U, Q>,
  answers: (request: T, context: CallContext) => AsyncIterable<NoInfer<Q>>,
): StreamMethod {
  return {
    kind: 'stream',
    path,
    clientStreams: false,
    request: codecOf(request),
    response: codecOf(response),
    statusOf: defaultStatusOf,
    open: (caller, responses) => {
      const flow = new Flow();
      const over = new AbortController();
      // Aborted however the stream ends, so that a generator does not wait for ever.
      const metadata = (name: string): string | undefined => caller.metadata(name);
      const { address, certificateName } = caller;
      const context = { address, certificateName, signal: over.signal, metadata };
      return {
        message: (bytes) => {
          const run = async (): Promise<void> => {
            for await (const answer of answers(decodeRequest(request, bytes), context)) {
              if (flow.isClosed) return;
              if (!responses.push(response.encode(answer).finish())) await flow.drain();
            }
            responses.end();
          };
          run().catch((error: unknown) => responses.end(error));
        },
        halfClosed() {},
        drained: () => flow.drained(),
        closed: () => {
          flow.close();
          over.abort();
        },
      };
    },
  };
}

/** Lets a producer wait until its reader can take more or has disconnected. */
class Flow {
  isClosed = false;
  #resume: () => void = () => {};

  drain(): Promise<void> {
    return new Promise((resolve) => {
      this.#resume = resolve;
    });
  }

  drained(): void {
    this.#resume();
  }

  close(): void {
    this.isClosed = true;
    this.#resume();
  }
}
