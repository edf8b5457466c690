import { interestingNumber, mutateBytes, spliced } from './bytes.ts';
import type { SeededRandom } from '../simulation/random.ts';

/** Names that are answered in different ways. */
export const names: readonly string[] = [
  'payment.service.consul',
  'v2.payment.service.consul',
  '_payment._tcp.service.consul',
  '_payment._v2.service.consul',
  'payment.service.dc1.consul',
  'payment.default.svc.cluster.local',
  '_http._tcp.payment.default.svc.cluster.local',
  'i1.payment.default.svc.cluster.local',
  'alias.service.consul',
  'host.service.consul',
  'many.service.consul',
  'absent.service.consul',
  'm1.node.consul',
  '0a000001.addr.dc1.consul',
  'x.query.consul',
  'consul',
  'payment',
  '45.1.0.10.in-addr.arpa',
  `1.${'0.'.repeat(23)}8.b.d.0.1.0.0.2.ip6.arpa`,
  'example.com',
];

const headerBytes = 12;

/** Changes a message, or messages with their lengths, in the terms of RFC 1035. */
export function mutateDns(input: Buffer, other: Buffer, random: SeededRandom): Buffer {
  const changed = Buffer.from(input);
  const at = random.between(0, Math.max(0, input.length - 1));
  switch (random.between(0, 9)) {
    case 0:
      return withUint16(changed, random.pick([4, 6, 8, 10]), countOf(random));
    case 1:
      return withUint16(changed, 2, random.between(0, 0xffff));
    case 2:
      return withUint16(
        changed,
        at,
        0xc000 | random.pick([0, 4, headerBytes, at, random.between(0, 0x3fff)]),
      );
    case 3:
      return spliced(changed, at, at, labelOf(random));
    case 4:
      return spliced(changed, headerBytes, endOfName(changed), encoded(random.pick(names)));
    case 5:
      // Type and class stand behind the name.
      return withUint16(changed, endOfName(changed) + random.pick([0, 2]), typeOf(random));
    case 6:
      return withOneMore(changed, random);
    case 7:
      return Buffer.concat([framed(changed), framed(other)]);
    case 8:
      return withUint16(
        changed,
        0,
        random.pick([0, changed.length - 2, interestingNumber(random)]),
      );
    default:
      return mutateBytes(changed, other, random);
  }
}

/** Of records or questions. */
function countOf(random: SeededRandom): number {
  return random.pick([0, 1, 2, 3, 16, 255, 4000, 65_535]);
}

/** A, NS, CNAME, SOA, PTR, TXT, AAAA, SRV, OPT, IXFR, AXFR, ANY, or any. */
function typeOf(random: SeededRandom): number {
  return random.chance(0.1)
    ? random.between(0, 65_535)
    : random.pick([1, 2, 3, 5, 6, 12, 16, 28, 33, 41, 251, 252, 255]);
}

function labelOf(random: SeededRandom): Buffer {
  const length = random.pick([0, 1, 5, 62, 63, 64, 127, 191]);
  const letter = random.pick([0, 32, 46, 65, 92, 97, 255]);
  return Buffer.concat([
    Buffer.from([length]),
    Buffer.alloc(random.chance(0.9) ? length : 1, letter),
  ]);
}

/** A record behind the message, which is counted: EDNS's, or another, with data of any length. */
function withOneMore(message: Buffer, random: SeededRandom): Buffer {
  if (message.length < headerBytes) return message;
  const data = Buffer.alloc(random.pick([0, 4, 16, 300]), 1);
  const name = random.pick([
    Buffer.from([0]),
    Buffer.from([0xc0, headerBytes]),
    encoded(random.pick(names)),
  ]);
  const fixed = Buffer.alloc(10);
  fixed.writeUInt16BE(random.chance(0.5) ? 41 : typeOf(random), 0);
  fixed.writeUInt16BE(random.pick([1, 0, 511, 512, 1232, 4096, 65_535]), 2);
  fixed.writeUInt32BE(random.pick([0, 0x8000, 0x1_0000, 0xffff_ffff]), 4);
  fixed.writeUInt16BE(random.chance(0.9) ? data.length : random.between(0, 65_535), 8);
  const place = random.pick([6, 8, 10, 10, 10]);
  const count = Math.min(65_535, message.readUInt16BE(place) + 1);
  return Buffer.concat([withUint16(message, place, count), name, fixed, data]);
}

function encoded(name: string): Buffer {
  const labels = name
    .split('.')
    .map((label) => Buffer.from(`${String.fromCharCode(label.length)}${label}`));
  return Buffer.concat([...labels, Buffer.from([0])]);
}

function endOfName(message: Buffer): number {
  let at = headerBytes;
  while (at < message.length) {
    const length = message.readUInt8(at);
    if (length >= 0xc0) return at + 2;
    at += 1 + length;
    if (length === 0) break;
  }
  return Math.min(at, message.length);
}

function framed(message: Buffer): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(Math.min(message.length, 65_535));
  return Buffer.concat([length, message]);
}

function withUint16(message: Buffer, at: number, value: number): Buffer {
  if (at >= 0 && at + 2 <= message.length) message.writeUInt16BE(Math.max(0, value) % 0x1_0000, at);
  return message;
}
