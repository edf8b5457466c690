import type { InspectOptions } from 'node:util';

type Inspect = (value: unknown, options: InspectOptions) => string;

/** The method that `console.log` and debuggers of Node.js show an object by. */
const hook = Symbol.for('nodejs.util.inspect.custom');

/**
 * Has the objects of a class shown as `KeyValue { key: '/a', value: 'x' }`: a name, and what is worth seeing. Called
 * in a static block of the class, where `fields` can read what is private.
 */
export function showAs<T>(
  owner: { readonly prototype: T },
  name: string,
  fields: (one: T) => Readonly<Record<string, unknown>>,
): void {
  Object.defineProperty(owner.prototype, hook, {
    value(this: T, depth: number, options: InspectOptions, inspect: Inspect): string {
      return depth < 0 ? `[${name}]` : `${name} ${inspect(fields(this), options)}`;
    },
  });
}
