import type { SeededRandom } from '../simulation/random.ts';
import { mutateBytes } from './bytes.ts';
import { mutateJson } from './json-text.ts';

/** Headers that change how a request is read or answered. */
const headers: readonly string[] = [
  'Transfer-Encoding: chunked',
  'Transfer-Encoding: identity',
  'Transfer-Encoding: gzip, chunked',
  'Transfer-Encoding : chunked',
  'Content-Length: 0',
  'Content-Length: 5',
  'Content-Length: 99999999',
  'Content-Length: -1',
  'Content-Length: 1, 1',
  'Content-Length: 0x5',
  'Content-Encoding: gzip',
  'Expect: 100-continue',
  'Expect: something',
  'Connection: close',
  'Connection: keep-alive',
  'Connection: Upgrade',
  'Upgrade: h2c',
  'Upgrade: websocket',
  'HTTP2-Settings: AAMAAABkAAQAAP__',
  'Accept-Encoding: gzip',
  'Content-Type: application/grpc',
  'Content-Type: application/json',
  'Grpc-Metadata-Hasleader: true',
  'Grpc-Timeout: 1m',
  'Authorization: x',
  'X-Consul-Token: x',
  'Origin: http://x',
  'Host: y',
  'Cookie: a=b',
  'Range: bytes=0-1',
  'TE: trailers',
  'Trailer: a',
  ' folded',
  'X: \u00ff\u0000',
  'Max-Forwards: 0',
  'If-None-Match: *',
];

/** Parts of paths and queries. */
const parts: readonly string[] = [
  '/',
  '//',
  '/..',
  '/.',
  '%2f',
  '%00',
  '%',
  '%zz',
  '%e9',
  '%ff',
  '\\',
  '?',
  '?a',
  '?index=1&wait=1ms',
  '?index=-1',
  '?wait=x',
  '?recurse',
  '?keys&separator=/',
  '?raw',
  '?cas=0',
  '?flags=18446744073709551615',
  '?acquire=x',
  '?stale',
  '?consistent&stale',
  '?filter=a',
  '?filter=Service.Tags contains "a"',
  '?dc=x',
  '?ns=x',
  '?token=x',
  '?pretty',
  '?near=_agent',
  '?passing=x',
  '#x',
  ';a',
  '*',
  'http://x/',
  '?a[]=b',
  '?%=%',
  '?filter=%22',
];

const methods: readonly string[] = [
  'GET',
  'POST',
  'PUT',
  'DELETE',
  'HEAD',
  'OPTIONS',
  'CONNECT',
  'TRACE',
  'PATCH',
  'PRI',
];

interface Request {
  head: string[];
  body: Buffer;
}

/** Changes requests of HTTP/1.1: their first lines, headers and bodies. Most keep a length that fits. */
export function mutateHttp1(
  input: Buffer,
  other: Buffer,
  random: SeededRandom,
  names: readonly string[],
  paths: readonly string[],
): Buffer {
  const request = requestOf(input);
  const { head } = request;
  const at = random.between(1, Math.max(1, head.length - 1));
  switch (random.between(0, 9)) {
    case 0:
      head.splice(at, 0, random.pick(headers));
      break;
    case 1:
      head.splice(at, 1);
      break;
    case 2:
      head[0] = `${random.pick(methods)} ${random.pick(paths)} HTTP/1.1`;
      break;
    case 3:
      head[0] = withPart(head[0] ?? '', random);
      break;
    case 4:
      head[0] = (head[0] ?? '').replace(/^\S+/, random.pick(methods));
      break;
    case 5:
      head[at] = mutateBytes(
        Buffer.from(head[at] ?? '', 'latin1'),
        other.subarray(0, 64),
        random,
      ).toString('latin1');
      break;
    case 6:
      return Buffer.concat([input, other]);
    case 7:
      return chunked(request, random);
    default:
      request.body = mutateJson(request.body, requestOf(other).body, random, names);
  }
  return bytesOf(request, random.chance(0.9));
}

function requestOf(input: Buffer): Request {
  const end = input.indexOf('\r\n\r\n');
  const head = input
    .subarray(0, end === -1 ? input.length : end)
    .toString('latin1')
    .split('\r\n');
  return { head, body: end === -1 ? Buffer.alloc(0) : input.subarray(end + 4) };
}

function bytesOf({ head, body }: Request, hasLength: boolean): Buffer {
  const isChunked = head.some((line) => /^transfer-encoding/i.test(line));
  const lines =
    hasLength && !isChunked ? head.filter((line) => !/^content-length/i.test(line)) : head;
  if (lines !== head && body.length > 0) lines.push(`Content-Length: ${body.length}`);
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), body]);
}

function withPart(line: string, random: SeededRandom): string {
  const [method = '', target = '', version = ''] = line.split(' ');
  const at = random.between(0, target.length);
  const part = random.pick(parts).replaceAll(' ', '%20');
  return `${method} ${target.slice(0, at)}${part}${target.slice(at)} ${version}`;
}

/** The body in chunks, most of them small. */
function chunked({ head, body }: Request, random: SeededRandom): Buffer {
  const lines = head.filter((line) => !/^(?:content-length|transfer-encoding)/i.test(line));
  const pieces: Buffer[] = [
    Buffer.from(`${lines.join('\r\n')}\r\nTransfer-Encoding: chunked\r\n\r\n`, 'latin1'),
  ];
  const size = random.pick([1, 3, 100, 10_000]);
  for (let at = 0; at < body.length; at += size) {
    const chunk = body.subarray(at, at + size);
    pieces.push(Buffer.from(`${chunk.length.toString(16)}\r\n`), chunk, Buffer.from('\r\n'));
  }
  pieces.push(Buffer.from(random.chance(0.9) ? '0\r\n\r\n' : 'zz\r\n'));
  return Buffer.concat(pieces);
}
