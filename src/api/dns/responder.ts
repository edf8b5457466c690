import type { Counter, Metrics } from '../../base/metrics.ts';
import type { Random } from '../../base/random.ts';
import type { MessageTransport, Respond } from '../port/index.ts';
import { decodeQuery } from './query.ts';
import type { Query, Question } from './query.ts';
import { empty } from './resolver.ts';
import { encodeResponse, responseCodes } from './response.ts';
import type { Frame, Response } from './response.ts';

export interface ResponderOptions {
  /** Undefined: this member cannot answer yet. */
  readonly answer: (question: Question) => Response | undefined;
  readonly random: Random;
  readonly metrics: Metrics;
}

/** Bytes of a datagram: every client takes the first (RFC 1035, section 4.2.1); we send no more than the second. */
const udpBytesMin = 512;
const udpBytesMax = 8192;
const tcpBytesMax = 65_535;

/** Decodes queries, has them answered, and encodes the responses in the size that each client takes. */
export function createResponder({ answer, random, metrics }: ResponderOptions): Respond {
  const queries: Readonly<Record<MessageTransport, Counter>> = {
    udp: declareQueries(metrics, 'udp'),
    tcp: declareQueries(metrics, 'tcp'),
  };
  const truncated = metrics.counter(
    'rollcall_dns_truncated_total',
    'DNS responses over UDP that were cut to the size that the client takes.',
  );
  return (message, transport, client) => {
    const query = decodeQuery(message);
    if (!('opcode' in query)) {
      if (query.id === undefined) return undefined;
      return encodeResponse(empty(responseCodes.formatError, false), frameOf(query.id));
    }
    queries[transport].add();
    const response = responseTo(query, answer);
    const count = response.answers.length;
    const frame = {
      ...frameOf(query.id),
      ...query,
      bytesMax: transport === 'tcp' ? tcpBytesMax : datagramBytes(query),
      ednsUdpBytes: query.edns && udpBytesMax,
      // Another instance comes first each time, since many clients take the first one.
      firstAnswer: count < 2 ? 0 : random.between(0, count - 1),
    };
    const encoded = encodeResponse(response, frame);
    if (transport === 'tcp' || !isTruncated(encoded)) return encoded;
    truncated.add();
    return encodeResponse(response, { ...frame, firstAnswer: ownFirst(client, count) });
  };
}

function declareQueries(metrics: Metrics, transport: MessageTransport): Counter {
  const help = 'DNS queries that were answered.';
  return metrics.counter('rollcall_dns_queries_total', help, { transport });
}

function responseTo(
  { opcode, question, edns }: Query,
  answer: ResponderOptions['answer'],
): Response {
  if (opcode !== 0) return empty(responseCodes.notImplemented, false);
  if (question === undefined) return empty(responseCodes.formatError, false);
  if (edns !== undefined && edns.version > 0) return empty(responseCodes.badVersion, false);
  return answer(question) ?? empty(responseCodes.serverFailure, false);
}

function frameOf(id: number): Frame {
  return {
    id,
    recursionDesired: false,
    checkingDisabled: false,
    recursionAvailable: false,
    question: undefined,
    ednsUdpBytes: undefined,
    bytesMax: udpBytesMin,
    firstAnswer: 0,
  };
}

function datagramBytes({ edns }: Query): number {
  if (edns === undefined) return udpBytesMin;
  return Math.min(udpBytesMax, Math.max(udpBytesMin, edns.udpBytes));
}

function isTruncated(bytes: Buffer): boolean {
  return (bytes.readUInt16BE(2) & 0x200) !== 0;
}

/**
 * A client that is shown other instances each time takes those for gone that it is not shown. So each client has a place
 * of its own among the instances to begin at, which moves little as they come and go.
 */
function ownFirst(client: string, count: number): number {
  return Math.floor((hashOf(client) / 2 ** 32) * count);
}

/** FNV-1a, of 32 bits, mixed once more so that near texts get far numbers. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return (hash ^ (hash >>> 13)) >>> 0;
}
