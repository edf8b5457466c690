import { printJson } from './json-out.ts';
import { zipped } from './zip.ts';

/** JSON that many answers share: it is printed once, and compressed once, when it is first asked for. */
export class SharedJson {
  readonly value: () => unknown;
  #bytes: Uint8Array | undefined;
  #zipped: Promise<Buffer> | undefined;

  constructor(value: () => unknown) {
    this.value = value;
  }

  get bytes(): Uint8Array {
    this.#bytes ??= Buffer.from(printJson(this.value(), false));
    return this.#bytes;
  }

  zipped(): Promise<Buffer> {
    this.#zipped ??= zipped(this.bytes);
    return this.#zipped;
  }
}
