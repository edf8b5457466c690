/** A running SHA-256 sum. */
export interface Sha256 {
  update(bytes: Uint8Array): void;
  digest(): Uint8Array;
}
