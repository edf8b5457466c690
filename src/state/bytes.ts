import { asBuffer } from '../base/key.ts';

/** Orders byte strings as etcd orders values: byte by byte, a prefix first. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  return asBuffer(a).compare(b);
}
