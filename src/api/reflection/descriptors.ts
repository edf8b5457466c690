import { describedFiles } from '../../gen/descriptors.ts';
import type { DescribedFile } from '../../gen/descriptors.ts';

/** Full names of all services, sorted. */
export const serviceNames: readonly string[] = describedFiles
  .flatMap(({ services }) => services)
  .toSorted();

/** The file of this name, encoded, and behind it all others, which it may need; none if it is not known. */
export function filesOf(name: string): readonly Uint8Array[] {
  return withOthers(describedFiles.find((file) => file.name === name));
}

/** The same for the file that defines a service, method, message, field or enum. */
export function filesWith(symbol: string): readonly Uint8Array[] {
  const parent = symbol.slice(0, Math.max(0, symbol.lastIndexOf('.')));
  return withOthers(
    describedFiles.find(({ services, types }) =>
      [symbol, parent].some((name) => services.includes(name) || types.includes(name)),
    ),
  );
}

function withOthers(file: DescribedFile | undefined): readonly Uint8Array[] {
  if (file === undefined) return [];
  const others = describedFiles.filter((other) => other !== file);
  return [file, ...others].map(({ encoded }) => Buffer.from(encoded, 'base64'));
}
