import type { SeededRandom } from '../simulation/random.ts';
import { frame, padded, preface, types, windowUpdate, windows } from '../http2/frames.ts';
import { interestingNumber, mutateBytes, spliced } from './bytes.ts';

const headBytes = 9;

/** The bytes of a client, cut at the ends of its frames. What is no frame is the last piece. */
export function framesOf(bytes: Buffer): Buffer[] {
  const frames: Buffer[] = [];
  for (let at = 0; at < bytes.length;) {
    const length = at + headBytes <= bytes.length ? bytes.readUIntBE(at, 3) : bytes.length;
    const end = Math.min(bytes.length, at + headBytes + length);
    frames.push(bytes.subarray(at, end));
    at = end;
  }
  return frames;
}

/** Changes frames: as wholes, in their heads, and in their contents with a length that fits. */
export function mutateFrames(input: Buffer, other: Buffer, random: SeededRandom): Buffer {
  const frames = framesOf(input);
  const at = random.between(0, Math.max(0, frames.length - 1));
  const to = random.between(0, frames.length);
  const one = frames[at] ?? Buffer.alloc(0);
  switch (random.between(0, 9)) {
    case 0:
      frames.splice(at, 1);
      break;
    case 1:
      frames.splice(to, 0, one);
      break;
    case 2:
      frames.splice(at, 1);
      frames.splice(to, 0, one);
      break;
    case 3:
      frames.splice(to, 0, ...takenFrom(framesOf(other), random));
      break;
    case 4:
      frames.splice(to, 0, ...Array.from({ length: random.pick([2, 20, 500]) }, () => one));
      break;
    case 5:
      frames[at] = withHead(one, random);
      break;
    case 6:
      frames.splice(to, 0, ordinary(random));
      break;
    case 7:
      frames.splice(at, 1, ...cutUp(one, random));
      break;
    default:
      frames[at] = withContent(one, mutateBytes(one.subarray(headBytes), other, random));
  }
  return Buffer.concat(frames);
}

function takenFrom(frames: readonly Buffer[], random: SeededRandom): readonly Buffer[] {
  const start = random.between(0, frames.length);
  return frames.slice(start, start + random.between(1, 4));
}

function withHead(one: Buffer, random: SeededRandom): Buffer {
  if (one.length < headBytes) return one;
  const changed = Buffer.from(one);
  switch (random.between(0, 3)) {
    case 0:
      changed[3] = random.between(0, 10);
      break;
    case 1:
      changed[4]! ^= 1 << random.pick([0, 2, 3, 5]);
      break;
    case 2:
      changed.writeUInt32BE(2 * random.between(0, 8) + Number(random.chance(0.9)), 5);
      break;
    default:
      changed.writeUIntBE(interestingNumber(random) % 2 ** 24, 0, 3);
  }
  return changed;
}

function withContent(one: Buffer, content: Buffer): Buffer {
  if (one.length < headBytes) return content;
  return frame(one[3]!, one[4]!, one.readUInt32BE(5), content.subarray(0, 2 ** 24 - 1));
}

/** A frame with headers in pieces, or one with data as two. */
function cutUp(one: Buffer, random: SeededRandom): readonly Buffer[] {
  if (one.length < headBytes) return [one];
  const content = one.subarray(headBytes);
  const at = random.between(0, content.length);
  const [type = 0, flags = 0, id] = [one[3], one[4], one.readUInt32BE(5)];
  const isHeaders = type === 1 || type === 9;
  return [
    frame(type, flags & ~(isHeaders ? 4 : 1), id, content.subarray(0, at)),
    frame(isHeaders ? 9 : type, flags & (isHeaders ? 4 : 1), id, content.subarray(at)),
  ];
}

function ordinary(random: SeededRandom): Buffer {
  const id = 2 * random.between(0, 8) + 1;
  const bytes = interestingNumber(random);
  return random.pick([windowUpdate(id, bytes), windowUpdate(0, bytes), windows(bytes)]);
}

/** The length that a frame of some types has (RFC 9113, section 6). */
const lengths: ReadonlyMap<number, number> = new Map([
  [types.priority, 5],
  [types.rstStream, 4],
  [types.ping, 8],
  [types.windowUpdate, 4],
]);

/** The first frame that no connection may accept, if there is one; `bytes` begin with the preface. */
export function wrongFrame(bytes: Buffer): string | undefined {
  if (!bytes.subarray(0, preface.length).equals(preface)) return undefined;
  for (const one of framesOf(bytes.subarray(preface.length))) {
    if (one.length < headBytes) return undefined;
    const length = one.readUIntBE(0, 3);
    if (length > 16_384) return `a frame of ${length} bytes`;
    if (one.length < headBytes + length) return undefined;
    const type = one[3] ?? 0;
    if ((lengths.get(type) ?? length) !== length) return `a frame ${type} of ${length} bytes`;
    const isPadded = (type === types.data || type === types.headers) && (one[4]! & padded) !== 0;
    if (isPadded && (one[headBytes] ?? length) >= length) return 'a padding longer than its frame';
    if (type === types.pushPromise) return 'a PUSH_PROMISE';
  }
  return undefined;
}

/** Puts the preface back at the beginning of most inputs: without it, nothing else is looked at. */
export function withPreface(bytes: Buffer, random: SeededRandom): Buffer {
  if (random.chance(0.98)) return Buffer.concat([preface, bytes]);
  return spliced(preface, random.between(0, 24), 24, bytes);
}
