import type { WatchRequest } from './messages.ts';
import { watcherBytesOf } from './stream.ts';
import type { Stream, Watcher } from './stream.ts';

export interface WatcherLimitsOptions {
  /** Memory that the watchers of one stream may take, and those of all streams together. */
  readonly streamBytesMax?: number;
  readonly bytesMax?: number;
}

const streamBytesMaxDefault = 64 << 20;
const bytesMaxDefault = 512 << 20;

/** The memory of watchers, and which ones are refused to any caller, in etcd's texts where it has one. */
export class WatcherLimits {
  readonly #streamBytesMax: number;
  readonly #bytesMax: number;
  #bytes = 0;

  constructor(options: WatcherLimitsOptions) {
    this.#streamBytesMax = options.streamBytesMax ?? streamBytesMaxDefault;
    this.#bytesMax = options.bytesMax ?? bytesMaxDefault;
  }

  add(watcher: Watcher): void {
    this.#bytes += watcher.bytes;
    watcher.stream.bytes += watcher.bytes;
  }

  remove(watcher: Watcher): void {
    this.#bytes -= watcher.bytes;
    watcher.stream.bytes -= watcher.bytes;
  }

  /** Why this watcher is refused; undefined if it is not. */
  refusalOf(stream: Stream, { range, startRevision, watchId }: WatchRequest): string | undefined {
    if (startRevision < 0) return 'etcdserver: mvcc: required revision has been compacted';
    if (range.end !== undefined && range.start >= range.end) return 'mvcc: watcher range is empty';
    if (watchId !== 0 && stream.watchers.has(watchId)) {
      return 'mvcc: duplicate watch ID provided on the WatchStream';
    }
    const bytes = watcherBytesOf(range);
    if (stream.bytes + bytes > this.#streamBytesMax) {
      return 'etcdserver: too many watchers on this stream; cancel some, or open another stream';
    }
    if (this.#bytes + bytes > this.#bytesMax) {
      return 'etcdserver: too many watchers on this member; cancel some, or ask another member';
    }
    return undefined;
  }
}
