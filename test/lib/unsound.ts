import * as fc from 'fast-check';

/** None of these is valid at any place in what members send or write, but for the exceptions of a test. */
const strangers = [undefined, null, NaN, Infinity, -2, 0.5, 2 ** 53, {}, [[]]] as const;

type Path = readonly string[];

export interface Mutation {
  readonly path: Path;
  readonly stranger: unknown;
  readonly isLeftOut: boolean;
}

/**
 * Plain values in which one part, at any depth, was replaced by an invalid value, or one field was left out. Bytes
 * and texts are parts as a whole.
 */
export function anyUnsound(
  value: unknown,
  isAllowed: (mutation: Mutation) => boolean = () => false,
): fc.Arbitrary<unknown> {
  const mutations = placesOf(value).flatMap(({ path, isField }): Mutation[] => [
    ...strangers.map((stranger) => ({ path, stranger, isLeftOut: false })),
    ...(isField ? [{ path, stranger: undefined, isLeftOut: true }] : []),
  ]);
  return fc
    .constantFrom(...mutations.filter((mutation) => !isAllowed(mutation)))
    .map((mutation) => mutated(value, mutation.path, mutation));
}

function placesOf(value: unknown, path: Path = []): { path: Path; isField: boolean }[] {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return [];
  return Object.entries(value).flatMap(([key, part]) => {
    const own = { path: [...path, key], isField: !Array.isArray(value) };
    return [own, ...placesOf(part, own.path)];
  });
}

function mutated(value: unknown, [first, ...rest]: Path, mutation: Mutation): unknown {
  if (first === undefined) return mutation.stranger;
  if (Array.isArray(value)) {
    return value.map((part: unknown, at) =>
      String(at) === first ? mutated(part, rest, mutation) : part,
    );
  }
  const fields = Object.entries(value ?? {}).flatMap(([key, part]: [string, unknown]) => {
    if (key !== first) return [[key, part]];
    return rest.length === 0 && mutation.isLeftOut ? [] : [[key, mutated(part, rest, mutation)]];
  });
  return Object.fromEntries(fields);
}
