import type { Metrics } from '../../base/metrics.ts';
import type { Random } from '../../base/random.ts';
import type { MessageTransport, Respond } from '../port/index.ts';
import { AmplificationLimit } from './amplification.ts';
import { AnswerCache } from './answer-cache.ts';
import type { KeptAnswer } from './answer-cache.ts';
import { DnsMetrics } from './metrics.ts';
import { textOfLabel } from './name.ts';
import { decodeQuery } from './query.ts';
import type { Query } from './query.ts';
import type { Question } from './reader.ts';
import type { Recursors } from './recursors.ts';
import { empty } from './resolver.ts';
import type { Answer } from './resolver.ts';
import { encodeResponse, recordTypes, responseCodes } from './response.ts';
import type { Response } from './response.ts';
import { firstFor, isAddressType, rotatable, RotatingStart } from './rotation.ts';
import { addressed, cutToQuestion, isTruncated } from './sent.ts';
import { UsualQuery } from './usual-query.ts';

/** Whom a responder asks. */
export interface Answers {
  /** How often anything has changed that they may depend on. */
  readonly changes: () => number;
  /** Undefined: the name is in no zone of ours. */
  readonly answer: (question: Question) => Answer | undefined;
}

export interface ResponderOptions {
  /** `refused`: clients of DNS may not read the catalog. Undefined: this member cannot answer yet. */
  readonly answers: () => Answers | 'refused' | undefined;
  readonly recursors: Recursors;
  readonly random: Random;
  readonly nowMs: () => number;
  readonly metrics: Metrics;
  /** Addresses in one response, the others being left out without a sign; 0: all. */
  readonly addressesMax: number;
  /** Answers in one response over UDP, which then says that it is cut; 0: as many as fit. */
  readonly udpAnswersMax: number;
  /** Bytes that one network is sent over UDP in a second, beyond those that came from it; 0: any. */
  readonly amplificationBytes: number;
  /** Is told of each question for a name in our zones that does not exist. */
  readonly onAbsent?: (name: string, client: string) => void;
}

/**
 * Bytes of a response, by the number of the size. Every client takes the first in a datagram (RFC 1035, section 4.2.1); the
 * second is sent in one packet everywhere; we send no more than the fourth. The last is for TCP.
 */
const sizes = [512, 1232, 4096, 8192, 65_535] as const;
const tcpSize = sizes.length - 1;
const udpBytesMax = 8192;

/** A query of the usual shape, and who sent it. */
interface Asked {
  readonly message: Buffer;
  /** Of its question. */
  readonly end: number;
  readonly transport: MessageTransport;
  readonly client: string;
  /** The number of the largest size that the client takes. */
  readonly size: number;
  readonly hasEdns: boolean;
}

/** Has queries answered, and encodes the responses in the size that each client takes. */
export function createResponder(options: ResponderOptions): Respond {
  const responder = new Responder(options);
  return (message, transport, client) => responder.respond(message, transport, client);
}

class Responder {
  readonly #options: ResponderOptions;
  readonly #metrics: DnsMetrics;
  readonly #start: RotatingStart;
  readonly #limit: AmplificationLimit;
  readonly #query = new UsualQuery();
  #cache: AnswerCache | undefined;
  /** The view that the cached answers were made from; another follows when clients may read more or less than before. */
  #cached: Answers | undefined;

  constructor(options: ResponderOptions) {
    const { random, metrics, amplificationBytes, nowMs } = options;
    this.#options = options;
    this.#metrics = new DnsMetrics(metrics, () => this.#cache?.bytes ?? 0);
    this.#start = new RotatingStart(random);
    this.#limit = new AmplificationLimit(amplificationBytes, nowMs, random.between(0, 0x7fff_ffff));
  }

  respond(message: Buffer, transport: MessageTransport, client: string): ReturnType<Respond> {
    const query = this.#query;
    if (!query.read(message)) return this.#refuse(message, transport);
    this.#metrics.queries[transport].add();
    const { end, udpBytes } = query;
    const hasEdns = udpBytes > 0;
    const size = transport === 'tcp' ? tcpSize : sizeFor(udpBytes);
    const asked: Asked = { message, end, transport, client, size, hasEdns };
    const answers = this.#options.answers();
    if (answers === undefined || answers === 'refused') {
      const { serverFailure, refused } = responseCodes;
      const code = answers === undefined ? serverFailure : refused;
      return this.#encode(code, query.question(), asked);
    }
    const cache = this.#cacheOf(answers);
    const kept = cache.find(query);
    if (kept === undefined) return this.#answer(asked, answers);
    if (kept.answer.response.code === responseCodes.nameError) {
      this.#tellAbsent(kept.question, asked);
    }
    return this.#sendKept(kept, cache, asked);
  }

  #cacheOf(answers: Answers): AnswerCache {
    if (this.#cache === undefined || this.#cached !== answers) {
      this.#cached = answers;
      this.#cache = new AnswerCache(answers.changes);
    }
    return this.#cache;
  }

  #tellAbsent({ lower }: Question, { client }: Asked): void {
    this.#options.onAbsent?.(textOfLabel(lower.join('.')), client);
  }

  #answer(asked: Asked, answers: Answers): ReturnType<Respond> {
    const query = this.#query;
    const question = query.question();
    const answered = answers.answer(question);
    const recurses = query.recursionDesired && this.#options.recursors.areThere;
    if (answered === undefined) {
      if (recurses) return this.#forward(asked, question);
      return this.#encode(responseCodes.refused, question, asked);
    }
    const { response, outside } = answered;
    if (response.code === responseCodes.nameError) this.#tellAbsent(question, asked);
    if (outside !== undefined && recurses) {
      return this.#withAddresses(asked, question, response, outside);
    }
    const cache = this.#cacheOf(answers);
    const kept = cache.keep(query, question, answered);
    if (kept === undefined) return this.#encode(response, question, asked);
    return this.#sendKept(kept, cache, asked);
  }

  /** Sends one of the encoded forms of an answer. */
  #sendKept(kept: KeptAnswer, cache: AnswerCache, asked: Asked): Buffer {
    const { answer, question, forms } = kept;
    const { size, hasEdns, transport, client } = asked;
    const count = rotatable(answer.response);
    let isCut = (kept.cutSizes & (1 << size)) !== 0;
    for (;;) {
      const first = isCut ? firstFor(client, count) : this.#start.next(count);
      const form = (first * sizes.length + size) * 2 + (hasEdns ? 1 : 0);
      const known = forms.get(form);
      if (known !== undefined) return this.#send(known, asked);
      const encoded = this.#form(answer.response, question, asked, first);
      if (!isCut && isTruncated(encoded) && transport === 'udp') {
        // From now on each client sees its own part, and always the same one.
        kept.cutSizes |= 1 << size;
        isCut = true;
        continue;
      }
      cache.keepForm(kept, form, encoded);
      return this.#send(encoded, asked);
    }
  }

  /** Sends a response that is not kept, or one without records. */
  #encode(given: Response | number, question: Question, asked: Asked): Buffer {
    const response = typeof given === 'number' ? empty(given, false) : given;
    const count = rotatable(response);
    const encoded = this.#form(response, question, asked, this.#start.next(count));
    if (asked.transport === 'tcp' || !isTruncated(encoded)) return this.#send(encoded, asked);
    return this.#send(this.#form(response, question, asked, firstFor(asked.client, count)), asked);
  }

  /** `question` is in lower case, so that one form serves all ways to write it. */
  #form(response: Response, question: Question, asked: Asked, firstAnswer: number): Buffer {
    const { addressesMax, udpAnswersMax, recursors } = this.#options;
    const isLimited = addressesMax > 0 && isAddressType(question.type);
    return encodeResponse(response, {
      question,
      firstAnswer,
      recursionAvailable: recursors.areThere,
      ednsUdpBytes: asked.hasEdns ? udpBytesMax : undefined,
      bytesMax: sizes[asked.size] ?? sizes[0],
      answersMax: isLimited ? addressesMax : undefined,
      answersHereMax: asked.transport === 'udp' && udpAnswersMax > 0 ? udpAnswersMax : undefined,
    });
  }

  /** A copy of an encoded response for one client. */
  #send(encoded: Buffer, asked: Asked): Buffer {
    const { message, end, hasEdns } = asked;
    const response = this.#isAllowed(encoded, asked)
      ? addressed(encoded, message, end)
      : cutToQuestion(encoded, message, end, hasEdns ? udpBytesMax : undefined);
    this.#metrics.count(response);
    return response;
  }

  #isAllowed(response: Buffer, { message, transport, client }: Asked): boolean {
    if (transport === 'tcp') return true;
    if (this.#limit.allows(client, response.length - message.length)) return true;
    this.#metrics.limited.add();
    return false;
  }

  /** Has another server answer. */
  async #forward(asked: Asked, question: Question): Promise<Buffer> {
    const response = await this.#options.recursors.forward(asked.message, asked.transport);
    if (response === undefined) return this.#encode(responseCodes.serverFailure, question, asked);
    return this.#send(response, asked);
  }

  /** An alias of a host elsewhere is answered with the addresses of that host. */
  async #withAddresses(
    asked: Asked,
    question: Question,
    response: Response,
    host: readonly string[],
  ): Promise<Buffer> {
    const addresses = await this.#options.recursors.addressesOf(host, question.type);
    const answers = [...response.answers, ...addresses];
    return this.#encode({ ...response, answers }, question, asked);
  }

  /** Responds to a message of another shape; never with more bytes than it has, but for a few. */
  #refuse(message: Buffer, transport: MessageTransport): Buffer | undefined {
    const query = decodeQuery(message);
    if (query.id === undefined) return undefined;
    this.#metrics.queries[transport].add();
    const frame = { bytesMax: sizes[0], recursionAvailable: this.#options.recursors.areThere };
    const isRead = 'opcode' in query;
    const response = encodeResponse(
      empty(isRead ? refusalOf(query) : responseCodes.formatError, false),
      {
        ...frame,
        ...(isRead && { question: query.question, ednsUdpBytes: query.edns && udpBytesMax }),
      },
    );
    this.#metrics.count(response);
    return addressed(response, message, undefined);
  }
}

/** The number of the largest size that a client takes in a datagram; 0 bytes: it has not said. */
function sizeFor(udpBytes: number): number {
  for (let size = tcpSize - 1; size > 0; size--) if (udpBytes >= (sizes[size] ?? 0)) return size;
  return 0;
}

function refusalOf({ opcode, question, edns }: Query): number {
  if (opcode !== 0) return responseCodes.notImplemented;
  if (question === undefined) return responseCodes.formatError;
  if (edns !== undefined && edns.version > 0) return responseCodes.badVersion;
  const isTransfer = question.type === recordTypes.AXFR || question.type === recordTypes.IXFR;
  return isTransfer ? responseCodes.notImplemented : responseCodes.refused;
}
