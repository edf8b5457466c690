import type { DescribedFile } from '../../gen/descriptors.ts';

/** The proto files that reflection describes. */
export class Descriptors {
  readonly #files: readonly DescribedFile[];

  constructor(files: readonly DescribedFile[]) {
    this.#files = files;
  }

  /** Full names of all services, sorted. */
  get services(): readonly string[] {
    return this.#files.flatMap(({ services }) => services).toSorted();
  }

  /** The file of this name, encoded, and behind it all others, which it may import; none if it is unknown. */
  named(name: string): readonly Uint8Array[] {
    return this.#withOthers(this.#files.find((file) => file.name === name));
  }

  /** The same for the file that defines a service, method, message, field or enum. */
  defining(symbol: string): readonly Uint8Array[] {
    const parent = symbol.slice(0, Math.max(0, symbol.lastIndexOf('.')));
    return this.#withOthers(
      this.#files.find(({ services, types }) =>
        [symbol, parent].some((name) => services.includes(name) || types.includes(name)),
      ),
    );
  }

  #withOthers(file: DescribedFile | undefined): readonly Uint8Array[] {
    if (file === undefined) return [];
    const others = this.#files.filter((other) => other !== file);
    return [file, ...others].map(({ encoded }) => Buffer.from(encoded, 'base64'));
  }
}
