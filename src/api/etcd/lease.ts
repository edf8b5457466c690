import { etcdserverpb as pb } from '../../gen/etcd.js';
import type { Operations } from '../../operations/index.ts';
import { codecOf, decodeRequest, unary } from '../methods.ts';
import type { CallContext, Method, RequestStream, ResponseStream } from '../methods.ts';
import { bigintOf, bytesOf, headerOf, longOf, longOfBigint, numberOf, optionsOf } from './wire.ts';

/** Leases: `etcdserverpb.Lease`. */
export function leaseMethods(operations: Operations): Method[] {
  const path = '/etcdserverpb.Lease/';
  return [
    unary(
      `${path}LeaseGrant`,
      pb.LeaseGrantRequest,
      pb.LeaseGrantResponse,
      async (request, context) => {
        const answer = await operations.leaseGrant(
          { id: bigintOf(request.ID), ttlSeconds: numberOf(request.TTL) },
          optionsOf(context),
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
        const answer = await operations.leaseRevoke(bigintOf(request.ID), optionsOf(context));
        return { header: headerOf(answer.header) };
      },
    ),
    {
      kind: 'stream',
      path: `${path}LeaseKeepAlive`,
      clientStreams: true,
      request: codecOf(pb.LeaseKeepAliveRequest),
      response: codecOf(pb.LeaseKeepAliveResponse),
      open: (context, responses) => new KeepAlives(operations, context, responses),
    },
    unary(
      `${path}LeaseTimeToLive`,
      pb.LeaseTimeToLiveRequest,
      pb.LeaseTimeToLiveResponse,
      async (request, context) => {
        const answer = await operations.leaseTimeToLive(
          { id: bigintOf(request.ID), keys: request.keys },
          optionsOf(context),
        );
        return {
          header: headerOf(answer.header),
          ID: longOfBigint(answer.id),
          TTL: longOf(answer.ttlSeconds),
          grantedTTL: longOf(answer.grantedSeconds),
          keys: answer.keys.map(bytesOf),
        };
      },
    ),
    unary(
      `${path}LeaseLeases`,
      pb.LeaseLeasesRequest,
      pb.LeaseLeasesResponse,
      async (_request, context) => {
        const answer = await operations.leaseList(optionsOf(context));
        return {
          header: headerOf(answer.header),
          leases: answer.ids.map((id) => ({ ID: longOfBigint(id) })),
        };
      },
    ),
  ];
}

/** One stream of renewals. They may overtake each other on their way, but are answered in order. */
class KeepAlives implements RequestStream {
  readonly #operations: Operations;
  readonly #context: CallContext;
  readonly #responses: ResponseStream;
  #last: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(operations: Operations, context: CallContext, responses: ResponseStream) {
    this.#operations = operations;
    this.#context = context;
    this.#responses = responses;
  }

  message(bytes: Uint8Array): void {
    const answer = this.#renew(bytes);
    // Seen when its turn comes; until then a failure must not count as unhandled.
    answer.catch(() => {});
    this.#last = this.#answerAfter(this.#last, answer);
  }

  async #answerAfter(others: Promise<void>, answer: Promise<Uint8Array>): Promise<void> {
    await others;
    try {
      const response = await answer;
      if (!this.#closed) this.#responses.push(response);
    } catch (error) {
      this.#end(error);
    }
  }

  async #renew(bytes: Uint8Array): Promise<Uint8Array> {
    const request = decodeRequest(pb.LeaseKeepAliveRequest, bytes);
    const { header, ttlSeconds } = await this.#operations.leaseKeepAlive(
      bigintOf(request.ID),
      optionsOf(this.#context),
    );
    return pb.LeaseKeepAliveResponse.encode({
      header: headerOf(header),
      ID: request.ID,
      TTL: longOf(ttlSeconds),
    }).finish();
  }

  #end(error?: unknown): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#responses.end(error);
  }

  halfClosed(): void {
    this.#last = this.#last.then(() => this.#end());
  }

  drained(): void {}

  closed(): void {
    this.#closed = true;
  }
}
