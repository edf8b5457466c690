import { join } from 'node:path';
import { credentials, loadPackageDefinition, Metadata } from '@grpc/grpc-js';
import type { ClientDuplexStream, ClientReadableStream, ServiceError } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';

const definitions = loadPackageDefinition(
  loadSync(['rpc.proto', 'lock.proto', 'election.proto', 'health.proto'], {
    includeDirs: [join(import.meta.dirname, '../../proto')],
    keepCase: true,
    longs: String,
    enums: String,
    defaults: true,
    bytes: Buffer,
  }),
) as unknown as Record<'etcdserverpb' | 'v3lockpb' | 'v3electionpb', Package> & {
  grpc: { health: { v1: Package } };
};

type Package = Record<string, new (...args: unknown[]) => RawClient>;

/** Every service by its last name, such as "KV". */
const services: Package = {
  ...definitions.etcdserverpb,
  ...definitions.v3lockpb,
  ...definitions.v3electionpb,
  ...definitions.grpc.health.v1,
};

/** What travels beside a request. */
export type CallMetadata = Readonly<Record<string, string>>;

type Callback = (error: ServiceError | null, answer: unknown) => void;
interface RawClient {
  close(): void;
  [method: string]: (...args: never[]) => unknown;
}

/** Only the fields that tests look at; 64-bit numbers are decimal strings. */
export interface Answer {
  readonly header: {
    readonly cluster_id: string;
    readonly revision: string;
    readonly member_id: string;
    readonly raft_term: string;
  };
  readonly kvs: readonly {
    readonly key: Buffer;
    readonly value: Buffer;
    readonly mod_revision: string;
    readonly lease: string;
  }[];
  readonly [field: string]: unknown;
}

/** What a program with nothing but `@grpc/grpc-js` and `@grpc/proto-loader` makes of etcd's API. */
export class EtcdClient {
  readonly #address: string;
  readonly #clients = new Map<string, RawClient>();

  constructor(address: string) {
    this.#address = address;
  }

  service(name: string): RawClient {
    let client = this.#clients.get(name);
    if (client === undefined) {
      const Service = services[name];
      if (Service === undefined) throw new Error(`no service ${name}`);
      client = new Service(this.#address, credentials.createInsecure(), {
        'grpc.initial_reconnect_backoff_ms': 50,
        'grpc.max_reconnect_backoff_ms': 200,
      });
      this.#clients.set(name, client);
    }
    return client;
  }

  /** One unary call; rejects with grpc-js's error (`code`, `details`). */
  call(
    service: string,
    method: string,
    request: object,
    timeoutMs = 10_000,
    metadata: CallMetadata = {},
  ): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const client = this.service(service);
      const send = client[method] as unknown as (
        request: object,
        metadata: Metadata,
        options: { deadline: number },
        callback: Callback,
      ) => void;
      const deadline = Date.now() + timeoutMs;
      send.call(client, request, metadataOf(metadata), { deadline }, (error, answer) => {
        if (error === null) resolve(answer as Answer);
        else reject(error);
      });
    });
  }

  put(key: string, value: string, more: object = {}, timeoutMs?: number): Promise<Answer> {
    const request = { key: Buffer.from(key), value: Buffer.from(value), ...more };
    return this.call('KV', 'Put', request, timeoutMs);
  }

  async get(key: string, more: object = {}, timeoutMs?: number): Promise<string | undefined> {
    const answer = await this.call('KV', 'Range', { key: Buffer.from(key), ...more }, timeoutMs);
    return answer.kvs[0]?.value.toString();
  }

  range(prefix: string, more: object = {}): Promise<Answer> {
    const end = Buffer.from(prefix);
    end[end.length - 1] = (end.at(-1) ?? 0) + 1;
    return this.call('KV', 'Range', { key: Buffer.from(prefix), range_end: end, ...more });
  }

  async status(): Promise<Answer & { readonly leader: string; readonly raftIndex: string }> {
    const answer = await this.call('Maintenance', 'Status', {}, 1000);
    return answer as Answer & { readonly leader: string; readonly raftIndex: string };
  }

  /** A stream in both directions. */
  stream(
    service: string,
    method: string,
    metadata: CallMetadata = {},
  ): ClientDuplexStream<object, Answer> {
    const client = this.service(service);
    const open = client[method] as unknown as (
      metadata: Metadata,
    ) => ClientDuplexStream<object, Answer>;
    return open.call(client, metadataOf(metadata));
  }

  /** A stream of answers to one request. */
  listen(service: string, method: string, request: object): ClientReadableStream<Answer> {
    const client = this.service(service);
    const open = client[method] as unknown as (request: object) => ClientReadableStream<Answer>;
    return open.call(client, request);
  }

  close(): void {
    for (const client of this.#clients.values()) client.close();
    this.#clients.clear();
  }
}

function metadataOf(entries: CallMetadata): Metadata {
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(entries)) metadata.set(name, value);
  return metadata;
}
