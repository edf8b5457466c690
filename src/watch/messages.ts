import type { KeyRange } from '../base/key.ts';
import type { KeyEvent, KeyValue } from '../state/index.ts';

/** The number of a watcher within its stream; -1 stands for the stream as a whole. */
export type WatchId = number;

export interface WatchRequest {
  readonly range: KeyRange;
  /** 0: from the next revision on. In the past: catches up first. In the future: stays silent until then. */
  readonly startRevision: number;
  /** 0: the stream picks one. */
  readonly watchId: WatchId;
  readonly prevKv: boolean;
  readonly progressNotify: boolean;
  readonly noPut: boolean;
  readonly noDelete: boolean;
  /** The reader can put a response together from fragments. */
  readonly fragment: boolean;
}

/** One event as one watcher sees it. `event` is the same object for all watchers, so its encoding can be kept. */
export interface WatchedEvent {
  readonly event: KeyEvent;
  /** Only with `prevKv`, and only if there was one and it can still be read. */
  readonly previous: KeyValue | undefined;
}

/** What a stream tells its reader, in this order of things: created, then events; nothing after canceled. */
export type WatchMessage =
  | { readonly kind: 'created'; readonly watchId: WatchId; readonly revision: number }
  /**
   * All matching events of one or more whole revisions, unless `isPart`. `revision` is the store's, and may be newer than
   * the last.
   */
  | {
      readonly kind: 'events';
      readonly watchId: WatchId;
      readonly revision: number;
      readonly events: readonly WatchedEvent[];
      /**
       * The revision has more events, which follow: the sink puts them together, and tells its reader when they are
       * complete, or of each part if it asked for fragments. The last part may be empty. A watcher that is canceled in
       * between gets no more of them.
       */
      readonly isPart: boolean;
      /** The reader asked for fragments: the sink may split what is too large for one message. */
      readonly fragment: boolean;
    }
  /** Everything up to `revision` has been told. `watchId` -1 answers a request for progress of all watchers. */
  | { readonly kind: 'progress'; readonly watchId: WatchId; readonly revision: number }
  | {
      readonly kind: 'canceled';
      readonly watchId: WatchId;
      readonly revision: number;
      /** True if the watcher never came to be: created and canceled in one message. */
      readonly created: boolean;
      /** Not 0: the watcher wanted revisions older than this, and they are gone. */
      readonly compactRevision: number;
      readonly reason: string;
    };

/** Where the messages of one stream go. */
export interface WatchSink {
  /** Takes the message in any case. False: the reader is slow; push nothing more until `WatchStream.drained`. */
  push(message: WatchMessage): boolean;
  /** `push` threw this; the stream is closed, and its reader has to be told. */
  failed(error: unknown): void;
}

/** The watchers of one reader. All methods answer through the sink, in order; none throws for what a caller sent. */
export interface WatchStream {
  create(request: WatchRequest): void;
  /** An unknown id is ignored. */
  cancel(watchId: WatchId): void;
  /** Answered with one `progress` for id -1 if there are watchers and each has caught up; dropped otherwise. */
  requestProgress(): void;
  /** The reader can take more again. */
  drained(): void;
  /** The reader is gone; nothing is pushed any more. */
  close(): void;
}
