import {
  Metadata,
  type ClientDuplexStream,
  type ClientReadableStream,
  type ServiceError,
} from '@grpc/grpc-js';
import { checkTimeoutMs } from './checks.ts';
import { Credentials, type CredentialOptions } from './credentials.ts';
import type { Endpoint, Endpoints } from './endpoints.ts';
import {
  RollcallError,
  UnknownOutcome,
  errorOf,
  isDefiniteRefusal,
  isTransient,
} from './errors.ts';
import type { CallOptions } from './options.ts';
import { backOffMs, delayMsMax, nowMs, pause } from './time.ts';
import { methods } from './wire.ts';

/** One call of the wire. */
export interface Method<Request, Response> {
  readonly path: string;
  /** Whether sending it twice does no harm. If not, it is sent again only if it surely reached no server. */
  readonly repeatable: boolean;
  readonly encode: (request: Request) => Buffer;
  readonly decode: (bytes: Buffer) => Response;
}

/** Restrictions on the server that a call goes to. */
interface Aim {
  /** Ask this server only. */
  readonly endpoint?: Endpoint;
  /** Also a member that has no leader may answer. */
  readonly leaderless?: boolean;
  /** It gets the token that other calls wait for. */
  readonly isLogin?: boolean;
}

type Outcome<Response> =
  | { readonly kind: 'answer'; readonly response: Response }
  | { readonly kind: 'failed'; readonly error: RollcallError; readonly sent: boolean };

/** A server that does not even accept a connection in this time is passed over. */
const connectTimeoutMs = 2000;

/** Logins within one call, when a server takes the token of none. */
const renewalsMax = 2;

/** The metadata of calls with one token, or with none. */
interface Metadatas {
  readonly token: string | undefined;
  readonly leaderWanted: Metadata;
  readonly leaderless: Metadata;
}

function metadatasWith(token: string | undefined): Metadatas {
  const leaderless = new Metadata();
  if (token !== undefined) leaderless.set('token', token);
  const leaderWanted = leaderless.clone();
  leaderWanted.set('hasleader', 'true');
  return { token, leaderWanted, leaderless };
}

/** Makes calls: chooses a server, waits for its connection, tries again where that is safe, and judges the outcome. */
export class Caller {
  readonly endpoints: Endpoints;
  readonly timeoutMs: number;
  readonly #waitForServer: boolean;
  readonly #onAnswer: ((path: string, endpoint: string, response: unknown) => void) | undefined;
  readonly #closed = new AbortController();
  readonly #credentials: Credentials;
  #metadatas = metadatasWith(undefined);

  /** With `waitForServer: false` a call fails as soon as every server has refused the connection. */
  constructor(
    endpoints: Endpoints,
    timeoutMs: number,
    waitForServer: boolean,
    onAnswer?: (path: string, endpoint: string, response: unknown) => void,
    credentials: CredentialOptions = {},
  ) {
    this.#credentials = new Credentials(credentials, async (name, password) => {
      const aim = { leaderless: true, isLogin: true };
      const { token } = await this.call(methods.authenticate, { name, password }, aim);
      return token ?? '';
    });
    this.#onAnswer = onAnswer;
    this.endpoints = endpoints;
    this.timeoutMs = timeoutMs;
    this.#waitForServer = waitForServer;
  }

  /** Fires when the client is closed. */
  get closed(): AbortSignal {
    return this.#closed.signal;
  }

  close(): void {
    this.#closed.abort();
    this.endpoints.close();
  }

  /** Reports an answer to the client's `onAnswer`; streams report theirs. */
  answered(path: string, endpoint: Endpoint, response: unknown): void {
    this.#onAnswer?.(path, endpoint.address, response);
  }

  /** The token that the next call takes along. */
  get token(): string | undefined {
    return this.#credentials.token;
  }

  /** A call or stream with this token was refused. True: it may be made again, and logs in first. */
  mayRenew(error: RollcallError, used: string | undefined): boolean {
    return this.#credentials.mayRenew(error, used);
  }

  #metadata({ leaderless, isLogin }: Aim): Metadata {
    // A token that does not count any more would have the login refused.
    if (isLogin === true) return metadatasWith(undefined).leaderless;
    const { token } = this.#credentials;
    if (this.#metadatas.token !== token) this.#metadatas = metadatasWith(token);
    return leaderless === true ? this.#metadatas.leaderless : this.#metadatas.leaderWanted;
  }

  /** Calls until there is an answer, a refusal, or no time left. */
  async call<Request, Response>(
    method: Method<Request, Response>,
    request: Request,
    options: CallOptions & Aim = {},
  ): Promise<Response> {
    checkTimeoutMs(options.timeoutMs);
    const deadlineMs = nowMs() + (options.timeoutMs ?? this.timeoutMs);
    const failures = new Map<string, string>();
    let renewals = 0;
    for (let attempt = 0; ; attempt++) {
      this.#throwIfOver(options.signal);
      if (options.isLogin !== true) await this.#credentials.ready();
      const { token } = this.#credentials;
      const endpoint = options.endpoint ?? this.endpoints.next();
      const outcome = await this.#attempt(endpoint, method, request, deadlineMs, options);
      if (outcome.kind === 'answer') {
        this.answered(method.path, endpoint, outcome.response);
        return outcome.response;
      }

      const { error, sent } = outcome;
      if (options.isLogin !== true && renewals < renewalsMax && this.mayRenew(error, token)) {
        renewals += 1;
        continue;
      }
      const mayRepeat =
        !sent || isDefiniteRefusal(error) || (method.repeatable && isTransient(error));
      if (!mayRepeat) throw sent && !method.repeatable ? this.#judge(error) : error;
      this.#throwIfOver(options.signal);
      failures.set(endpoint.address, error.message);
      if (sent) endpoint.avoid();

      const candidates = options.endpoint === undefined ? this.endpoints.all.length : 1;
      if (!sent && !this.#waitForServer && failures.size >= candidates) throw unreachable(failures);
      const round = Math.floor(attempt / candidates);
      const delayMs = attempt + 1 < candidates ? 0 : backOffMs(round);
      if (nowMs() + delayMs >= deadlineMs) throw sent ? error : unreachable(failures);
      if (delayMs > 0) await pause(delayMs, options.signal);
    }
  }

  /**
   * Opens a stream on some server that can be reached, trying until `signal` fires. Its failure later is for the
   * caller to handle: only it knows how to go on.
   */
  async openStream<Request, Response>(
    method: Method<Request, Response>,
    signal: AbortSignal,
    options: { readonly endpoint?: Endpoint } = {},
  ): Promise<{
    endpoint: Endpoint;
    token: string | undefined;
    stream: ClientDuplexStream<Request, Response>;
  }> {
    const endpoint = await this.#reachable(signal, options.endpoint);
    await this.#credentials.ready();
    const stream = endpoint.client.makeBidiStreamRequest(
      method.path,
      method.encode,
      method.decode,
      this.#metadata(options),
    );
    return { endpoint, token: this.token, stream };
  }

  /**
   * Sends one request and gives the answers of some server that can be reached, until `signal` fires. Logs in again if a
   * server does not take the token before it has answered anything.
   */
  async *read<Request, Response>(
    method: Method<Request, Response>,
    request: Request,
    signal: AbortSignal,
    options: Aim = {},
  ): AsyncGenerator<Response, void> {
    let isAnswered = false;
    for (let renewals = 0; ; renewals++) {
      const { stream, token } = await this.#openReading(method, request, signal, options);
      const cancel = (): void => stream.cancel();
      signal.addEventListener('abort', cancel, { once: true });
      try {
        for await (const response of stream as AsyncIterable<Response>) {
          isAnswered = true;
          yield response;
        }
        return;
      } catch (thrown) {
        const error = errorOf(thrown);
        const mayTryAgain = !isAnswered && renewals < renewalsMax;
        if (!mayTryAgain || !this.mayRenew(error, token)) throw error;
      } finally {
        signal.removeEventListener('abort', cancel);
        cancel();
      }
    }
  }

  async #openReading<Request, Response>(
    method: Method<Request, Response>,
    request: Request,
    signal: AbortSignal,
    options: Aim,
  ): Promise<{ token: string | undefined; stream: ClientReadableStream<Response> }> {
    const endpoint = await this.#reachable(signal, options.endpoint);
    await this.#credentials.ready();
    const stream = endpoint.client.makeServerStreamRequest(
      method.path,
      method.encode,
      method.decode,
      request,
      this.#metadata(options),
    );
    stream.on('error', () => {});
    return { token: this.token, stream };
  }

  /** A server with a connection. */
  async #reachable(signal: AbortSignal, only: Endpoint | undefined): Promise<Endpoint> {
    const candidates = only === undefined ? this.endpoints.all.length : 1;
    const failures = new Map<string, string>();
    for (let attempt = 0; ; attempt++) {
      this.#throwIfOver(signal);
      const endpoint = only ?? this.endpoints.next();
      if ((await endpoint.settled(connectTimeoutMs, signal)) && endpoint.isConnected)
        return endpoint;
      this.#throwIfOver(signal);
      failures.set(endpoint.address, 'no connection');
      if (!this.#waitForServer && failures.size >= candidates) throw unreachable(failures);
      if (attempt + 1 >= candidates) {
        await pause(backOffMs(Math.floor(attempt / candidates)), signal);
      }
    }
  }

  async #attempt<Request, Response>(
    endpoint: Endpoint,
    method: Method<Request, Response>,
    request: Request,
    deadlineMs: number,
    options: CallOptions & Aim,
  ): Promise<Outcome<Response>> {
    const connectMs = Math.min(connectTimeoutMs, deadlineMs - nowMs());
    if (!(await endpoint.settled(connectMs, options.signal))) {
      const error = new RollcallError('unavailable', 'no answer to the attempt to connect');
      return { kind: 'failed', error, sent: false };
    }
    if (options.signal?.aborted === true) {
      return { kind: 'failed', error: canceled(options.signal), sent: false };
    }
    // A read leaves half of its time for another server, in case this one hangs.
    const remainingMs = deadlineMs - nowMs();
    const canMove = method.repeatable && options.endpoint === undefined;
    const attemptMs = canMove && this.endpoints.all.length > 1 ? remainingMs / 2 : remainingMs;
    return await new Promise((resolve) => {
      const call = endpoint.client.makeUnaryRequest(
        method.path,
        method.encode,
        method.decode,
        request,
        this.#metadata(options),
        // The library throws for a deadline that is very far away.
        attemptMs > delayMsMax ? {} : { deadline: new Date(Date.now() + attemptMs) },
        (failure, response) => {
          options.signal?.removeEventListener('abort', abort);
          if (failure === null && response !== undefined) resolve({ kind: 'answer', response });
          else resolve(failed(failure, options.signal, attemptMs < remainingMs));
        },
      );
      const abort = (): void => call.cancel();
      options.signal?.addEventListener('abort', abort, { once: true });
    });
  }

  /** The error for a write that was sent and not answered properly. */
  #judge(error: RollcallError): RollcallError {
    const unclear = isTransient(error) || isTimeUp(error);
    if (!unclear || error.code === 'too-many-requests') return error;
    return new UnknownOutcome(
      `the write was sent, but its outcome is unknown: ${error.message}; read to see whether it happened`,
      { cause: error },
    );
  }

  #throwIfOver(signal: AbortSignal | undefined): void {
    if (this.closed.aborted) throw new RollcallError('closed', 'the client is closed');
    if (signal?.aborted === true) throw canceled(signal);
  }
}

function failed(
  failure: ServiceError | null,
  signal: AbortSignal | undefined,
  moveOn: boolean,
): Outcome<never> {
  const error = errorOf(failure ?? new Error('the server sent no answer'));
  // The texts of grpc-js for a request that reached no connection.
  const sent = !/^(No connection established|Name resolution failed)/.test(error.message);
  if (signal?.aborted === true) return { kind: 'failed', error: canceled(signal), sent };
  if (moveOn && error.code === 'deadline-exceeded') {
    return { kind: 'failed', error: new RollcallError('unavailable', 'no answer in time'), sent };
  }
  return { kind: 'failed', error: sent ? error : shortReason(error), sent };
}

/** "No connection established. Last error: connect ECONNREFUSED 127.0.0.1:2379. …" in fewer words. */
function shortReason(error: RollcallError): RollcallError {
  const reason = /Last error: (?:Error: )?(.*?)(?:\. Resolution note.*)?$/s.exec(
    error.message,
  )?.[1];
  // `803C…:error:0A00010B:SSL routines:ssl3_get_record:wrong version number:../deps/openssl/…:350:`
  const inTls = /:SSL routines:[^:]*:([^:]+):/.exec(error.message)?.[1];
  const text = inTls === undefined ? (reason ?? error.message) : `TLS: ${inTls}`;
  return new RollcallError('unavailable', text, { cause: error });
}

function isTimeUp(error: RollcallError): boolean {
  return error.code === 'deadline-exceeded' || error.code === 'canceled';
}

function canceled(signal: AbortSignal): RollcallError {
  return new RollcallError('canceled', 'the call was canceled', { cause: signal.reason });
}

function unreachable(failures: ReadonlyMap<string, string>): RollcallError {
  const list = [...failures].map(([address, reason]) => `${address} (${reason})`).join(', ');
  return new RollcallError('unavailable', `no server could be reached: ${list}`);
}
