/** A value, or a promise of one: a value that is there at once costs no promise. */
export type Soon<T> = T | Promise<T>;
