import type { ClientDuplexStream } from '@grpc/grpc-js';
import { etcdserverpb as pb } from '../gen/etcd.js';
import { wireRange } from './bytes.ts';
import type { Caller } from './caller.ts';
import type { Endpoint } from './endpoints.ts';
import { Compacted, RollcallError, errorOf, errorOfStatus } from './errors.ts';
import { bigintOf, int64, numberOf } from './numbers.ts';
import { eventsOf, rangeRequest, rangeResultOf } from './requests.ts';
import { backOffMs, pause } from './time.ts';
import type { Watcher, WatchFeed } from './watcher.ts';
import { methods, type WatchRequest, type WatchResponse } from './wire.ts';

/** Failures after which no other server is tried. */
const finalCodes: ReadonlySet<string> = new Set([
  'not-supported',
  'permission-denied',
  'auth-failed',
  'user-empty',
  'invalid-auth-token',
  'auth-revision-old',
  'closed',
]);
/** Streams that are opened anew in a row because the login of the last one did not count. */
const renewalsMax = 3;

/** An open stream, and the watchers that exist on it. */
interface Session {
  readonly endpoint: Endpoint;
  /** The token that it was opened with. */
  readonly token: string | undefined;
  readonly stream: ClientDuplexStream<WatchRequest, WatchResponse>;
  /** Asked to be created and not answered yet; a server answers in the order it was asked. */
  readonly creating: { watcher: Watcher | undefined }[];
  readonly byId: Map<bigint, Watcher>;
}

/**
 * Carries all watchers of a client over one stream. When the stream breaks, another is opened, on the next server,
 * and every watcher goes on from its own next revision; so nothing is lost and nothing comes twice.
 *
 * Large revisions are deliberately not asked for in fragments: an answer then always ends with a whole revision,
 * and the revision after it is always the right place to go on.
 */
export class WatchStream implements WatchFeed {
  readonly #caller: Caller;
  readonly #watchers = new Set<Watcher>();
  /** Watchers that read their keys afresh, and what stops that. */
  readonly #resyncing = new Map<Watcher, AbortController>();
  #session: Session | undefined;
  #isConnecting = false;
  /** Fires when the last watcher goes: a pending connection attempt would keep the program alive. */
  #unwatched = new AbortController();
  #wasConnected = false;
  #failedAttempts = 0;

  constructor(caller: Caller) {
    this.#caller = caller;
    caller.closed.addEventListener('abort', () => {
      for (const watcher of [...this.#watchers, ...this.#resyncing.keys()]) void watcher.return();
    });
  }

  start(watcher: Watcher): void {
    this.#watchers.add(watcher);
    if (this.#session !== undefined) this.#create(this.#session, watcher);
    else void this.#connect();
  }

  stop(watcher: Watcher): void {
    this.#resyncing.get(watcher)?.abort();
    this.#watchers.delete(watcher);
    if (this.#watchers.size === 0) this.#unwatched.abort();
    const session = this.#session;
    if (session === undefined) return;
    for (const entry of session.creating) if (entry.watcher === watcher) entry.watcher = undefined;
    for (const [id, candidate] of session.byId) {
      if (candidate === watcher) this.#cancel(session, id);
    }
    // An idle stream would keep the program from ending.
    if (this.#watchers.size === 0) {
      this.#session = undefined;
      session.stream.cancel();
    }
  }

  async #connect(): Promise<void> {
    if (this.#isConnecting) return;
    this.#isConnecting = true;
    try {
      while (this.#watchers.size > 0 && this.#session === undefined) {
        const over = this.#whileWatched();
        if (this.#failedAttempts > 0) {
          await pause(backOffMs(this.#failedAttempts - 1), over);
        }
        const opened = await this.#open(over);
        if (opened === undefined) continue;
        if (this.#watchers.size === 0) return opened.stream.on('error', () => {}).cancel();
        this.#adopt({ ...opened, creating: [], byId: new Map() });
      }
    } catch (error) {
      this.#failAll(errorOf(error));
    } finally {
      this.#isConnecting = false;
    }
  }

  /** Fires when the watchers of this moment are gone, or the client is closed. */
  #whileWatched(): AbortSignal {
    if (this.#unwatched.signal.aborted) this.#unwatched = new AbortController();
    return AbortSignal.any([this.#unwatched.signal, this.#caller.closed]);
  }

  /** A new stream; undefined if it is worth trying again: a watch that once stood outlives an outage. */
  async #open(
    over: AbortSignal,
  ): Promise<Pick<Session, 'endpoint' | 'token' | 'stream'> | undefined> {
    try {
      return await this.#caller.openStream(methods.watch, over);
    } catch (error) {
      if (over.aborted && !this.#caller.closed.aborted) return undefined;
      if (!this.#wasConnected || this.#caller.closed.aborted) throw error;
      this.#failedAttempts++;
      return undefined;
    }
  }

  #adopt(session: Session): void {
    this.#session = session;
    this.#wasConnected = true;
    session.stream.on('data', (response: WatchResponse) => {
      if (this.#session !== session) return;
      this.#caller.answered(methods.watch.path, session.endpoint, response);
      this.#receive(session, response);
    });
    session.stream.on('error', (error) => this.#lost(session, errorOf(error)));
    session.stream.on('end', () =>
      this.#lost(session, new RollcallError('unavailable', 'the server ended the watch')),
    );
    for (const watcher of this.#watchers) this.#create(session, watcher);
  }

  #lost(session: Session, error: RollcallError): void {
    if (this.#session !== session) return;
    this.#session = undefined;
    this.#failedAttempts++;
    const isRenewed =
      this.#failedAttempts <= renewalsMax && this.#caller.mayRenew(error, session.token);
    if (!isRenewed && finalCodes.has(error.code)) return this.#failAll(error);
    session.endpoint.avoid();
    void this.#connect();
  }

  #failAll(error: RollcallError): void {
    const session = this.#session;
    for (const watcher of this.#watchers) watcher.fail(error);
    this.#watchers.clear();
    this.#session = undefined;
    session?.stream.cancel();
  }

  #create(session: Session, watcher: Watcher): void {
    const { options, nextRevision } = watcher;
    session.creating.push({ watcher });
    session.stream.write({
      create_request: {
        ...wireRange(watcher.keys),
        start_revision: int64(nextRevision ?? 0),
        // Tells an idle watcher how far history has gone on, so that it can resume behind a compaction.
        progress_notify: true,
        prev_kv: options.prevKv === true,
        filters: filtersFor(options.only),
      },
    });
  }

  #cancel(session: Session, id: bigint): void {
    session.byId.delete(id);
    session.stream.write({ cancel_request: { watch_id: int64(id) } });
  }

  #receive(session: Session, response: WatchResponse): void {
    this.#failedAttempts = 0;
    const id = bigintOf(response.watch_id);
    if (response.created === true) this.#created(session, id, response);
    const watcher = session.byId.get(id);
    if (watcher === undefined) return;
    if (response.canceled === true) {
      session.byId.delete(id);
      this.#refused(session, watcher, response);
      return;
    }
    const events = eventsOf(response.events ?? []);
    const last = events.at(-1);
    // A message without events reports progress: all events up to this revision were delivered.
    if (last !== undefined) watcher.deliver(events, last.revision + 1);
    else if (response.created !== true) {
      watcher.deliver([], numberOf(response.header?.revision) + 1);
    }
  }

  #created(session: Session, id: bigint, response: WatchResponse): void {
    const watcher = session.creating.shift()?.watcher;
    if (response.canceled === true) {
      if (watcher !== undefined) this.#refused(session, watcher, response);
    } else if (watcher === undefined) {
      this.#cancel(session, id);
    } else {
      session.byId.set(id, watcher);
      watcher.accepted(numberOf(response.header?.revision));
    }
  }

  /** The server will not go on with this watcher. */
  #refused(session: Session, watcher: Watcher, response: WatchResponse): void {
    const compactRevision = numberOf(response.compact_revision);
    const error = reasonOf(response);
    if (compactRevision === 0 && this.#session !== session) return;
    if (compactRevision === 0 && this.#caller.mayRenew(error, session.token)) {
      // All watchers go on with a new stream, and a new login.
      session.stream.cancel();
      this.#lost(session, error);
      return;
    }
    this.#watchers.delete(watcher);
    if (compactRevision === 0) {
      watcher.fail(error);
    } else if (watcher.options.onCompacted === 'resync') {
      void this.#resync(watcher);
    } else {
      watcher.fail(new Compacted(compactRevision));
    }
  }

  async #resync(watcher: Watcher): Promise<void> {
    const over = new AbortController();
    this.#resyncing.set(watcher, over);
    try {
      const response = await this.#caller.call(methods.range, rangeRequest(watcher.keys, {}), {
        timeoutMs: Infinity,
        signal: AbortSignal.any([over.signal, this.#caller.closed]),
      });
      const { kvs, revision } = rangeResultOf(response);
      watcher.deliver([{ type: 'resync', kvs, revision, endsRevision: true }], revision + 1);
      if (watcher.isFlowing) this.start(watcher);
    } catch (error) {
      watcher.fail(errorOf(error));
    } finally {
      this.#resyncing.delete(watcher);
    }
  }
}

function reasonOf({ cancel_reason }: WatchResponse): RollcallError {
  const reason = cancel_reason ?? '';
  const desc = / desc = (.*)$/.exec(reason)?.[1];
  return errorOfStatus(-1, reason === '' ? 'the server canceled the watch' : (desc ?? reason));
}

/** The wire names what to leave out. */
function filtersFor(only: 'put' | 'delete' | undefined): pb.WatchCreateRequest.FilterType[] {
  if (only === undefined) return [];
  const { NODELETE, NOPUT } = pb.WatchCreateRequest.FilterType;
  return [only === 'put' ? NODELETE : NOPUT];
}
