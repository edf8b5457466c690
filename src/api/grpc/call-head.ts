import { headerOf, isGrpc } from '../../http2/index.ts';
import type { HeaderField } from '../../http2/index.ts';
import type { Method } from '../methods.ts';
import { StatusError, statusCodes } from '../status.ts';

/** Why a request is no call: the HTTP status to refuse it with. */
export type NoCall = 405 | 415;

/**
 * The headers of a call, read once for all calls that have the same list: the decoder gives the same one again for the
 * same bytes, as long as its client's table stays as it is.
 */
export class CallHead {
  readonly method: Method;
  /** Of the messages that are compressed. */
  readonly encoding: string | undefined;
  /** Milliseconds that the call may take; infinite for most. */
  readonly timeoutMs: number;
  readonly #headers: readonly HeaderField[];
  /** First values by name, once a second call has this list. */
  #values: Map<string, string> | undefined;

  /** Throws StatusError if no call can have these headers. */
  constructor(headers: readonly HeaderField[], methods: ReadonlyMap<string, Method>) {
    const path = headerOf(headers, ':path') ?? '';
    const method = methods.get(path);
    if (method === undefined) throw unknownMethod(path, methods);
    this.method = method;
    this.encoding = encodingOf(headers);
    this.timeoutMs = timeoutOf(headers);
    this.#headers = headers;
  }

  /** Another call has the same list. */
  again(): this {
    if (this.#values === undefined) {
      const values = new Map<string, string>();
      for (const { name, value } of this.#headers) if (!values.has(name)) values.set(name, value);
      this.#values = values;
    }
    return this;
  }

  /** The first value of a header. */
  valueOf(name: string): string | undefined {
    return this.#values === undefined ? headerOf(this.#headers, name) : this.#values.get(name);
  }
}

/** Reads the headers of requests. */
export class CallHeads {
  readonly #methods: ReadonlyMap<string, Method>;
  /** By their lists. Those with a timeout are not among them, since it is another one each time. */
  readonly #known = new WeakMap<readonly HeaderField[], CallHead>();

  constructor(methods: ReadonlyMap<string, Method>) {
    this.#methods = methods;
  }

  /** Throws StatusError for calls that are refused as such. */
  read(headers: readonly HeaderField[]): CallHead | NoCall {
    const known = this.#known.get(headers);
    if (known !== undefined) return known.again();
    if (!isGrpc(headers)) return 415;
    if (headerOf(headers, ':method') !== 'POST') return 405;
    const head = new CallHead(headers, this.#methods);
    if (head.timeoutMs === Infinity) this.#known.set(headers, head);
    return head;
  }
}

const unitMs: Readonly<Record<string, number>> = {
  H: 3_600_000,
  M: 60_000,
  S: 1000,
  m: 1,
  u: 0.001,
  n: 0.000_001,
};

/** From `grpc-timeout`: up to eight digits and a unit. */
function timeoutOf(headers: readonly HeaderField[]): number {
  const timeout = headerOf(headers, 'grpc-timeout');
  if (timeout === undefined) return Infinity;
  const amount = Number(timeout.slice(0, -1));
  const unit = unitMs[timeout.slice(-1)];
  if (unit === undefined || !/^\d{1,8}.$/.test(timeout)) {
    throw new StatusError(statusCodes.internal, `malformed grpc-timeout: ${timeout}`);
  }
  if (amount === 0) throw expired();
  return amount * unit;
}

function encodingOf(headers: readonly HeaderField[]): string | undefined {
  const encoding = headerOf(headers, 'grpc-encoding');
  if (encoding !== undefined && encoding !== 'identity' && encoding !== 'gzip') {
    throw new StatusError(
      statusCodes.unimplemented,
      `grpc: Decompressor is not installed for grpc-encoding "${encoding}"`,
    );
  }
  return encoding;
}

export function expired(): StatusError {
  return new StatusError(statusCodes.deadlineExceeded, 'context deadline exceeded');
}

/** In the words of servers in Go. */
function unknownMethod(path: string, methods: ReadonlyMap<string, Method>): StatusError {
  const [, service = '', name = ''] = /^\/(.*)\/([^/]*)$/.exec(path) ?? [];
  if (service === '') {
    return new StatusError(statusCodes.unimplemented, `malformed method name: "${path}"`);
  }
  const isKnown = [...methods.keys()].some((known) => known.startsWith(`/${service}/`));
  return new StatusError(
    statusCodes.unimplemented,
    isKnown ? `unknown method ${name} for service ${service}` : `unknown service ${service}`,
  );
}
