/** Nanoseconds of each unit in Go's durations. */
const nanoseconds: ReadonlyMap<string, number> = new Map([
  ['ns', 1],
  ['us', 1e3],
  ['µs', 1e3],
  ['μs', 1e3],
  ['ms', 1e6],
  ['s', 1e9],
  ['m', 60e9],
  ['h', 3600e9],
]);

const part = /(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/y;

/**
 * Milliseconds of a duration in Go's format: "100ms", "1h30m", "-1.5s", or a bare "0". Undefined if the text is none,
 * such as a number without a unit.
 */
export function parseDurationMs(text: string): number | undefined {
  const negative = text.startsWith('-');
  const digits = text.replace(/^[-+]/, '');
  if (digits === '0') return 0;
  if (digits === '') return undefined;
  let total = 0;
  part.lastIndex = 0;
  while (part.lastIndex < digits.length) {
    const match = part.exec(digits);
    if (match === null) return undefined;
    const [, amount = '', unit = ''] = match;
    total += Number(amount) * (nanoseconds.get(unit) ?? 0);
  }
  return (negative ? -total : total) / 1e6;
}
