import { join } from 'node:path';
import { credentials, loadPackageDefinition, Metadata } from '@grpc/grpc-js';
import type {
  ClientDuplexStream,
  ClientReadableStream,
  GrpcObject,
  ServiceClientConstructor,
  ServiceError,
} from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';

const root: GrpcObject = loadPackageDefinition(
  loadSync(['rpc.proto', 'lock.proto', 'election.proto', 'health.proto'], {
    includeDirs: [join(import.meta.dirname, '../../proto')],
    keepCase: true,
    longs: String,
    enums: String,
    defaults: true,
    bytes: Buffer,
  }),
);

const packages = ['etcdserverpb', 'v3lockpb', 'v3electionpb', 'grpc.health.v1'];

/** A service by its last name, such as "KV". */
function serviceNamed(name: string): ServiceClientConstructor {
  for (const path of packages) {
    let found: GrpcObject[string] | undefined = root;
    for (const part of [...path.split('.'), name]) {
      if (found === undefined || typeof found === 'function' || 'format' in found) break;
      found = found[part];
    }
    if (typeof found === 'function') return found;
  }
  throw new Error(`no service ${name}`);
}

/** Metadata of a request. */
export type CallMetadata = Readonly<Record<string, string>>;

/** Its methods are untyped functions. */
type ServiceClient = InstanceType<ServiceClientConstructor>;
type Callback = (error: ServiceError | null, answer: Answer) => void;

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
  /** Of a status. */
  readonly leader: string;
  readonly raftIndex: string;
  /** Of answers about members. */
  readonly member: ListedMember;
  readonly members: readonly ListedMember[];
  /** Of answers to watchers. */
  readonly events: readonly {
    readonly type: 'PUT' | 'DELETE';
    readonly kv: { readonly key: Buffer; readonly mod_revision: string };
  }[];
  readonly alarms: readonly { readonly memberID: string; readonly alarm: string }[];
  readonly [field: string]: unknown;
}

export interface ListedMember {
  readonly ID: string;
  readonly name: string;
  readonly peerURLs: readonly string[];
  readonly isLearner: boolean;
}

/** A client of etcd's API made of nothing but `@grpc/grpc-js` and `@grpc/proto-loader`. */
export class EtcdClient {
  readonly #address: string;
  readonly #clients = new Map<string, ServiceClient>();

  constructor(address: string) {
    this.#address = address;
  }

  service(name: string): ServiceClient {
    let client = this.#clients.get(name);
    if (client === undefined) {
      const Service = serviceNamed(name);
      client = new Service(this.#address, credentials.createInsecure(), {
        'grpc.initial_reconnect_backoff_ms': 50,
        'grpc.max_reconnect_backoff_ms': 200,
        // Several values of the largest size, each with the one before.
        'grpc.max_receive_message_length': 64 << 20,
      });
      this.#clients.set(name, client);
    }
    return client;
  }

  /** Resolves when this service has a connection. While grpc-js waits to look again for a member that was away, it refuses calls. */
  connected(service: string, timeoutMs = 10_000): Promise<void> {
    return new Promise((resolve, reject) => {
      this.service(service).waitForReady(Date.now() + timeoutMs, (error) => {
        if (error === undefined) resolve();
        else reject(error);
      });
    });
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
      const deadline = Date.now() + timeoutMs;
      const answered: Callback = (error, answer) => {
        if (error === null) resolve(answer);
        else reject(error);
      };
      methodOf(client, method).call(client, request, metadataOf(metadata), { deadline }, answered);
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

  status(): Promise<Answer> {
    return this.call('Maintenance', 'Status', {}, 1000);
  }

  /** A stream in both directions. */
  stream(
    service: string,
    method: string,
    metadata: CallMetadata = {},
  ): ClientDuplexStream<object, Answer> {
    const client = this.service(service);
    return methodOf(client, method).call(client, metadataOf(metadata));
  }

  /** A stream of answers to one request. */
  listen(
    service: string,
    method: string,
    request: object,
    metadata: CallMetadata = {},
  ): ClientReadableStream<Answer> {
    const client = this.service(service);
    return methodOf(client, method).call(client, request, metadataOf(metadata));
  }

  close(): void {
    for (const client of this.#clients.values()) client.close();
    this.#clients.clear();
  }
}

function methodOf(client: ServiceClient, name: string): ServiceClient[string] {
  const method = client[name];
  if (method === undefined) throw new Error(`no method ${name}`);
  return method;
}

function metadataOf(entries: CallMetadata): Metadata {
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(entries)) metadata.set(name, value);
  return metadata;
}
