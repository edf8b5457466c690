import { Client, credentials, status } from '@grpc/grpc-js';
import type { ClientDuplexStream, ClientReadableStream } from '@grpc/grpc-js';
import type { CallMetadata, EtcdClient } from '../cluster/etcd-client.ts';

/** A key-value from the wire, with text for bytes. */
export interface Kv {
  readonly key: string;
  readonly value: string;
  readonly create_revision: string;
  readonly mod_revision: string;
  readonly version: string;
  readonly lease: string;
}

export interface MemberMessage {
  readonly ID: string;
  readonly name: string;
  readonly peerURLs: readonly string[];
  readonly clientURLs: readonly string[];
  readonly isLearner: boolean;
}

/** All fields of any response; bytes are text, 64-bit numbers are decimal. */
export interface Reply {
  readonly header: {
    readonly cluster_id: string;
    readonly member_id: string;
    readonly revision: string;
    readonly raft_term: string;
  } | null;
  readonly kvs: readonly Kv[];
  readonly kv: Kv;
  readonly prev_kv: Kv | null;
  readonly prev_kvs: readonly Kv[];
  readonly count: string;
  readonly more: boolean;
  readonly deleted: string;
  readonly succeeded: boolean;
  readonly responses: readonly Readonly<Record<string, Reply>>[];
  readonly range_response: Reply;
  readonly ID: string;
  readonly TTL: string;
  readonly grantedTTL: string;
  readonly keys: readonly string[];
  readonly leases: readonly { readonly ID: string }[];
  readonly watch_id: string;
  readonly created: boolean;
  readonly canceled: boolean;
  readonly compact_revision: string;
  readonly cancel_reason: string;
  readonly fragment: boolean;
  readonly events: readonly {
    readonly type: 'PUT' | 'DELETE';
    readonly kv: Kv;
    readonly prev_kv: Kv | null;
  }[];
  readonly member: MemberMessage;
  readonly members: readonly MemberMessage[];
  readonly alarms: readonly { readonly memberID: string; readonly alarm: string }[];
  readonly key: string;
  /** Of an election, or the id of the one of the cluster. */
  readonly leader: { readonly key: string; readonly rev: string; readonly lease: string };
  readonly hash: number;
  readonly hash_revision: string;
  readonly version: string;
  readonly [field: string]: unknown;
}

/** How a call failed, by the name of its code. */
export interface Failure {
  readonly code: string;
  readonly details: string;
}

/** Fields that carry bytes, in all services but Auth. Requests may say them as text. */
const byteFields = new Set(['key', 'range_end', 'value', 'name']);

function encoded(value: object): object;
function encoded(value: unknown): unknown;
function encoded(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(encoded);
  if (typeof value !== 'object' || value === null || Buffer.isBuffer(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) => {
      const isText = typeof field === 'string' && byteFields.has(name);
      return [name, isText ? Buffer.from(field) : encoded(field)];
    }),
  );
}

function decoded(value: object): Reply;
function decoded(value: unknown): unknown;
function decoded(value: unknown): unknown {
  if (Buffer.isBuffer(value)) return value.toString();
  if (Array.isArray(value)) return value.map(decoded);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) => [name, decoded(field)] as const),
  );
}

export function failureOf(error: unknown): Failure {
  if (!(error instanceof Error) || !('code' in error) || !('details' in error)) throw error;
  return { code: status[Number(error.code)] ?? String(error.code), details: String(error.details) };
}

/** etcd's API on the wire, through `@grpc/grpc-js` and nothing else. */
export class Raw {
  readonly #client: EtcdClient;
  readonly #bare: Client;
  readonly #open = new Set<Conversation>();

  constructor(client: EtcdClient, url: string) {
    this.#client = client;
    this.#bare = new Client(new URL(url).host, credentials.createInsecure());
  }

  /** One call, such as "KV.Range". */
  async ask(method: string, request: object = {}, metadata?: CallMetadata): Promise<Reply> {
    const [service = '', name = ''] = method.split('.');
    const message = service === 'Auth' ? request : encoded(request);
    const answer = await this.#client.call(service, name, message, 15_000, metadata);
    return decoded(answer);
  }

  /** One call that has to fail. */
  async failure(method: string, request: object = {}, metadata?: CallMetadata): Promise<Failure> {
    let reply: Reply;
    try {
      reply = await this.ask(method, request, metadata);
    } catch (error) {
      return failureOf(error);
    }
    throw new Error(`${method} was answered: ${JSON.stringify(reply)}`);
  }

  /** A call with these bytes for a request, to any path. Resolves to how it failed, or undefined. */
  bytes(path: string, request: Uint8Array): Promise<Failure | undefined> {
    return new Promise((resolve) => {
      this.#bare.makeUnaryRequest(
        path,
        (bytes: Buffer) => bytes,
        (bytes: Buffer) => bytes,
        Buffer.from(request),
        (error) => resolve(error === null ? undefined : failureOf(error)),
      );
    });
  }

  /** A stream in both directions. */
  open(method: string, metadata?: CallMetadata): Conversation {
    const [service = '', name = ''] = method.split('.');
    const conversation = new Conversation(this.#client.stream(service, name, metadata));
    this.#open.add(conversation);
    return conversation;
  }

  /** A stream of answers. */
  listen(method: string, request: object = {}, metadata: CallMetadata = {}): Listening {
    const [service = '', name = ''] = method.split('.');
    const message = encoded(request);
    return new Listening(this.#client.listen(service, name, message, metadata));
  }

  /** Stops every stream, and closes the connections. */
  close(): void {
    for (const conversation of this.#open) conversation.hangUp();
    this.#bare.close();
  }

  put(key: string, value: string, more: object = {}): Promise<Reply> {
    return this.ask('KV.Put', { key, value, ...more });
  }

  get(key: string, more: object = {}): Promise<Reply> {
    return this.ask('KV.Range', { key, ...more });
  }

  /** Everything below a prefix. */
  list(prefix: string, more: object = {}): Promise<Reply> {
    return this.ask('KV.Range', { key: prefix, range_end: endOf(prefix), ...more });
  }

  remove(key: string, more: object = {}): Promise<Reply> {
    return this.ask('KV.DeleteRange', { key, ...more });
  }

  /** A lease for this test, of a minute unless told otherwise. */
  async grant(ttlSeconds = 60): Promise<string> {
    const { ID } = await this.ask('Lease.LeaseGrant', { TTL: ttlSeconds });
    return ID;
  }

  /** The revision of the store. */
  async revision(): Promise<number> {
    return revisionOf(await this.get('nothing'));
  }

  /** A new stream for watchers. */
  watching(): Conversation {
    return this.open('Watch.Watch');
  }
}

export function revisionOf({ header }: Reply): number {
  return Number(header?.revision);
}

/** The end of the range of all keys that begin like this. */
export function endOf(prefix: string): string {
  const last = prefix.length - 1;
  return prefix.slice(0, last) + String.fromCodePoint(prefix.codePointAt(last)! + 1);
}

/** Answers in the order they came. */
export class Listening {
  readonly #stream: ClientReadableStream<unknown>;
  readonly #unread: Reply[] = [];
  #end: Failure | undefined;
  #wake: () => void = () => {};

  constructor(stream: ClientReadableStream<unknown>) {
    this.#stream = stream;
    stream.on('data', (message: object) => {
      this.#unread.push(decoded(message));
      this.#wake();
    });
    stream.on('error', () => {});
    stream.on('status', ({ code, details }: Failure & { code: number }) => {
      this.#end = { code: status[code] ?? String(code), details };
      this.#wake();
    });
  }

  /** The next answer. */
  async next(): Promise<Reply> {
    await this.#until(() => this.#unread.length > 0 || this.#end !== undefined);
    const message = this.#unread.shift();
    if (message === undefined) throw new Error(`the stream ended: ${JSON.stringify(this.#end)}`);
    return message;
  }

  /** How the stream ended; skips messages before the end. */
  async ended(): Promise<Failure> {
    await this.#until(() => this.#end !== undefined);
    return this.#end!;
  }

  /** Everything until the end of the stream. */
  async all(): Promise<Reply[]> {
    await this.ended();
    return this.#unread.splice(0);
  }

  #until(condition: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('nothing came for 20 s')), 20_000);
      this.#wake = () => {
        if (!condition()) return;
        clearTimeout(timer);
        this.#wake = () => {};
        resolve();
      };
      this.#wake();
    });
  }

  hangUp(): void {
    this.#stream.cancel();
  }
}

/** A stream in both directions. */
export class Conversation extends Listening {
  readonly #duplex: ClientDuplexStream<object, unknown>;

  constructor(duplex: ClientDuplexStream<object, unknown>) {
    super(duplex);
    this.#duplex = duplex;
  }

  say(request: object): void {
    this.#duplex.write(encoded(request));
  }

  /** Ends the client's side. */
  finish(): void {
    this.#duplex.end();
  }

  /** Creates a watcher, and reads the response. */
  async create(request: object): Promise<Reply> {
    this.say({ create_request: request });
    const created = await this.next();
    return created;
  }
}
