/**
 * A number from 0 to 2^32 - 1 that is equal for equal texts, and looks random otherwise (FNV-1a, finished as MurmurHash3
 * does). For spreading things; it withstands nobody who looks for collisions.
 */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  }
  return mixed(hash);
}

/** A hash of two hashes. */
export function mixedHash(a: number, b: number): number {
  return mixed(Math.imul(a, 0x9e3779b1) ^ b);
}

function mixed(hash: number): number {
  let bits = hash;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}
