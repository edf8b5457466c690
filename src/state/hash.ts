/**
 * A fast 32-bit hash (MurmurHash3, x86 variant) by which members compare data. It finds accidents, not attacks. All
 * members of a cluster must compute the same one: changing it needs a new feature level.
 */
export function hashBytes(bytes: Uint8Array, seed: number): number {
  const { length, byteOffset } = bytes;
  const view = viewOf(bytes);
  const end = byteOffset + length;
  const wholeEnd = end - (length & 3);
  let hash = seed | 0;
  let at = byteOffset;
  for (; at < wholeEnd; at += 4) hash = mixIn(hash, view.getInt32(at, true));
  let tail = 0;
  for (let last = end - 1; last >= at; last--) tail = (tail << 8) | view.getUint8(last);
  if (tail !== 0) hash ^= scrambled(tail);
  return finished(hash ^ length);
}

let viewed: DataView = new DataView(new ArrayBuffer(0));

/** A view of all the memory that `bytes` is in. The last one is kept: records that follow each other share their memory. */
function viewOf({ buffer }: Uint8Array): DataView {
  if (viewed.buffer !== buffer) viewed = new DataView(buffer);
  return viewed;
}

/** The hash of a whole number of up to 53 bits. */
export function hashNumber(value: number, seed: number): number {
  const low = mixIn(seed | 0, value | 0);
  return finished(mixIn(low, Math.floor(value / 0x1_0000_0000)));
}

/** The hash of a text. */
export function hashText(text: string, seed: number): number {
  return hashBytes(Buffer.from(text, 'utf8'), seed);
}

function scrambled(word: number): number {
  const spread = Math.imul(word, 0xcc9e2d51);
  return Math.imul((spread << 15) | (spread >>> 17), 0x1b873593);
}

function mixIn(hash: number, word: number): number {
  const mixed = hash ^ scrambled(word);
  return (Math.imul((mixed << 13) | (mixed >>> 19), 5) + 0xe6546b64) | 0;
}

function finished(hash: number): number {
  let mixed = hash;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) | 0;
}
