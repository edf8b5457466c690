import type { ClientDuplexStream } from '@grpc/grpc-js';
import type { Answer } from './etcd-client.ts';
import type { MemberProcess } from './processes.ts';

export interface WatchedEvent {
  readonly type: 'PUT' | 'DELETE';
  readonly key: string;
  readonly revision: number;
}

/** Watches a prefix as an etcd client does: after a break it continues elsewhere, after the last revision seen. */
export class Watcher {
  readonly events: WatchedEvent[] = [];
  resumed = 0;
  readonly #members: () => readonly MemberProcess[];
  readonly #prefix: string;
  #turn = 0;
  #stream: ClientDuplexStream<object, Answer> | undefined;
  #nextRevision = 1;
  #closed = false;

  /** Watches at the first of these members, and at the next when that one is gone. */
  constructor(members: () => readonly MemberProcess[], prefix: string) {
    this.#members = members;
    this.#prefix = prefix;
    this.#open();
  }

  /** How often each deletion of a key was received. */
  deletionsOf(key: string): number {
    return this.events.filter((event) => event.type === 'DELETE' && event.key === key).length;
  }

  close(): void {
    this.#closed = true;
    this.#stream?.cancel();
  }

  #open(): void {
    const members = this.#members();
    const member = members[this.#turn++ % Math.max(1, members.length)];
    if (this.#closed) return;
    if (member === undefined) {
      this.#openLater();
      return;
    }
    const stream = member.client.stream('Watch', 'Watch');
    this.#stream = stream;
    stream.on('data', (answer: Answer) => this.#take(answer));
    // One of the two comes at any end of the stream.
    let ended = false;
    const end = (): void => {
      if (ended) return;
      ended = true;
      if (this.#closed) return;
      this.resumed++;
      this.#openLater();
    };
    stream.on('error', end);
    stream.on('end', end);
    const rangeEnd = Buffer.from(this.#prefix);
    rangeEnd[rangeEnd.length - 1] = (rangeEnd.at(-1) ?? 0) + 1;
    stream.write({
      create_request: {
        key: Buffer.from(this.#prefix),
        range_end: rangeEnd,
        start_revision: this.#nextRevision,
      },
    });
  }

  #openLater(): void {
    setTimeout(() => this.#open(), 50);
  }

  #take({ events }: Answer): void {
    for (const { type, kv } of events) {
      const revision = Number(kv.mod_revision);
      this.events.push({ type, key: kv.key.toString(), revision });
      this.#nextRevision = revision + 1;
    }
  }
}
