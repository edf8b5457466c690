import { etcdserverpb as pb } from '../../gen/etcd.js';
import type { Answered, Caller, LeaseStatus, Operations } from '../../operations/index.ts';
import type { LargeMessage } from '../large-message.ts';
import { decodeRequest, streamMethod, unary } from '../methods.ts';
import type { Method, RequestStream, ResponseStream } from '../methods.ts';
import { isLongList, largeList } from './large-responses.ts';
import { encodedKeepAlive } from './small-responses.ts';
import {
  bigintOf,
  bytesOf,
  callerOf,
  headerOf,
  longOf,
  longOfBigint,
  numberOf,
  optionsOf,
} from './wire.ts';

/** Leases: `etcdserverpb.Lease`. */
export function leaseMethods(operations: Operations): Method[] {
  const path = '/etcdserverpb.Lease/';
  const renewals = new Renewals();
  return [
    unary(
      `${path}LeaseGrant`,
      pb.LeaseGrantRequest,
      pb.LeaseGrantResponse,
      async (request, context) => {
        const answer = await operations.leaseGrant(
          { id: bigintOf(request.ID), ttlSeconds: numberOf(request.TTL) },
          optionsOf(operations, context),
        );
        return {
          header: headerOf(answer.header),
          ID: longOfBigint(answer.id),
          TTL: longOf(answer.ttlSeconds),
        };
      },
    ),
    unary(
      `${path}LeaseRevoke`,
      pb.LeaseRevokeRequest,
      pb.LeaseRevokeResponse,
      async (request, context) => {
        const answer = await operations.leaseRevoke(
          bigintOf(request.ID),
          optionsOf(operations, context),
        );
        return { header: headerOf(answer.header) };
      },
    ),
    streamMethod(`${path}LeaseKeepAlive`, pb.LeaseKeepAliveRequest, pb.LeaseKeepAliveResponse, {
      clientStreams: true,
      open: (context, responses) =>
        new KeepAlives(operations, () => callerOf(operations, context), responses, renewals),
    }),
    unary(
      `${path}LeaseTimeToLive`,
      pb.LeaseTimeToLiveRequest,
      pb.LeaseTimeToLiveResponse,
      async (request, context) => {
        const answer = await operations.leaseTimeToLive(
          { id: bigintOf(request.ID), keys: request.keys },
          optionsOf(operations, context),
        );
        return timeToLive(operations, answer);
      },
    ),
    unary(
      `${path}LeaseLeases`,
      pb.LeaseLeasesRequest,
      pb.LeaseLeasesResponse,
      async (_request, context) => {
        const answer = await operations.leaseList({}, optionsOf(operations, context));
        return leaseList(operations, answer);
      },
    ),
  ];
}

/**
 * Renewals that wait for their response to leave, of one stream, and renewals under way, of all streams of a member. Beyond
 * them, streams are paused.
 */
const streamRenewalsMax = 256;
const renewalsMax = 16_384;

/** The renewals of a member that are under way, also those whose streams have ended meanwhile. */
class Renewals {
  #count = 0;
  /** Streams that are paused until there are fewer, in the order of their turns. */
  readonly #held = new Set<KeepAlives>();

  get isFull(): boolean {
    return this.#count >= renewalsMax;
  }

  begin(): void {
    this.#count++;
  }

  end(): void {
    this.#count--;
    const [next] = this.#held;
    if (next === undefined || this.isFull) return;
    this.#held.delete(next);
    next.mayGoOn();
  }

  hold(stream: KeepAlives): void {
    this.#held.add(stream);
  }

  forget(stream: KeepAlives): void {
    this.#held.delete(stream);
  }
}

function timeToLive(
  operations: Operations,
  { header, id, ttlSeconds, grantedSeconds, keys }: Answered<LeaseStatus>,
): pb.LeaseTimeToLiveResponse.$Properties | LargeMessage | Promise<LargeMessage> {
  const message = pb.LeaseTimeToLiveResponse;
  const head = {
    header: headerOf(header),
    ID: longOfBigint(id),
    TTL: longOf(ttlSeconds),
    grantedTTL: longOf(grantedSeconds),
  };
  if (!isLongList(keys)) return { ...head, keys: keys.map(bytesOf) };
  const encode = (part: readonly string[]): Uint8Array =>
    message.encode({ keys: part.map(bytesOf) }).finish();
  return operations.inSlices(largeList(message.encode(head).finish(), keys, encode));
}

function leaseMessage(id: bigint): pb.LeaseStatus.$Properties {
  return { ID: longOfBigint(id) };
}

function leaseList(
  operations: Operations,
  { header, ids }: Answered<{ readonly ids: readonly bigint[] }>,
): pb.LeaseLeasesResponse.$Properties | LargeMessage | Promise<LargeMessage> {
  const message = pb.LeaseLeasesResponse;
  const head = { header: headerOf(header) };
  if (!isLongList(ids)) return { ...head, leases: ids.map(leaseMessage) };
  const encode = (part: readonly bigint[]): Uint8Array =>
    message.encode({ leases: part.map(leaseMessage) }).finish();
  return operations.inSlices(largeList(message.encode(head).finish(), ids, encode));
}

/** A renewal whose response has not left: it waits for those before it, too. */
interface Slot {
  response: Uint8Array | undefined;
  isFailed: boolean;
  error: unknown;
}

/** One stream of renewals. They may overtake each other under way, but their responses are in order. */
class KeepAlives implements RequestStream {
  readonly #operations: Operations;
  /** The caller as it is now: its login may have ended since the stream was opened. */
  readonly #caller: () => Caller;
  readonly #responses: ResponseStream;
  readonly #all: Renewals;
  /** In the order of the requests. */
  readonly #slots: Slot[] = [];
  #paused = false;
  #halfClosed = false;
  #closed = false;

  constructor(
    operations: Operations,
    caller: () => Caller,
    responses: ResponseStream,
    all: Renewals,
  ) {
    this.#operations = operations;
    this.#caller = caller;
    this.#responses = responses;
    this.#all = all;
    this.#holdBack();
  }

  message(bytes: Uint8Array): void {
    this.#all.begin();
    this.#renew(bytes);
    this.#holdBack();
  }

  /** Fewer renewals are under way on all streams. */
  mayGoOn(): void {
    this.#paused = false;
    this.#holdBack();
    if (!this.#paused && !this.#closed) this.#responses.resume();
  }

  #settled(): void {
    this.#answer();
    // Not for each single one: half of them make a worthwhile batch.
    if (this.#paused && this.#slots.length <= streamRenewalsMax / 2) this.mayGoOn();
    this.#all.end();
  }

  /** Sends the responses whose turn it is. */
  #answer(): void {
    for (;;) {
      const first = this.#slots[0];
      if (first === undefined) break;
      if (first.isFailed) this.#end(first.error);
      else if (first.response === undefined) return;
      else if (!this.#closed) this.#responses.push(first.response);
      this.#slots.shift();
    }
    if (this.#halfClosed) this.#end();
  }

  #holdBack(): void {
    const isFull = this.#slots.length >= streamRenewalsMax;
    if (this.#closed || (!isFull && !this.#all.isFull)) return;
    if (!isFull) this.#all.hold(this);
    this.#paused = true;
    this.#responses.pause();
  }

  #renew(bytes: Uint8Array): void {
    const slot: Slot = { response: undefined, isFailed: false, error: undefined };
    this.#slots.push(slot);
    const failed = (error: unknown): void => {
      slot.isFailed = true;
      slot.error = error;
      this.#settled();
    };
    try {
      const { ID: lease } = decodeRequest(pb.LeaseKeepAliveRequest, bytes);
      const renewed = ({ header, ttlSeconds }: Answered<{ ttlSeconds: number }>): void => {
        slot.response = encodedKeepAlive(header, lease, ttlSeconds);
        this.#settled();
      };
      // One promise, and no function that awaits it: a renewal is little else.
      // `Admission` has checked whether the caller insists on a leader.
      this.#operations
        .leaseKeepAlive(bigintOf(lease), { caller: this.#caller() })
        .then(renewed, failed);
    } catch (error) {
      failed(error);
    }
  }

  #end(error?: unknown): void {
    if (this.#closed) return;
    this.closed();
    this.#responses.end(error);
  }

  halfClosed(): void {
    this.#halfClosed = true;
    this.#answer();
  }

  drained(): void {}

  closed(): void {
    this.#closed = true;
    this.#all.forget(this);
  }
}
