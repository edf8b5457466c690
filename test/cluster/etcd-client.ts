import { join } from 'node:path';
import { credentials, loadPackageDefinition } from '@grpc/grpc-js';
import type { ClientDuplexStream, ServiceError } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';

const definitions = loadPackageDefinition(
  loadSync(['rpc.proto'], {
    includeDirs: [join(import.meta.dirname, '../../proto')],
    keepCase: true,
    longs: String,
    enums: String,
    defaults: true,
    bytes: Buffer,
  }),
) as unknown as { etcdserverpb: Record<string, new (...args: unknown[]) => RawClient> };

type Callback = (error: ServiceError | null, answer: unknown) => void;
interface RawClient {
  close(): void;
  [method: string]: (...args: never[]) => unknown;
}

/** Only the fields that tests look at; 64-bit numbers are decimal strings. */
export interface Answer {
  readonly header: { readonly revision: string; readonly member_id: string; readonly raft_term: string };
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
      const Service = definitions.etcdserverpb[name];
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
  call(service: string, method: string, request: object, timeoutMs = 10_000): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const client = this.service(service);
      const send = client[method] as unknown as (
        request: object,
        options: { deadline: number },
        callback: Callback,
      ) => void;
      send.call(client, request, { deadline: Date.now() + timeoutMs }, (error, answer) => {
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
  stream(service: string, method: string): ClientDuplexStream<object, Answer> {
    const client = this.service(service);
    return (client[method] as () => ClientDuplexStream<object, Answer>).call(client);
  }

  close(): void {
    for (const client of this.#clients.values()) client.close();
    this.#clients.clear();
  }
}
