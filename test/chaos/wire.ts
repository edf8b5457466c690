import { z } from 'zod';
import type {
  Call,
  Compare,
  Found,
  Outcome,
  Step,
  StepResult,
} from '../simulation/linearizability/index.ts';
import { branchOf } from '../simulation/linearizability/history.ts';
import type { Answer, EtcdClient } from '../cluster/etcd-client.ts';
import { bytesOfValue, textOfValue } from './values.ts';

/** Time limit of a call. */
const patienceMs = 1500;

/** A key-value as gRPC's library gives it; 64-bit numbers are decimal strings. */
export interface WireKeyValue {
  readonly key: Buffer;
  readonly value: Buffer;
  readonly create_revision: string;
  readonly mod_revision: string;
  readonly version: string;
}

export const wireKeyValue: z.ZodType<WireKeyValue> = z.object({
  key: z.instanceof(Buffer),
  value: z.instanceof(Buffer),
  create_revision: z.string(),
  mod_revision: z.string(),
  version: z.string(),
});

const putAnswer = z.object({ prev_kv: wireKeyValue.nullable() });
const rangeAnswer = z.object({ kvs: z.array(wireKeyValue) });
const deleteAnswer = z.object({ deleted: z.string(), prev_kvs: z.array(wireKeyValue) });
const txnAnswer = z.object({
  succeeded: z.boolean(),
  responses: z.array(
    z.object({
      response_put: putAnswer.optional(),
      response_range: rangeAnswer.optional(),
      response_delete_range: deleteAnswer.optional(),
    }),
  ),
});
type WireResult = z.infer<typeof txnAnswer>['responses'][number];

/** Makes a call of the model over gRPC. A revision other than 0 reads the past; serializable reads may be stale. */
export async function callEtcd(
  client: EtcdClient,
  call: Call,
  { serializable = false, revision = 0 }: { serializable?: boolean; revision?: number } = {},
): Promise<Outcome> {
  if (call.kind === 'txn') return txn(client, call);
  if (call.kind === 'put') {
    const answer = await client.call('KV', 'Put', putOf(call), patienceMs);
    const { prev_kv } = putAnswer.parse(answer);
    return outcomeOf(answer, [{ kind: 'put', previous: foundOf(prev_kv) }]);
  }
  if (call.kind === 'delete') {
    const answer = await client.call('KV', 'DeleteRange', deleteOf(call), patienceMs);
    return outcomeOf(answer, [deletedOf(deleteAnswer.parse(answer))]);
  }
  const request = { key: Buffer.from(call.key), serializable, revision };
  const answer = await client.call('KV', 'Range', request, patienceMs);
  const { kvs } = rangeAnswer.parse(answer);
  const outcome = outcomeOf(answer, [{ kind: 'get', found: foundOf(kvs[0]) }]);
  return revision === 0 ? outcome : { ...outcome, revision };
}

async function txn(client: EtcdClient, call: Call & { kind: 'txn' }): Promise<Outcome> {
  const request = {
    compare: call.compares.map(compareOf),
    success: call.success.map(stepOf),
    failure: call.failure.map(stepOf),
  };
  const answer = await client.call('KV', 'Txn', request, patienceMs);
  const { succeeded, responses } = txnAnswer.parse(answer);
  const steps = branchOf(call, succeeded);
  const results = responses.map((response, at) => resultOf(response, steps[at]));
  return { ...outcomeOf(answer, results), succeeded };
}

function outcomeOf({ header }: Answer, results: readonly StepResult[]): Outcome {
  return { revision: Number(header.revision), results };
}

function putOf({ key, value }: Step & { kind: 'put' }): object {
  return { key: Buffer.from(key), value: bytesOfValue(value), prev_kv: true };
}

function deleteOf({ key }: Step): object {
  return { key: Buffer.from(key), prev_kv: true };
}

function stepOf(step: Step): object {
  if (step.kind === 'put') return { request_put: putOf(step) };
  if (step.kind === 'delete') return { request_delete_range: deleteOf(step) };
  return { request_range: { key: Buffer.from(step.key) } };
}

function compareOf({ key, target, result, against }: Compare): object {
  const results = { equal: 'EQUAL', 'not-equal': 'NOT_EQUAL', greater: 'GREATER', less: 'LESS' };
  const field = {
    value: 'value',
    mod: 'mod_revision',
    create: 'create_revision',
    version: 'version',
  };
  return {
    key: Buffer.from(key),
    result: results[result],
    target: target.toUpperCase(),
    [field[target]]: target === 'value' ? Buffer.from(String(against)) : against,
  };
}

function deletedOf({ deleted, prev_kvs }: z.infer<typeof deleteAnswer>): StepResult {
  return { kind: 'delete', deleted: Number(deleted), previous: foundOf(prev_kvs[0]) };
}

function resultOf(response: WireResult, step: Step | undefined): StepResult {
  if (step?.kind === 'put' && response.response_put !== undefined) {
    return { kind: 'put', previous: foundOf(response.response_put.prev_kv) };
  }
  if (step?.kind === 'delete' && response.response_delete_range !== undefined) {
    return deletedOf(response.response_delete_range);
  }
  return { kind: 'get', found: foundOf(response.response_range?.kvs[0]) };
}

export function foundOf(kv: WireKeyValue | null | undefined): Required<Found> | null {
  if (kv === null || kv === undefined) return null;
  return {
    value: textOfValue(kv.value),
    modRevision: Number(kv.mod_revision),
    createRevision: Number(kv.create_revision),
    version: Number(kv.version),
  };
}
