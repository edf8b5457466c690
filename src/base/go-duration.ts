/** Durations as Go writes and reads them, in nanoseconds: `10s`, `1m30s`, `1.5h`, `100µs`, `-5s`. */

const nanosecond = 1n;
const microsecond = 1000n;
const millisecond = 1_000_000n;
const second = 1_000_000_000n;
const minute = 60n * second;
const hour = 60n * minute;

const units: ReadonlyMap<string, bigint> = new Map([
  ['ns', nanosecond],
  ['us', microsecond],
  ['µs', microsecond],
  ['μs', microsecond],
  ['ms', millisecond],
  ['s', second],
  ['m', minute],
  ['h', hour],
]);

const part = /(\d*)(?:\.(\d*))?(ns|us|µs|μs|ms|s|m|h)/y;

/** The largest duration of Go: about 292 years. */
const durationMax = 2n ** 63n - 1n;

/** The nanoseconds of a duration; undefined if the text is none, or is longer than 292 years. */
export function parseDuration(text: string): bigint | undefined {
  const sign = /^[-+]/.exec(text)?.[0] ?? '';
  const body = text.slice(sign.length);
  if (body === '0') return 0n;
  // Longer texts are no durations that anybody means, and cost time.
  if (body === '' || body.length > 100) return undefined;
  let total = 0n;
  part.lastIndex = 0;
  while (part.lastIndex < body.length) {
    const [found, whole = '', fraction = '', unit = ''] = part.exec(body) ?? [];
    if (found === undefined || (whole === '' && fraction === '')) return undefined;
    const size = units.get(unit) ?? 0n;
    total += BigInt(whole === '' ? '0' : whole) * size;
    if (fraction !== '') total += (BigInt(fraction) * size) / 10n ** BigInt(fraction.length);
    if (total > durationMax) return undefined;
  }
  return sign === '-' ? -total : total;
}

/** As Go prints it: `1h0m0s`, `1m30s`, `10s`, `1.5s`, `20ms`, `0s`. */
export function printDuration(nanoseconds: bigint): string {
  if (nanoseconds === 0n) return '0s';
  if (nanoseconds < 0n) return `-${printDuration(-nanoseconds)}`;
  if (nanoseconds < microsecond) return `${nanoseconds}ns`;
  if (nanoseconds < millisecond) return `${decimal(nanoseconds, microsecond)}µs`;
  if (nanoseconds < second) return `${decimal(nanoseconds, millisecond)}ms`;
  const seconds = `${decimal(nanoseconds % minute, second)}s`;
  if (nanoseconds < minute) return seconds;
  const minutes = `${(nanoseconds % hour) / minute}m${seconds}`;
  return nanoseconds < hour ? minutes : `${nanoseconds / hour}h${minutes}`;
}

export function millisecondsOf(nanoseconds: bigint): number {
  return Number(nanoseconds) / 1e6;
}

function decimal(value: bigint, unit: bigint): string {
  const rest = value % unit;
  if (rest === 0n) return String(value / unit);
  const digits = String(rest).padStart(String(unit).length - 1, '0');
  return `${value / unit}.${digits.replace(/0+$/, '')}`;
}
