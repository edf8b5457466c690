import { asBuffer } from '../../base/key.ts';
import { etcdserverpb as pb } from '../../gen/etcd.js';
import type {
  EventsMessage,
  Header,
  KeyEvent,
  WatchedEvent,
  WatchId,
} from '../../operations/index.ts';
import type { AlikeMessages } from '../methods.ts';
import { keyValueFields, varintBytes, writeVarint } from './key-value-fields.ts';
import { headerField } from './small-responses.ts';
import { longOf } from './wire.ts';

/*
 * The encoding of `etcdserverpb.WatchResponse` with events. Fields of a message may follow each other in any order, so
 * the watch id, in which the responses of many watchers differ, comes first.
 */

const lengthDelimited = 2;
const watchIdTag = 2 << 3;
const createdField: Buffer = Buffer.from([3 << 3, 1]);
const fragmentField: Buffer = Buffer.from([7 << 3, 1]);
const eventsTag = (11 << 3) | lengthDelimited;
/** In an event. */
const deleteType: Buffer = Buffer.from([1 << 3, 1]);
const kvField = 2;
const previousField = 3;

interface Encoded {
  readonly revision: number;
  readonly raftTerm: number;
  readonly bytes: Buffer;
}

/** The bytes that follow the watch id, by the events. All watchers of a member that get just these events have the same array. */
const encodedTails = new WeakMap<readonly WatchedEvent[], Encoded>();

/** The responses of all watchers of a message. */
export function responsesWith(message: EventsMessage, header: Header): AlikeMessages {
  const { watchIds, events, revision } = message;
  const { raftTerm } = header;
  let tail = encodedTails.get(events);
  if (tail?.revision !== revision || tail.raftTerm !== raftTerm) {
    const bytes = joined(headerOfRevision(header, message), events.map(encodeEvent));
    tail = { revision, raftTerm, bytes };
    encodedTails.set(events, tail);
  }
  return new WatchResponses(watchIds, tail.bytes);
}

class WatchResponses implements AlikeMessages {
  readonly tail: Buffer;
  readonly #watchIds: readonly WatchId[];

  constructor(watchIds: readonly WatchId[], tail: Buffer) {
    this.#watchIds = watchIds;
    this.tail = tail;
  }

  get count(): number {
    return this.#watchIds.length;
  }

  headBytes(index: number): number {
    const id = this.#watchIds[index] ?? 0;
    if (id === 0) return 0;
    return isVarint(id) ? 1 + varintBytes(id) : otherIdField(id).length;
  }

  writeHead(index: number, target: Buffer, start: number): number {
    const id = this.#watchIds[index] ?? 0;
    if (id === 0) return start;
    if (!isVarint(id)) return start + otherIdField(id).copy(target, start);
    target[start] = watchIdTag;
    return writeVarint(target, start + 1, id);
  }
}

/** As nearly all ids are: clients seldom choose one. */
function isVarint(id: WatchId): boolean {
  return id >= 0 && Number.isSafeInteger(id);
}

function otherIdField(id: WatchId): Buffer {
  return asBuffer(pb.WatchResponse.encode({ watch_id: longOf(id) }).finish());
}

/** A response of one watcher, of events that are encoded already. */
export function responseOf(
  watcher: { readonly watchId: WatchId; readonly revision: number },
  header: Header,
  events: readonly Buffer[],
  fragment: boolean,
): Buffer {
  const parts = [idField(watcher.watchId), joined(headerOfRevision(header, watcher), events)];
  return Buffer.concat(fragment ? [...parts, fragmentField] : parts);
}

/** A response without events: a watcher was created, or all its events up to the revision were sent. */
export function eventlessResponse(
  kind: 'created' | 'progress',
  watcher: { readonly watchId: WatchId; readonly revision: number },
  header: Header,
): Buffer {
  const parts = [idField(watcher.watchId), headerOfRevision(header, watcher)];
  return Buffer.concat(kind === 'created' ? [...parts, createdField] : parts);
}

function idField(watchId: WatchId): Buffer {
  const id = new WatchResponses([watchId], noBytes);
  const field = Buffer.allocUnsafe(id.headBytes(0));
  id.writeHead(0, field, 0);
  return field;
}

const noBytes: Buffer = Buffer.alloc(0);

function headerOfRevision(
  { clusterId, memberId, raftTerm }: Header,
  { revision }: { readonly revision: number },
): Buffer {
  return headerField({ clusterId, memberId, raftTerm, revision });
}

/** A part of a response: events that are encoded already, as fields. */
export function joined(head: Uint8Array, events: readonly Buffer[]): Buffer {
  let bytes = head.length;
  for (const { length } of events) bytes += 1 + varintBytes(length) + length;
  const target = Buffer.allocUnsafe(bytes);
  let at = asBuffer(head).copy(target);
  for (const event of events) {
    target[at] = eventsTag;
    at = writeVarint(target, at + 1, event.length);
    at += event.copy(target, at);
  }
  return target;
}

/** An event is the same object for all of its watchers, and is encoded once. */
const encodedEvents = new WeakMap<KeyEvent, Buffer>();

export function encodeEvent({ event, previous }: WatchedEvent): Buffer {
  let bytes = encodedEvents.get(event);
  if (bytes === undefined) {
    const kv = asBuffer(keyValueFields(kvField, [event.kv]));
    bytes = event.kind === 'put' ? kv : Buffer.concat([deleteType, kv]);
    encodedEvents.set(event, bytes);
  }
  if (previous === undefined) return bytes;
  return Buffer.concat([bytes, keyValueFields(previousField, [previous])]);
}

/** Runs of events of about as many bytes as one response may have, each at least one. */
export function inFragments(
  events: readonly Buffer[],
  bytesMax: number,
): readonly (readonly Buffer[])[] {
  const runs: Buffer[][] = [];
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
