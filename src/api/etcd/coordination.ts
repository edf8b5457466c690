import { RegistryError } from '../../base/errors.ts';
import { keyOf } from '../../base/key.ts';
import { v3electionpb, v3lockpb } from '../../gen/etcd.js';
import type { LeaderKey, Operations } from '../../operations/index.ts';
import { serverStream, unary } from '../methods.ts';
import type { Method } from '../methods.ts';
import { ThroughClient } from './errors.ts';
import {
  bigintOf,
  bytesOf,
  headerOf,
  keyValueOf,
  longOfBigint,
  numberOf,
  optionsOf,
} from './wire.ts';

/** Locks and elections, kept by the server: `v3lockpb.Lock` and `v3electionpb.Election`. */
export function coordinationMethods(operations: Operations): Method[] {
  return [...lockMethods(operations), ...electionMethods(operations)].map(throughClient);
}

/** Refusals of the call itself or by its member, and not of its reads and writes of keys. */
const ofTheCall: ReadonlySet<string> = new Set([
  'canceled',
  'deadline-exceeded',
  'no-leader',
  'not-supported-for-learner',
  'stopped',
]);

/** An error as etcd's lock and election services pass it on: they are clients of the store themselves. */
function told(error: unknown): unknown {
  return error instanceof RegistryError && !ofTheCall.has(error.code)
    ? new ThroughClient(error.message, { cause: error })
    : error;
}

function throughClient(method: Method): Method {
  if (method.kind === 'unary') {
    return {
      ...method,
      call: async (request, context) => {
        try {
          return await method.call(request, context);
        } catch (error) {
          throw told(error);
        }
      },
    };
  }
  return {
    ...method,
    open: (context, responses) =>
      method.open(context, {
        push: (message) => responses.push(message),
        pushAlike: (messages) => responses.pushAlike(messages),
        pause: () => responses.pause(),
        resume: () => responses.resume(),
        end: (error) => responses.end(error === undefined ? undefined : told(error)),
      }),
  };
}

function lockMethods(operations: Operations): Method[] {
  const path = '/v3lockpb.Lock/';
  return [
    unary(`${path}Lock`, v3lockpb.LockRequest, v3lockpb.LockResponse, async (request, context) => {
      const answer = await operations.lock(
        { name: keyOf(request.name), lease: bigintOf(request.lease) },
        optionsOf(operations, context, 'long'),
      );
      return { header: headerOf(answer.header), key: bytesOf(answer.key) };
    }),
    unary(
      `${path}Unlock`,
      v3lockpb.UnlockRequest,
      v3lockpb.UnlockResponse,
      async (request, context) => {
        const { header } = await operations.unlock(
          keyOf(request.key),
          optionsOf(operations, context),
        );
        return { header: headerOf(header) };
      },
    ),
  ];
}

function electionMethods(operations: Operations): Method[] {
  const path = '/v3electionpb.Election/';
  const pb = v3electionpb;
  return [
    unary(`${path}Campaign`, pb.CampaignRequest, pb.CampaignResponse, async (request, context) => {
      const { header, leader } = await operations.campaign(
        { name: keyOf(request.name), lease: bigintOf(request.lease), value: request.value },
        optionsOf(operations, context, 'long'),
      );
      return { header: headerOf(header), leader: leaderMessage(leader) };
    }),
    unary(`${path}Proclaim`, pb.ProclaimRequest, pb.ProclaimResponse, async (request, context) => {
      const { header } = await operations.proclaim(
        { leader: leaderOf(request.leader), value: request.value },
        optionsOf(operations, context),
      );
      return { header: headerOf(header) };
    }),
    unary(`${path}Leader`, pb.LeaderRequest, pb.LeaderResponse, async (request, context) => {
      const { header, kv } = await operations.leader(
        keyOf(request.name),
        optionsOf(operations, context),
      );
      return { header: headerOf(header), kv: keyValueOf(kv) };
    }),
    serverStream(
      `${path}Observe`,
      pb.LeaderRequest,
      pb.LeaderResponse,
      async function* (request, context) {
        const leaders = operations.observe(
          keyOf(request.name),
          optionsOf(operations, context, 'long'),
        );
        for await (const { header, kv } of leaders) {
          yield { header: headerOf(header), kv: keyValueOf(kv) };
        }
      },
    ),
    unary(`${path}Resign`, pb.ResignRequest, pb.ResignResponse, async (request, context) => {
      const { header } = await operations.resign(
        leaderOf(request.leader),
        optionsOf(operations, context),
      );
      return { header: headerOf(header) };
    }),
  ];
}

function leaderMessage(leader: LeaderKey): v3electionpb.LeaderKey.$Properties {
  return {
    name: bytesOf(leader.name),
    key: bytesOf(leader.key),
    rev: leader.createRevision,
    lease: longOfBigint(leader.lease),
  };
}

function leaderOf(
  given: v3electionpb.LeaderKey.$Properties | null | undefined,
): LeaderKey | undefined {
  if (given === null || given === undefined) return undefined;
  const leader = new v3electionpb.LeaderKey(given);
  return {
    name: keyOf(leader.name),
    key: keyOf(leader.key),
    createRevision: numberOf(leader.rev),
    lease: bigintOf(leader.lease),
  };
}
