import type { RegistryError } from '../base/errors.ts';
import type { KeyRange } from '../base/key.ts';
import type { KeyEvent, KeyValue } from '../state/index.ts';

/** The number of a watcher within its stream; -1 stands for the whole stream. */
export type WatchId = number;

export interface WatchRequest {
  readonly range: KeyRange;
  /** 0: from the next revision on. A past revision: catches up first. A future one: silent until then. */
  readonly startRevision: number;
  /** 0: the stream chooses one. */
  readonly watchId: WatchId;
  readonly prevKv: boolean;
  readonly progressNotify: boolean;
  readonly noPut: boolean;
  readonly noDelete: boolean;
  /** The reader accepts a response in fragments. */
  readonly fragment: boolean;
}

/** One event for watchers. `event` is the same object for all watchers, so that its encoding can be cached. */
export interface WatchedEvent {
  readonly event: KeyEvent;
  /** With `prevKv`: the version before, if there was one and it can still be read. */
  readonly previous: KeyValue | undefined;
}

/**
 * All matching events of one or more whole revisions, unless `isPart`. `revision` is the newest that was published, or
 * the store's newest for a watcher that catches up; it may be newer than the last event's. Without events it is the last
 * revision of which all was sent.
 */
export interface EventsMessage {
  readonly kind: 'events';
  /** Each of these watchers gets the events: at least one, none twice. */
  readonly watchIds: readonly WatchId[];
  readonly revision: number;
  /** The same array for all watchers of a member that get just these events, so that its encoding can be cached. */
  readonly events: readonly WatchedEvent[];
  /**
   * More events of this revision follow. The sink puts them together and delivers them when complete, or delivers
   * each part if the reader asked for fragments. The last part may be empty. A watcher that is canceled in
   * between gets no further part.
   */
  readonly isPart: boolean;
  /** The reader asked for fragments: the sink may split what exceeds one message. */
  readonly fragment: boolean;
}

/** Messages of a stream. For each watcher: created, then events and progress, then canceled and nothing more. */
export type WatchMessage =
  | { readonly kind: 'created'; readonly watchId: WatchId; readonly revision: number }
  | EventsMessage
  /** All events up to `revision` were sent. `watchId` -1 answers a request for the progress of all watchers. */
  | { readonly kind: 'progress'; readonly watchId: WatchId; readonly revision: number }
  | {
      readonly kind: 'canceled';
      readonly watchId: WatchId;
      readonly revision: number;
      /** The watcher was never established: created and canceled in one message. */
      readonly created: boolean;
      /** Not 0: the watcher needs revisions before this one, which are compacted. */
      readonly compactRevision: number;
      readonly reason: string;
      /** The reader lacks the right to these keys; `reason` is its message. */
      readonly refusal?: RegistryError;
    };

/** Decides for one stream about the rights of its reader. */
export interface WatchGuard {
  /** The refusal of a watcher that is about to be created; undefined: it may be. */
  refusalOf(request: WatchRequest): RegistryError | undefined;
  /** The refusal of a watcher that was created, now that users or roles have changed. */
  refusalNow(request: WatchRequest): RegistryError | undefined;
}

/** Receives the messages of one stream. */
export interface WatchSink {
  /** Always takes the message. False: the reader is slow; push nothing more until `WatchStream.drained`. */
  push(message: WatchMessage): boolean;
  /** `push` threw this error. The stream is closed; the reader must be informed. */
  failed(error: unknown): void;
}

/**
 * The watchers of one reader. All methods respond through the sink, in order; none throws because of what a client
 * sent.
 */
export interface WatchStream {
  create(request: WatchRequest): void;
  /** Ignores an unknown id. */
  cancel(watchId: WatchId): void;
  /** Responds with one `progress` for id -1 if there are watchers and all have caught up; is dropped otherwise. */
  requestProgress(): void;
  /** The reader can take more again. */
  drained(): void;
  /** The reader is gone; nothing more is pushed. */
  close(): void;
}
