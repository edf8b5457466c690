/** Current waits, and since when. */
const waits = new Map<symbol, { readonly what: string; readonly sinceMs: number }>();

/** Awaits a promise with a time limit: a timeout is a finding, with a name. */
export async function within<T>(what: string, msMax: number, work: Promise<T>): Promise<T> {
  const wait = Symbol(what);
  waits.set(wait, { what, sinceMs: performance.now() });
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const others = waitedFor().filter((line) => !line.startsWith(`${what}, `));
      const rest = others.length === 0 ? '' : `; also waited for: ${others.join('; ')}`;
      reject(new Error(`${what} has not ended after ${msMax} ms${rest}`));
    }, msMax);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
    waits.delete(wait);
  }
}

/** Everything that is awaited, one line each. */
export function waitedFor(): string[] {
  return [...waits.values()].map(({ what, sinceMs }) => {
    return `${what}, for ${Math.round(performance.now() - sinceMs)} ms`;
  });
}
