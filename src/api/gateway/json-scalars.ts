/** The bytes of a base64 text, undefined if it is invalid. Accepts exactly what `protojson` of Go does. */
export function bytesOfBase64(text: string): Buffer | undefined {
  const isOfUrls = /[-_]/.test(text);
  // Padding is due where the text, with its line breaks, has a multiple of four characters, and nowhere else.
  const isPadded = text.length % 4 === 0;
  const joined = /[\r\n]/.test(text) ? text.replaceAll(/[\r\n]/g, '') : text;
  const body = isPadded ? joined.replace(/={1,2}$/, '') : joined;
  if ((isOfUrls ? /[^-\w]/ : /[^A-Za-z\d+/]/).test(body) || body.length % 4 === 1) return undefined;
  if (isPadded && joined.length % 4 !== 0) return undefined;
  return Buffer.from(body, 'base64');
}

/** A number as JSON has it, at the beginning of a text. */
const number =
  /^(?<sign>-?)(?<whole>0|[1-9]\d*)(?:\.(?<fraction>\d+))?(?:[eE](?=.)(?<exponent>[-+]?\d*))?(?![-+._a-zA-Z\d])/s;

/** More digits than any number of 64 bits has. */
const digitsMax = 20;

/**
 * The whole number that a text begins with, or undefined: 100, 1e2 and 100.0 are the same. Text behind a delimiter is
 * ignored, as `protojson` of Go does for numbers in strings ("5 x" is 5).
 */
export function wholeNumberOf(text: string): bigint | undefined {
  const parts = number.exec(text)?.groups;
  if (parts === undefined) return undefined;
  const whole = parts['whole'] === '0' ? '' : (parts['whole'] ?? '');
  const fraction = withoutTrailingZeros(parts['fraction'] ?? '');
  if (whole === '' && fraction === '') return 0n;
  const shift = parts['exponent'] ?? '';
  const exponent = shift === '' ? 0 : /\d$/.test(shift) ? Number(shift) : Number.NaN;
  if (Number.isNaN(exponent) || Math.abs(exponent) > 1e6) return undefined;
  const digits =
    exponent >= 0 ? shiftedUp(whole, fraction, exponent) : shiftedDown(whole, fraction, -exponent);
  return digits === undefined ? undefined : BigInt(`${parts['sign'] ?? ''}${digits}`);
}

/** Not by a pattern such as `0+$`, which takes time quadratic in the zeros that do not stand at the end. */
function withoutTrailingZeros(digits: string): string {
  let end = digits.length;
  while (digits[end - 1] === '0') end -= 1;
  return digits.slice(0, end);
}

function shiftedUp(whole: string, fraction: string, by: number): string | undefined {
  if (fraction.length > by || whole.length + by > digitsMax) return undefined;
  return whole + fraction + '0'.repeat(by - fraction.length);
}

function shiftedDown(whole: string, fraction: string, by: number): string | undefined {
  const kept = whole.length - by;
  if (fraction !== '' || kept <= 0 || /[^0]/.test(whole.slice(kept))) return undefined;
  return whole.slice(0, kept);
}
