import type { ClientDuplexStream } from '@grpc/grpc-js';
import type { Caller } from './caller.ts';
import type { CallOptions } from './options.ts';
import type { Endpoint } from './endpoints.ts';
import { RollcallError, errorOf } from './errors.ts';
import { bigintOf, int64, numberOf } from './numbers.ts';
import { delayMsMax, nowMs } from './time.ts';
import { methods, type LeaseKeepAliveRequest, type LeaseKeepAliveResponse } from './wire.ts';

type Answer = (ttlSeconds?: number) => void;

interface Session {
  readonly endpoint: Endpoint;
  /** The token that it was opened with. */
  readonly token: string | undefined;
  readonly stream: ClientDuplexStream<LeaseKeepAliveRequest, LeaseKeepAliveResponse>;
  /** Renewals without an answer, by lease. Answers for one lease come in the order of its requests. */
  readonly waiting: Map<bigint, Answer[]>;
  /** Renewals that somebody still waits for. */
  awaited: number;
  /** When the last answer came. */
  answeredAtMs: number;
}

/** Renews all leases of a client over one stream, open only while an answer is awaited or a lease is held. */
export class KeepAliveStream {
  readonly #caller: Caller;
  #session: Session | undefined;
  #opening: Promise<Session | undefined> | undefined;
  #users = 0;
  /** The last failure to open a stream, other than a time-out. */
  #refusal: RollcallError | undefined;

  constructor(caller: Caller) {
    this.#caller = caller;
  }

  /** Keeps the stream open between renewals until the returned function is called. */
  use(): () => void {
    this.#users++;
    return () => {
      this.#users--;
      this.#closeIfIdle();
    };
  }

  /** The seconds the lease now has; 0 if there is no such lease, undefined if no server could be asked in time. */
  async renew(
    leaseId: bigint,
    timeoutMs: number,
    signal?: AbortSignal,
  ): Promise<number | undefined> {
    const timeout = AbortSignal.timeout(Math.ceil(Math.min(timeoutMs, delayMsMax)));
    const over = signal === undefined ? timeout : AbortSignal.any([timeout, signal]);
    const session = await this.#open(over);
    if (session === undefined || signal?.aborted === true) return undefined;
    const askedAtMs = nowMs();
    return await new Promise((resolve) => {
      const timer = setTimeout(
        () => {
          // A server that answers others is slow, and asking another would lose the place of all of them.
          if (session.answeredAtMs > askedAtMs) answer();
          else this.#drop(session);
        },
        Math.min(timeoutMs, delayMsMax),
      );
      const queue = session.waiting.get(leaseId) ?? [];
      session.waiting.set(leaseId, queue);
      // A renewal that was given up keeps its place in the queue, so that later answers are matched correctly.
      let isAwaited = true;
      const answer = (ttlSeconds?: number): void => {
        if (!isAwaited) return;
        isAwaited = false;
        session.awaited--;
        clearTimeout(timer);
        signal?.removeEventListener('abort', leave);
        resolve(ttlSeconds);
        this.#closeIfIdle();
      };
      const leave = (): void => answer();
      signal?.addEventListener('abort', leave, { once: true });
      queue.push(answer);
      session.awaited++;
      session.stream.write({ ID: int64(leaseId) });
    });
  }

  /** As `renew`, but throws instead of returning `undefined`. */
  async renewOnce(leaseId: bigint, options: CallOptions): Promise<number> {
    const deadlineMs = nowMs() + (options.timeoutMs ?? this.#caller.timeoutMs);
    for (;;) {
      const ttlSeconds = await this.renew(
        leaseId,
        Math.max(1, deadlineMs - nowMs()),
        options.signal,
      );
      if (ttlSeconds !== undefined) return ttlSeconds;
      if (options.signal?.aborted === true) {
        throw new RollcallError('canceled', 'the call was canceled');
      }
      if (this.#refusal !== undefined) throw this.#refusal;
      if (nowMs() >= deadlineMs) {
        throw new RollcallError('deadline-exceeded', 'no server renewed the lease in time');
      }
    }
  }

  async #open(signal: AbortSignal): Promise<Session | undefined> {
    if (this.#session !== undefined) return this.#session;
    this.#opening ??= this.#openNow(signal).finally(() => {
      this.#opening = undefined;
    });
    return await this.#opening;
  }

  async #openNow(signal: AbortSignal): Promise<Session | undefined> {
    try {
      const either = AbortSignal.any([signal, this.#caller.closed]);
      const opened = await this.#caller.openStream(methods.leaseKeepAlive, either);
      const session: Session = { ...opened, waiting: new Map(), awaited: 0, answeredAtMs: nowMs() };
      session.stream.on('data', (response: LeaseKeepAliveResponse) => {
        session.answeredAtMs = nowMs();
        this.#caller.answered(methods.leaseKeepAlive.path, session.endpoint, response);
        const id = bigintOf(response.ID);
        const queue = session.waiting.get(id);
        const answer = queue?.shift();
        if (queue?.length === 0) session.waiting.delete(id);
        answer?.(numberOf(response.TTL));
      });
      session.stream.on('error', (error) => {
        // The next stream logs in first.
        this.#caller.mayRenew(errorOf(error), session.token);
        this.#drop(session);
      });
      session.stream.on('end', () => this.#drop(session));
      this.#session = session;
      this.#refusal = undefined;
      return session;
    } catch (error) {
      this.#refusal = signal.aborted ? undefined : errorOf(error);
      return undefined;
    }
  }

  /** Gives up a stream. Its waiting renewals are answered with `undefined`, and ask again on the next one. */
  #drop(session: Session): void {
    if (this.#session === session) {
      this.#session = undefined;
      session.endpoint.avoid();
      session.stream.cancel();
    }
    const answers = [...session.waiting.values()].flat();
    session.waiting.clear();
    for (const answer of answers) answer(undefined);
  }

  #closeIfIdle(): void {
    const session = this.#session;
    if (session === undefined || this.#users > 0 || session.awaited > 0) return;
    this.#session = undefined;
    session.stream.cancel();
  }
}
