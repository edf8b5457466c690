import type { Clock } from '../../base/clock.ts';
import type { Counter, Metrics } from '../../base/metrics.ts';
import type { Random } from '../../base/random.ts';
import { exchangeMessages } from '../port/index.ts';
import type { MessageTransport } from '../port/index.ts';
import type { Name } from './name.ts';
import { addressRecordsOf } from './reply.ts';
import { headerBytes } from './reader.ts';
import { encodeQuestion, responseCodes } from './response.ts';
import type { DnsRecord } from './response.ts';

export interface Recursor {
  readonly host: string;
  readonly port: number;
}

export interface RecursorOptions {
  readonly recursors: readonly Recursor[];
  readonly clock: Clock;
  readonly random: Random;
  readonly metrics: Metrics;
}

/** As in Consul: for each recursor. */
const timeoutMs = 2000;
/** Clients give up after five seconds, so no further ones are asked. */
const triesMax = 3;
/** Each has a socket. */
const openMax = 1000;

/** Other servers, which answer for names that lie in no zone of ours. */
export class Recursors {
  readonly #options: RecursorOptions;
  readonly #forwarded: Counter;
  readonly #failed: Counter;
  readonly #refused: Counter;
  /** The one to ask first: the last one that answered. */
  #first = 0;
  #open = 0;

  constructor(options: RecursorOptions) {
    this.#options = options;
    const { metrics } = options;
    const name = 'rollcall_dns_recursion_total';
    const help = 'Questions to other DNS servers, by outcome; refused: too many were open.';
    this.#forwarded = metrics.counter(name, help, { outcome: 'answered' });
    this.#failed = metrics.counter(name, help, { outcome: 'failed' });
    this.#refused = metrics.counter(name, help, { outcome: 'refused' });
  }

  get areThere(): boolean {
    return this.#options.recursors.length > 0;
  }

  /**
   * Has a query answered as it is. What does not fit is cut for the client by the other server, which has the size that the
   * client takes in the query. Undefined: no server answered, or too many questions are open.
   */
  async forward(query: Buffer, transport: MessageTransport): Promise<Buffer | undefined> {
    const { recursors, random } = this.#options;
    if (this.#open >= openMax) {
      this.#refused.add();
      return undefined;
    }
    this.#open++;
    try {
      const message = Buffer.from(query);
      // Together with the random port, hard to guess for one who sends false responses (RFC 5452).
      message.writeUInt16BE(random.between(0, 0xffff), 0);
      let last: Buffer | undefined;
      const first = this.#first;
      for (let tried = 0; tried < Math.min(triesMax, recursors.length); tried++) {
        const at = (first + tried) % recursors.length;
        const server = recursors[at];
        if (server === undefined) break;
        const response = await this.#ask(server, message, transport);
        last = response ?? last;
        if (response === undefined || hasFailed(response)) continue;
        this.#first = at;
        break;
      }
      (last === undefined ? this.#failed : this.#forwarded).add();
      last?.writeUInt16BE(query.readUInt16BE(0), 0);
      return last;
    } finally {
      this.#open--;
    }
  }

  /** The addresses of a host name, with the aliases that lead to them; none if they cannot be found. */
  async addressesOf(name: Name, type: number): Promise<readonly DnsRecord[]> {
    const query = encodeQuestion(name, type);
    const response = await this.forward(query, 'udp');
    if (response === undefined) return [];
    if (!isTruncated(response)) return addressRecordsOf(response);
    const whole = await this.forward(query, 'tcp');
    return whole === undefined ? [] : addressRecordsOf(whole);
  }

  async #ask(
    { host, port }: Recursor,
    message: Buffer,
    transport: MessageTransport,
  ): Promise<Buffer | undefined> {
    const { clock } = this.#options;
    const isResponse = (response: Buffer): boolean => answers(response, message);
    try {
      return await exchangeMessages({
        host,
        port,
        transport,
        message,
        isResponse,
        timeoutMs,
        clock,
      });
    } catch {
      // Silent, or not reachable: the next one is asked, and the metric counts it if there is none.
      return undefined;
    }
  }
}

/** Whether a message is a response to a query: of the same id, and with the same question. */
function answers(response: Buffer, query: Buffer): boolean {
  if (response.length < headerBytes || ((response[2] ?? 0) & 0x80) === 0) return false;
  if (response.readUInt16BE(0) !== query.readUInt16BE(0)) return false;
  // A server that could not read the query may leave out the question.
  if (response.readUInt16BE(4) === 0) return hasFailed(response);
  const end = endOfQuestion(query);
  if (response.length < end) return false;
  return sameQuestion(response.subarray(headerBytes, end), query.subarray(headerBytes, end));
}

function sameQuestion(a: Buffer, b: Buffer): boolean {
  return a.equals(b) || a.toString('latin1').toLowerCase() === b.toString('latin1').toLowerCase();
}

/** Behind name, type and class. A query that was read has no pointer in its question. */
function endOfQuestion(query: Buffer): number {
  let at = headerBytes;
  while (query[at] !== undefined && query[at] !== 0) at += 1 + (query[at] ?? 0);
  return at + 5;
}

function hasFailed(response: Buffer): boolean {
  const code = (response[3] ?? 0) & 0xf;
  return (
    code === responseCodes.serverFailure ||
    code === responseCodes.refused ||
    code === responseCodes.notImplemented ||
    code === responseCodes.formatError
  );
}

function isTruncated(bytes: Buffer): boolean {
  return ((bytes[2] ?? 0) & 0x2) !== 0;
}
