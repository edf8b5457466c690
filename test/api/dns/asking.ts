import * as packet from 'dns-packet';
import type { Packet, RecordType } from 'dns-packet';
import { createResponder } from '../../../src/api/dns/responder.ts';
import type { ResponderOptions } from '../../../src/api/dns/responder.ts';
import { Recursors } from '../../../src/api/dns/recursors.ts';
import type { Recursor } from '../../../src/api/dns/recursors.ts';
import { Resolver } from '../../../src/api/dns/resolver.ts';
import type { Answer, ResolverOptions } from '../../../src/api/dns/resolver.ts';
import type { MessageTransport, Respond } from '../../../src/api/port/index.ts';
import type { Clock } from '../../../src/base/clock.ts';
import { keyOfText } from '../../../src/base/key.ts';
import type { KeyEvent } from '../../../src/operations/index.ts';
import { createPrometheusMetrics, systemClock, systemRandom } from '../../../src/platform/index.ts';
import type { PrometheusMetrics } from '../../../src/platform/index.ts';
import { Catalog } from '../../../src/registry/index.ts';

export type Type = RecordType | 'ANY';

export interface AskingOptions
  extends Partial<ResolverOptions>, Partial<Omit<ResponderOptions, 'recursors'>> {
  readonly recursors?: readonly Recursor[];
  readonly clock?: Clock;
}

/** DNS over a catalog, without sockets: what would arrive there is given to `respond`. */
export class Asking {
  readonly catalog: Catalog = new Catalog({ floor: () => 0, onBadKey: () => {} });
  readonly metrics: PrometheusMetrics = createPrometheusMetrics();
  readonly respond: Respond;
  /** How often an answer was looked up, not taken from the cache. */
  lookUps = 0;
  #revision = 1;
  readonly #kvs = new Map<string, KeyEvent['kv']>();

  constructor(options: AskingOptions = {}) {
    const { metrics, catalog } = this;
    const clock = options.clock ?? systemClock();
    const random = systemRandom();
    const recursors = new Recursors({
      recursors: options.recursors ?? [],
      clock,
      random,
      metrics,
    });
    const queries = options.queries ?? { changes: 0, execute: () => undefined };
    const resolver = new Resolver({
      queries,
      domains: ['consul'],
      clusterDomain: 'cluster.local',
      singleLabel: false,
      datacenter: 'dc1',
      serviceTtls: [],
      nodeTtlSeconds: 0,
      onlyPassing: false,
      hasRecursors: recursors.areThere,
      servers: () => [
        { name: 'm1', addresses: ['10.9.0.1'], port: 2380 },
        { name: 'm2', addresses: ['fd00::9'], port: 2381 },
      ],
      ...options,
      catalog,
    });
    const answer = (question: Parameters<Resolver['answer']>[0]): Answer | undefined => {
      this.lookUps++;
      return resolver.answer(question);
    };
    const answers = { changes: () => catalog.changes + queries.changes, answer };
    this.respond = createResponder({
      answers: () => answers,
      random,
      nowMs: () => clock.nowMs(),
      metrics,
      addressesMax: 0,
      udpAnswersMax: 0,
      amplificationBytes: 0,
      ...options,
      recursors,
    });
  }

  /** Registers at one revision; a value that is no text is written as JSON. */
  put(registrations: Readonly<Record<string, unknown>>): void {
    this.putKeys(registrations, '/services/');
  }

  /** Puts keys at one revision. */
  putKeys(values: Readonly<Record<string, unknown>>, prefix = ''): void {
    const modRevision = ++this.#revision;
    const events = Object.entries(values).map(([name, value]): KeyEvent => {
      const text = typeof value === 'string' ? value : JSON.stringify(value);
      return eventOf('put', `${prefix}${name}`, Buffer.from(text), modRevision);
    });
    for (const { kv } of events) this.#kvs.set(kv.key, kv);
    this.catalog.apply(events, modRevision);
  }

  /** All that is put and not deleted. */
  keyValues(): readonly KeyEvent['kv'][] {
    return [...this.#kvs.values()];
  }

  delete(...names: readonly string[]): void {
    this.deleteKeys(...names.map((name) => `/services/${name}`));
  }

  deleteKeys(...keys: readonly string[]): void {
    const modRevision = ++this.#revision;
    for (const key of keys) this.#kvs.delete(keyOfText(key));
    this.catalog.apply(
      keys.map((key) => eventOf('delete', key, new Uint8Array(), modRevision)),
      modRevision,
    );
  }

  async bytes(
    query: Buffer,
    transport: MessageTransport = 'udp',
    client = '10.1.1.1',
  ): Promise<Buffer> {
    const response = await this.respond(query, transport, client);
    if (response === undefined) throw new Error('there was no response');
    return response;
  }

  async ask(
    name: string,
    type: Type = 'A',
    { transport = 'udp', client, ...more }: Query = {},
  ): Promise<packet.DecodedPacket> {
    return packet.decode(await this.bytes(queryFor(name, type, more), transport, client));
  }

  /** The data of the answers as in a zone file, sorted. */
  async data(name: string, type: Type = 'A', query: Query = {}): Promise<string[]> {
    return dataOf(await this.ask(name, type, query));
  }
}

export interface Query {
  readonly transport?: MessageTransport;
  readonly client?: string;
  readonly id?: number;
  /** By EDNS; 0: without. */
  readonly udpBytes?: number;
  readonly recursionDesired?: boolean;
}

export function queryFor(
  name: string,
  type: Type,
  { id = 4711, udpBytes = 4096, recursionDesired = true }: Query = {},
): Buffer {
  const additionals: Packet['additionals'] =
    udpBytes === 0
      ? []
      : [
          {
            type: 'OPT',
            name: '.',
            udpPayloadSize: udpBytes,
            extendedRcode: 0,
            ednsVersion: 0,
            flags: 0,
            flag_do: false,
            options: [],
          },
        ];
  const bytes = packet.encode({
    type: 'query',
    id,
    flags: recursionDesired ? packet.RECURSION_DESIRED : 0,
    questions: [{ type: type === 'ANY' ? 'A' : type, name }],
    additionals,
  });
  // The library knows no ANY. The type stands behind the name.
  if (type === 'ANY') bytes.writeUInt16BE(255, bytes.indexOf(Buffer.from([0, 0, 1, 0, 1]), 12) + 1);
  return bytes;
}

export function dataOf({ answers = [] }: packet.DecodedPacket): string[] {
  return answers.map((answer) => textOf(answer)).toSorted((a, b) => (a < b ? -1 : 1));
}

export function textOf(answer: packet.Answer): string {
  if (answer.type === 'SRV') {
    const { priority, weight, port, target } = answer.data;
    return `${priority} ${weight} ${port} ${target}`;
  }
  if (answer.type === 'TXT') return [answer.data].flat().join('');
  return 'data' in answer && typeof answer.data === 'string' ? answer.data : answer.type;
}

function eventOf(
  kind: 'put' | 'delete',
  text: string,
  value: Uint8Array,
  modRevision: number,
): KeyEvent {
  const key = keyOfText(text);
  const kv = { key, value, createRevision: modRevision, modRevision, version: 1, lease: 0n };
  return { kind, kv };
}
