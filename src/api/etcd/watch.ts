import { etcdserverpb as pb } from '../../gen/etcd.js';
import type {
  Operations,
  WatchId,
  WatchMessage,
  WatchRequest,
  WatchStream,
} from '../../operations/index.ts';
import { decodeRequest, streamMethod } from '../methods.ts';
import type { CallContext, Method, RequestStream, ResponseStream } from '../methods.ts';
import { etcdStatusOf } from './errors.ts';
import { statusCodes } from '../status.ts';
import type { CallStatus } from '../status.ts';
import {
  encodeEvent,
  eventlessResponse,
  inFragments,
  joined,
  responseOf,
  responsesWith,
} from './watch-responses.ts';
import { callerOf, headerOf, longOf, numberOf, optionsOf, rangeOf } from './wire.ts';

/** `etcdserverpb.Watch`. Responses of more than `fragmentBytes` are split for watchers that ask for fragments. */
export function watchMethods(
  operations: WatchOperations,
  { fragmentBytes }: { readonly fragmentBytes: number },
): Method[] {
  return [
    streamMethod('/etcdserverpb.Watch/Watch', pb.WatchRequest, pb.WatchResponse, {
      clientStreams: true,
      open: (context, responses) => new Watches(operations, context, responses, fragmentBytes),
    }),
  ];
}

type WatchOperations = Pick<Operations, 'watch' | 'identify' | 'header'>;

/** One stream of watchers. */
class Watches implements RequestStream {
  readonly #operations: WatchOperations;
  readonly #responses: ResponseStream;
  readonly #fragmentBytes: number;
  /** By watcher, the encoded parts of a revision that cannot be sent before the rest of it is there. */
  readonly #parts = new Map<number, Uint8Array[]>();
  #stream: WatchStream | undefined;

  constructor(
    operations: WatchOperations,
    context: CallContext,
    responses: ResponseStream,
    fragmentBytes: number,
  ) {
    this.#operations = operations;
    this.#responses = responses;
    this.#fragmentBytes = fragmentBytes;
    try {
      this.#stream = operations.watch(
        { push: (message) => this.#push(message), failed: (error) => this.#end(error) },
        {
          ...optionsOf(operations, context),
          callerNow: () => callerOf(operations, context),
        },
      );
    } catch (error) {
      this.#end(error);
    }
  }

  message(bytes: Uint8Array): void {
    try {
      const request = decodeRequest(pb.WatchRequest, bytes);
      if (request.create_request) {
        this.#stream?.create(watchRequest(new pb.WatchCreateRequest(request.create_request)));
      } else if (request.cancel_request) {
        this.#stream?.cancel(numberOf(request.cancel_request.watch_id ?? 0));
      } else if (request.progress_request) {
        this.#stream?.requestProgress();
      }
    } catch (error) {
      this.#end(error);
    }
  }

  /** The watchers stay: a client that sends no more requests still wants events. */
  halfClosed(): void {}

  drained(): void {
    this.#stream?.drained();
  }

  closed(): void {
    this.#stream?.close();
    this.#stream = undefined;
  }

  #end(error?: unknown): void {
    this.closed();
    this.#responses.end(error);
  }

  #push(message: WatchMessage): boolean {
    if (message.kind === 'canceled') return this.#pushCanceled(message);
    if (message.kind !== 'events') {
      const header = this.#operations.header();
      return this.#responses.push(eventlessResponse(message.kind, message, header));
    }
    const { isPart, watchIds } = message;
    if (!message.fragment && !isPart && this.#parts.size === 0) {
      return this.#responses.pushAlike(responsesWith(message, this.#operations.header()));
    }
    const events = message.events.map(encodeEvent);
    let more = true;
    for (const watchId of watchIds) {
      const one = { watchId, revision: message.revision, isPart };
      more = message.fragment ? this.#pushFragments(one, events) : this.#pushWhole(one, events);
    }
    return more;
  }

  #pushFragments(one: OneWatcher, events: readonly Buffer[]): boolean {
    const runs = events.length === 0 ? [events] : inFragments(events, this.#fragmentBytes);
    let more = true;
    for (const [at, run] of runs.entries()) {
      const isLast = at === runs.length - 1 && !one.isPart;
      more = this.#responses.push(responseOf(one, this.#operations.header(), run, !isLast));
    }
    return more;
  }

  /** Parts of one revision wait here, encoded, until it is complete. */
  #pushWhole(one: OneWatcher, events: readonly Buffer[]): boolean {
    const { watchId, isPart } = one;
    const parts = this.#parts.get(watchId);
    if (isPart) {
      const part = joined(nothing, events);
      if (parts === undefined) this.#parts.set(watchId, [part]);
      else parts.push(part);
      return true;
    }
    const rest = responseOf(one, this.#operations.header(), events, false);
    if (parts === undefined) return this.#responses.push(rest);
    this.#parts.delete(watchId);
    // Fields of a message may follow each other in any order.
    return this.#responses.push(Buffer.concat([...parts, rest]));
  }

  #pushCanceled(message: Extract<WatchMessage, { kind: 'canceled' }>): boolean {
    const { watchId, created, refusal, compactRevision } = message;
    this.#parts.delete(watchId);
    // For compacted revisions, etcd sends the compact revision only.
    const revision = compactRevision === 0 ? message.revision : 0;
    const response: pb.WatchResponse.$Properties = {
      header: headerOf({ ...this.#operations.header(), revision }),
      watch_id: longOf(watchId),
      created,
      canceled: true,
      compact_revision: compactRevision,
      cancel_reason: refusal === undefined ? message.reason : goTextOf(etcdStatusOf(refusal)),
    };
    return this.#responses.push(pb.WatchResponse.encode(response).finish());
  }
}

/** The part of a message that is about one of its watchers. */
interface OneWatcher {
  readonly watchId: WatchId;
  readonly revision: number;
  readonly isPart: boolean;
}

const nothing = new Uint8Array();

/** Names of the codes of refusals for lack of a right, as programs in Go print them. */
const goCodes: Readonly<Record<number, string>> = {
  [statusCodes.invalidArgument]: 'InvalidArgument',
  [statusCodes.permissionDenied]: 'PermissionDenied',
  [statusCodes.unauthenticated]: 'Unauthenticated',
};

/** The reason for which a watcher is refused, as clients of etcd find it: a whole error of gRPC as text. */
function goTextOf({ code, message }: CallStatus): string {
  return `rpc error: code = ${goCodes[code] ?? 'Unknown'} desc = ${message}`;
}

function watchRequest(request: pb.WatchCreateRequest): WatchRequest {
  const { filters } = request;
  // Without a key, all keys from the first one on.
  const key = request.key.length === 0 ? Buffer.from([0]) : request.key;
  return {
    range: rangeOf(key, request.range_end),
    startRevision: numberOf(request.start_revision),
    watchId: numberOf(request.watch_id),
    prevKv: request.prev_kv,
    progressNotify: request.progress_notify,
    noPut: filters.includes(pb.WatchCreateRequest.FilterType.NOPUT),
    noDelete: filters.includes(pb.WatchCreateRequest.FilterType.NODELETE),
    fragment: request.fragment,
  };
}
