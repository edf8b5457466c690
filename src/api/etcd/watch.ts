import { Writer } from 'protobufjs/minimal.js';
import { unreachable } from '../../base/assert.ts';
import { etcdserverpb as pb, mvccpb } from '../../gen/etcd.js';
import type {
  KeyEvent,
  Operations,
  WatchMessage,
  WatchRequest,
  WatchStream,
  WatchedEvent,
} from '../../operations/index.ts';
import { decodeRequest, streamMethod } from '../methods.ts';
import type { CallContext, Method, RequestStream, ResponseStream } from '../methods.ts';
import { headerOf, keyValueOf, longOf, numberOf, optionsOf, rangeOf } from './wire.ts';

/** `etcdserverpb.Watch`. Responses of more than `fragmentBytes` are split for watchers that ask for fragments. */
export function watchMethods(
  operations: Operations,
  { fragmentBytes }: { readonly fragmentBytes: number },
): Method[] {
  return [
    streamMethod('/etcdserverpb.Watch/Watch', pb.WatchRequest, pb.WatchResponse, {
      clientStreams: true,
      open: (context, responses) => new Watches(operations, context, responses, fragmentBytes),
    }),
  ];
}

/** One stream of watchers. */
class Watches implements RequestStream {
  readonly #operations: Operations;
  readonly #responses: ResponseStream;
  readonly #fragmentBytes: number;
  /** By watcher, the encoded parts of a revision that cannot be sent before the rest of it is there. */
  readonly #parts = new Map<number, Uint8Array[]>();
  #stream: WatchStream | undefined;

  constructor(
    operations: Operations,
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
        optionsOf(context),
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
    if (message.kind !== 'events') {
      if (message.kind === 'canceled') this.#parts.delete(message.watchId);
      return this.#responses.push(pb.WatchResponse.encode(this.#plain(message)).finish());
    }
    return message.fragment ? this.#pushFragments(message) : this.#pushWhole(message);
  }

  #pushFragments(message: EventsMessage): boolean {
    const events = message.events.map(encodeEvent);
    const runs = events.length === 0 ? [events] : inFragments(events, this.#fragmentBytes);
    let more = true;
    for (const [at, run] of runs.entries()) {
      const isLast = at === runs.length - 1 && !message.isPart;
      more = this.#responses.push(this.#withEvents(message, run, !isLast));
    }
    return more;
  }

  /** Parts of one revision wait here, encoded, until it is complete. */
  #pushWhole(message: EventsMessage): boolean {
    const { watchId, isPart } = message;
    const events = message.events.map(encodeEvent);
    const parts = this.#parts.get(watchId);
    if (isPart) {
      if (parts === undefined) this.#parts.set(watchId, [withEvents(Writer.create(), events)]);
      else parts.push(withEvents(Writer.create(), events));
      return true;
    }
    const rest = this.#withEvents(message, events, false);
    if (parts === undefined) return this.#responses.push(rest);
    this.#parts.delete(watchId);
    // Fields of a message may follow each other in any order.
    return this.#responses.push(Buffer.concat([...parts, rest]));
  }

  #header(revision: number) {
    return headerOf({ ...this.#operations.header(), revision });
  }

  #plain(message: Exclude<WatchMessage, { kind: 'events' }>): pb.WatchResponse.$Properties {
    const common = { header: this.#header(message.revision), watch_id: longOf(message.watchId) };
    switch (message.kind) {
      case 'created':
        return { ...common, created: true };
      case 'progress':
        return common;
      case 'canceled':
        return {
          ...common,
          // For compacted revisions, etcd sends the compact revision only.
          header: this.#header(message.compactRevision === 0 ? message.revision : 0),
          created: message.created,
          canceled: true,
          compact_revision: message.compactRevision,
          cancel_reason: message.reason,
        };
      default:
        return unreachable(message);
    }
  }

  /** Puts a response together from events that are encoded already. */
  #withEvents(
    { watchId, revision }: EventsMessage,
    events: readonly Uint8Array[],
    fragment: boolean,
  ): Uint8Array {
    const head = { header: this.#header(revision), watch_id: longOf(watchId), fragment };
    return withEvents(pb.WatchResponse.encode(head, Writer.create()), events);
  }
}

type EventsMessage = Extract<WatchMessage, { kind: 'events' }>;

/** Field 11, length-delimited. */
const eventsTag = (11 << 3) | 2;

/** Events that are encoded already, as fields of a response, behind what `writer` holds. */
function withEvents(writer: Writer, events: readonly Uint8Array[]): Uint8Array {
  for (const event of events) writer.uint32(eventsTag).bytes(event);
  return writer.finish();
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

/** An event is the same object for all of its watchers, and is encoded once. */
const encoded = new WeakMap<KeyEvent, Uint8Array>();

function encodeEvent({ event, previous }: WatchedEvent): Uint8Array {
  let bytes = encoded.get(event);
  if (bytes === undefined) {
    bytes = mvccpb.Event.encode({
      type: event.kind === 'put' ? mvccpb.Event.EventType.PUT : mvccpb.Event.EventType.DELETE,
      kv: keyValueOf(event.kv),
    }).finish();
    encoded.set(event, bytes);
  }
  if (previous === undefined) return bytes;
  // Fields of a message may follow each other in any order and piece.
  return Buffer.concat([bytes, mvccpb.Event.encode({ prev_kv: keyValueOf(previous) }).finish()]);
}

/** Runs of events of about as many bytes as one response may have, each at least one. */
function inFragments(events: readonly Uint8Array[], bytesMax: number): readonly Uint8Array[][] {
  const runs: Uint8Array[][] = [];
  let bytes = Infinity;
  for (const event of events) {
    if (bytes + event.length > bytesMax) {
      runs.push([]);
      bytes = 0;
    }
    runs.at(-1)?.push(event);
    bytes += event.length;
  }
  return runs;
}
