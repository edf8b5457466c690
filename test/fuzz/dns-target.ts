import { connect } from 'node:net';
import { addressRecordsOf } from '../../src/api/dns/reply.ts';
import { decodeQuery } from '../../src/api/dns/query.ts';
import { UsualQuery } from '../../src/api/dns/usual-query.ts';
import { listenForMessages } from '../../src/api/port/index.ts';
import type { MessagePort } from '../../src/api/port/index.ts';
import { systemClock } from '../../src/platform/index.ts';
import { Asking, dataOf, queryFor } from '../api/dns/asking.ts';
import type { Type } from '../api/dns/asking.ts';
import { corpus } from '../api/dns/corpus.ts';
import { wrongWithResponse } from '../api/dns/sound.ts';
import { SeededRandom } from '../simulation/random.ts';
import { mutateDns, names } from './dns-messages.ts';
import type { Target } from './target.ts';

/** The first byte of an input says by which way its bytes come. */
const controlBytes = 1;
const inputBytesMax = 64 << 10;
const client = '10.1.1.1';
/** Of these ways one is a connection, which takes a hundred times as long as a datagram. */
const ways = 32;
const visitMsMax = 10_000;

/**
 * Queries of DNS: a datagram, or messages on a connection, one after the other. And, because servers that we ask are
 * strangers too, a response of such a server.
 */
export async function dnsTarget(): Promise<Target> {
  const dns = new Asking({ singleLabel: true, random: new SeededRandom(1, 'dns') });
  fill(dns);
  const errors: Error[] = [];
  const port = await listenForMessages({
    host: '127.0.0.1',
    port: 0,
    whom: 'DNS',
    flag: '--dns-listen',
    clock: systemClock(),
    onError: (error) => void errors.push(error),
    respond: dns.respond,
  });
  return {
    name: 'dns',
    files: ['/src/api/dns/', '/src/api/port/messages.ts'],
    inputBytesMax,
    seeds: seeds(),
    mutate: (input, other, random) => {
      const control = Buffer.from(input.subarray(0, controlBytes));
      if (random.chance(0.1)) control[0] = random.between(0, 255);
      const bytes = mutateDns(input.subarray(controlBytes), other.subarray(controlBytes), random);
      return Buffer.concat([control, bytes]);
    },
    run: async (input) => {
      const [way = 0] = input;
      const bytes = input.subarray(controlBytes);
      const wrong =
        way % ways === 0 ? await wrongOnConnection(port, bytes, way) : await wrongWith(dns, bytes);
      const [error] = errors.splice(0);
      return error === undefined ? wrong : `an error of the port: ${error.message}`;
    },
    check: async () => {
      const found = await dns.ask('payment.service.consul', 'SRV');
      const data = dataOf(found);
      return data.length === 2 ? undefined : `payment has ${JSON.stringify(data)}`;
    },
    close: () => Promise.resolve(port.close()),
  };
}

function fill(dns: Asking): void {
  dns.put({
    'payment/i1': { address: '10.0.1.45', port: 8080, tags: ['v2'], ports: { http: 8080 } },
    'payment/i2': '[2001:db8::1]:80',
    'alias/a1': 'payment.service.consul:1',
    'host/h1': 'www.example.com:1',
  });
  dns.put(
    Object.fromEntries(Array.from({ length: 200 }, (_, at) => [`many/${at}`, `10.1.0.${at}:80`])),
  );
}

async function wrongWith(dns: Asking, message: Buffer): Promise<string | undefined> {
  // As a response of another server.
  if (!Array.isArray(addressRecordsOf(message))) return 'a response gives no list';
  const reads = wrongWithReaders(message);
  if (reads !== undefined) return reads;
  for (const transport of ['udp', 'tcp'] as const) {
    const response = await dns.respond(message, transport, client);
    const wrong = wrongWithResponse(message, response, transport);
    if (wrong !== undefined) return `${transport}: ${wrong}`;
  }
  return undefined;
}

const usual = new UsualQuery();

/** A query of the usual shape is read by two readers, and must be the same for both. */
function wrongWithReaders(message: Buffer): string | undefined {
  if (!usual.read(message)) return undefined;
  const query = decodeQuery(message);
  if (!('opcode' in query) || query.opcode !== 0 || query.question === undefined) {
    return 'a query is usual, and none';
  }
  const { lower, type } = query.question;
  const question = usual.question();
  const isSame = question.lower.join('\0') === lower.join('\0') && question.type === type;
  if (!isSame) return 'a query is read in two ways';
  const udpBytes = query.edns === undefined ? 0 : Math.max(512, query.edns.udpBytes);
  return usual.udpBytes === udpBytes ? undefined : 'EDNS is read in two ways';
}

/**
 * Sends the bytes as they are: lengths and messages. Responses come in order, one for each query, up to the first message
 * that is none, which ends the connection.
 */
async function wrongOnConnection(
  { port }: MessagePort,
  bytes: Buffer,
  way: number,
): Promise<string | undefined> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true, allowHalfOpen: true });
  const received: Buffer[] = [];
  socket.on('data', (piece: Buffer) => received.push(piece));
  socket.on('error', () => socket.destroy());
  const limit = setTimeout(() => socket.destroy(new Error('late')), visitMsMax);
  const closed = new Promise((resolve) => socket.once('close', resolve));
  const random = new SeededRandom(way);
  for (let at = 0; at < bytes.length;) {
    const end = way < 128 ? bytes.length : at + random.between(1, Math.ceil(bytes.length / 8));
    socket.write(bytes.subarray(at, end));
    at = end;
    if (at < bytes.length) await new Promise(setImmediate);
  }
  socket.end();
  await closed;
  clearTimeout(limit);
  const { queries, isCut } = queriesIn(bytes);
  const responses = messagesIn(Buffer.concat(received));
  for (const [at, response] of responses.entries()) {
    const message = queries[at];
    if (message === undefined) return `${responses.length} responses to ${queries.length} queries`;
    const wrong = wrongWithResponse(message, response, 'tcp');
    if (wrong !== undefined) return `on a connection: ${wrong}`;
  }
  // A connection that ends early may take responses with it.
  if (isCut || responses.length === queries.length) return undefined;
  return `${responses.length} responses to ${queries.length} queries`;
}

/** The queries before the first message that is none. */
function queriesIn(bytes: Buffer): {
  readonly queries: readonly Buffer[];
  readonly isCut: boolean;
} {
  const messages = messagesIn(bytes);
  const end = messages.findIndex((one) => one.length < 12 || one.readUInt8(2) >= 0x80);
  return end === -1
    ? { queries: messages, isCut: false }
    : { queries: messages.slice(0, end), isCut: true };
}

function messagesIn(bytes: Buffer): readonly Buffer[] {
  const messages: Buffer[] = [];
  for (let at = 0; at + 2 <= bytes.length;) {
    const end = at + 2 + bytes.readUInt16BE(at);
    if (end > bytes.length) break;
    messages.push(bytes.subarray(at + 2, end));
    at = end;
  }
  return messages;
}

const types: readonly Type[] = ['A', 'SRV', 'ANY', 'PTR', 'SOA'];

function seeds(): readonly Buffer[] {
  const queries = names.flatMap((name, at) => [
    queryFor(name, types[at % types.length] ?? 'A', { udpBytes: at % 2 === 0 ? 0 : 1232 }),
  ]);
  const all = [...queries, ...corpus.map(([, hex]) => Buffer.from(hex, 'hex'))];
  const framed = all.map((message) => {
    const length = Buffer.alloc(2);
    length.writeUInt16BE(message.length);
    return Buffer.concat([length, message]);
  });
  return [
    ...all.map((message) => Buffer.concat([Buffer.from([1]), message])),
    Buffer.concat([Buffer.from([0]), ...framed.slice(0, 40)]),
    Buffer.concat([Buffer.from([224]), ...framed.slice(0, 12)]),
  ];
}
