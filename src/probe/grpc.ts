import { constants } from 'node:http2';
import type { IncomingHttpHeaders, ClientHttp2Session } from 'node:http2';
import type { Probe, ProbeResult } from '../registry/index.ts';
import { targetOf } from './dial.ts';
import { codeOf, ProbeFailure, reasonOf } from './failure.ts';
import { onConnection } from './http2.ts';
import { critical, passing } from './look.ts';
import type { Look } from './look.ts';

const path = '/grpc.health.v1.Health/Check';
/** An answer has a handful of bytes. */
const answerBytesMax = 4096;
/** `HealthCheckResponse.ServingStatus`; every other number is like the first. */
const servingStatuses = ['UNKNOWN', 'SERVING', 'NOT_SERVING', 'SERVICE_UNKNOWN'];

const codes =
  'OK Canceled Unknown InvalidArgument DeadlineExceeded NotFound AlreadyExists PermissionDenied ResourceExhausted FailedPrecondition Aborted OutOfRange Unimplemented Internal Unavailable DataLoss Unauthenticated'.split(
    ' ',
  );

/** Asks `grpc.health.v1`, of the service that stands after the slash; without one, of the server as a whole. */
export async function probeGrpc(
  { target, tls, timeoutMs }: Extract<Probe, { kind: 'grpc' }>,
  look: Look,
): Promise<ProbeResult> {
  const slash = target.indexOf('/');
  const place = targetOf(slash === -1 ? target : target.slice(0, slash));
  const service = slash === -1 ? '' : target.slice(slash + 1);
  let status: string;
  try {
    status = await onConnection<string>(place, tls, look, (session, { resolve, reject }) => {
      ask(session, { service, timeoutMs }, (result) => {
        if (typeof result === 'string') resolve(result);
        else reject(result);
      });
    });
  } catch (error) {
    throw new ProbeFailure(rpcError(error));
  }
  if (status === 'SERVING') return passing(`gRPC check ${target}: success`);
  return critical(`gRPC ${target} serving status: ${status}`);
}

function ask(
  session: ClientHttp2Session,
  { service, timeoutMs }: { service: string; timeoutMs: number },
  answered: (result: string | Error) => void,
): void {
  const stream = session.request({
    ':method': 'POST',
    ':path': path,
    'content-type': 'application/grpc',
    te: 'trailers',
    'user-agent': 'rollcall-health-check',
    'grpc-timeout': `${Math.min(timeoutMs, 99_999_999)}m`,
  });
  const pieces: Buffer[] = [];
  let size = 0;
  let headers: IncomingHttpHeaders = {};
  stream.on('response', (given) => (headers = given));
  stream.on('trailers', (given) => (headers = { ...headers, ...given }));
  stream.on('data', (piece: Buffer) => {
    size += piece.length;
    if (size <= answerBytesMax) pieces.push(piece);
    else answered(failed('ResourceExhausted', `the answer has more than ${answerBytesMax} bytes`));
  });
  stream.on('error', answered);
  stream.on('end', () => answered(statusOf(headers, Buffer.concat(pieces))));
  stream.end(framed(service));
}

function statusOf(headers: IncomingHttpHeaders, body: Buffer): string | Error {
  const http = headers[constants.HTTP2_HEADER_STATUS];
  const code = headers['grpc-status'];
  if (typeof code !== 'string') {
    if (http === undefined) return failed('Unavailable', 'connection closed');
    return failed('Unknown', `unexpected HTTP status code received from server: ${String(http)}`);
  }
  if (code !== '0') return failed(codes[Number(code)] ?? `Code(${code})`, messageOf(headers));
  return servingStatusOf(body);
}

function messageOf(headers: IncomingHttpHeaders): string {
  const message = headers['grpc-message'];
  if (typeof message !== 'string') return '';
  try {
    return decodeURIComponent(message);
  } catch {
    return message;
  }
}

/** One length-prefixed message: `HealthCheckResponse { ServingStatus status = 1; }`. */
function servingStatusOf(body: Buffer): string | Error {
  const isWhole = body.length >= 5 && body.length === 5 + body.readUInt32BE(1) && body[0] === 0;
  if (!isWhole) return failed('Internal', 'the answer is no message of grpc.health.v1');
  const message = body.subarray(5);
  if (message.length === 0) return 'UNKNOWN';
  const number = message[0] === 8 ? (message[1] ?? 0) : 0;
  return servingStatuses[number] ?? String(number);
}

/** The length-prefixed message `HealthCheckRequest { string service = 1; }`. */
function framed(service: string): Buffer {
  const name = Buffer.from(service);
  if (name.length === 0) return Buffer.alloc(5);
  const field = Buffer.concat([Buffer.from([10, ...varint(name.length)]), name]);
  const header = Buffer.alloc(5);
  header.writeUInt32BE(field.length, 1);
  return Buffer.concat([header, field]);
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return [...bytes, rest];
    bytes.push((rest % 128) + 128);
  }
}

/** The text of gRPC's error in the form of Go's library. */
function failed(code: string, description: string): Error {
  return new ProbeFailure(`rpc error: code = ${code} desc = ${description}`);
}

function rpcError(error: unknown): string {
  if (codeOf(error) === 'ETIMEDOUT') {
    return failed('DeadlineExceeded', 'context deadline exceeded').message;
  }
  const why = reasonOf(error);
  if (why.startsWith('rpc error: ')) return why;
  if (why.startsWith('dial ')) {
    const text = `transport: Error while dialing ${why}`;
    return failed('Unavailable', `connection error: desc = "${text}"`).message;
  }
  if (why.startsWith('tls: ')) {
    const text = `transport: authentication handshake failed: ${why}`;
    return failed('Unavailable', `connection error: desc = "${text}"`).message;
  }
  return failed('Unavailable', `connection closed: ${why}`).message;
}
