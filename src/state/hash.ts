/**
 * A fast 32-bit hash (MurmurHash3, x86 variant) by which members compare data. It finds accidents, not attacks. All
 * members of a cluster must compute the same one: changing it needs a new feature level.
 */
export function hashBytes(bytes: Uint8Array, seed: number): number {
  const length = bytes.length;
  const wholeEnd = length & ~3;
  let hash = seed | 0;
  let at = 0;
  for (; at < wholeEnd; at += 4) {
    const word =
      byteAt(bytes, at) |
      (byteAt(bytes, at + 1) << 8) |
      (byteAt(bytes, at + 2) << 16) |
      (byteAt(bytes, at + 3) << 24);
    hash = mixIn(hash, word);
  }
  let tail = 0;
  for (let last = length - 1; last >= at; last--) tail = (tail << 8) | byteAt(bytes, last);
  if (tail !== 0) hash ^= scrambled(tail);
  return finished(hash ^ length);
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

function byteAt(bytes: Uint8Array, at: number): number {
  return bytes[at] ?? 0;
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
