/**
 * Tries the basic calls of a registry, as a program that knows etcd's API from its `.proto` files
 * alone, and says how each went. Ends with exit code 1 at the first surprise.
 *
 *   npx tsx scripts/smoke.ts [host:port …]      127.0.0.1:2379 by default
 */
import { once } from 'node:events';
import { join } from 'node:path';
import { Client, credentials } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import type { MethodDefinition } from '@grpc/proto-loader';
import { z } from 'zod';

const answerMs = 10_000;
const prefix = `/smoke/${process.pid}/`;

const definitions = loadSync('rpc.proto', {
  includeDirs: [join(import.meta.dirname, '../proto')],
  keepCase: true,
  longs: String,
  enums: String,
  defaults: true,
});

const text = z.instanceof(Buffer).transform((bytes) => bytes.toString());
const count = z.string().transform(Number);
const keyValue = z.object({ key: text, value: text, lease: z.string() });
const rangeAnswer = z.object({ kvs: z.array(keyValue), count });
const putAnswer = z.object({ header: z.object({ revision: count }) });
const grantAnswer = z.object({ ID: z.string(), TTL: count });
const statusAnswer = z.object({ version: z.string(), leader: z.string() });
const watchAnswer = z.object({
  created: z.boolean(),
  events: z.array(z.object({ type: z.enum(['PUT', 'DELETE']), kv: keyValue })),
});

class Surprise extends Error {
  override readonly name = 'Surprise';
}

function method(service: string, name: string): MethodDefinition<object, object> {
  const definition = definitions[`etcdserverpb.${service}`];
  const found =
    definition !== undefined && !('format' in definition) ? definition[name] : undefined;
  if (found === undefined) throw new Surprise(`proto/ has no ${service}.${name}`);
  return found;
}

/** One call; the answer is checked to be of the form that is expected. */
async function call<T>(
  client: Client,
  [service, name]: readonly [string, string],
  request: object,
  form: z.ZodType<T>,
): Promise<T> {
  const { path, requestSerialize, responseDeserialize } = method(service, name);
  const answer = await new Promise<unknown>((resolve, reject) => {
    client.makeUnaryRequest(
      path,
      requestSerialize,
      responseDeserialize,
      request,
      { deadline: Date.now() + answerMs },
      (error, value) => (error === null ? resolve(value) : reject(error)),
    );
  });
  return form.parse(answer);
}

function check(holds: boolean, otherwise: string): void {
  if (!holds) throw new Surprise(otherwise);
}

/** Put and get, delete and get nothing. */
async function keys(client: Client): Promise<string> {
  const key = Buffer.from(`${prefix}key`);
  await call(client, ['KV', 'Put'], { key, value: Buffer.from('10.0.1.45:8080') }, putAnswer);
  const { kvs } = await call(client, ['KV', 'Range'], { key }, rangeAnswer);
  check(kvs[0]?.value === '10.0.1.45:8080', `got ${JSON.stringify(kvs)} after a put`);
  await call(client, ['KV', 'DeleteRange'], { key }, z.looseObject({}));
  const after = await call(client, ['KV', 'Range'], { key }, rangeAnswer);
  check(after.count === 0, 'a deleted key is still there');
  return 'put, got and deleted a key';
}

/** A watcher sees a put and a delete, in this order. */
async function watching(client: Client): Promise<string> {
  const { path, requestSerialize, responseDeserialize } = method('Watch', 'Watch');
  const stream = client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize, {
    deadline: Date.now() + answerMs,
  });
  const next = async (): Promise<z.infer<typeof watchAnswer>> => {
    const [message]: unknown[] = await once(stream, 'data');
    return watchAnswer.parse(message);
  };
  const key = Buffer.from(`${prefix}watched`);
  stream.write({ create_request: { key } });
  check((await next()).created, 'the watcher was not created');
  const seen: string[] = [];
  for (const change of ['Put', 'DeleteRange']) {
    const answer = next();
    await call(
      client,
      ['KV', change],
      change === 'Put' ? { key, value: Buffer.from('v') } : { key },
      putAnswer,
    );
    seen.push(...(await answer).events.map(({ type }) => type));
  }
  stream.on('error', () => {});
  stream.cancel();
  check(seen.join() === 'PUT,DELETE', `watched ${seen.join()}`);
  return 'watched a key come and go';
}

/** A key goes with its lease. */
async function leases(client: Client): Promise<string> {
  const key = Buffer.from(`${prefix}leased`);
  const { ID, TTL } = await call(client, ['Lease', 'LeaseGrant'], { TTL: 60 }, grantAnswer);
  check(TTL === 60, `granted ${TTL} s instead of 60`);
  await call(client, ['KV', 'Put'], { key, value: Buffer.from('v'), lease: ID }, putAnswer);
  const { kvs } = await call(client, ['KV', 'Range'], { key }, rangeAnswer);
  check(kvs[0]?.lease === ID, 'the key does not hang on its lease');
  await call(client, ['Lease', 'LeaseRevoke'], { ID }, z.looseObject({}));
  const after = await call(client, ['KV', 'Range'], { key }, rangeAnswer);
  check(after.count === 0, 'the key outlived its lease');
  return 'granted a lease, put a key under it, revoked it, and the key was gone';
}

async function main(endpoints: readonly string[]): Promise<void> {
  for (const endpoint of endpoints) {
    const client = new Client(endpoint.replace(/^http:\/\//, ''), credentials.createInsecure());
    try {
      const { version, leader } = await call(client, ['Maintenance', 'Status'], {}, statusAnswer);
      check(leader !== '0', 'there is no leader');
      console.log(`${endpoint}: reports etcd ${version}`);
      for (const step of [keys, watching, leases])
        console.log(`${endpoint}: ${await step(client)}`);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      console.error(`${endpoint}: failed: ${reason}`);
      process.exitCode = 1;
    } finally {
      client.close();
    }
  }
}

const given = process.argv.slice(2);
await main(given.length > 0 ? given : ['127.0.0.1:2379']);
