/** A class of Unicode has hundreds of ranges. */
const unicodeClassWeight = 10;
const timesMax = 1000;

/** A part of a pattern, and the last thing in it, which a repetition behind it concerns. */
interface Part {
  sum: number;
  last: number;
}

/** A class in brackets; one thing with a backslash; a repetition; flags; any other sign. */
const token =
  /\[\^?\]?(?:\[:\^?\w+:\]|\\[\s\S]|[^\]\\])*\]|\\Q(?:(?!\\E)[\s\S])*(?:\\E)?|\\[pP](?:\{[^}]*\}|[\s\S])?|\\x\{[^}]*\}|\\[\s\S]|\{\d+(?:,\d*)?\}|\(\?[a-zA-Z-]*\)|[\s\S]/gu;
const unicodeClass = /\\[pP]/g;
/** A repetition behind it concerns what is before it. */
const nothing = /^(?:\(\?[a-zA-Z-]*\)|\\Q(?:\\E)?)$/;
const repetition = /^\{(\d+)(?:,(\d*))?\}$/;

/**
 * About how many instructions a regular expression is compiled to, by its text alone: `((a{1000}){1000})` is short, and
 * compiling it could fill the memory. What is no pattern has a weight, too.
 */
export function weightOf(pattern: string): number {
  let part: Part = { sum: 1, last: 0 };
  const around: Part[] = [];
  for (const [sign] of pattern.matchAll(token)) {
    const times = repetition.exec(sign);
    const outer = sign === ')' ? around.pop() : undefined;
    if (times !== null) {
      repeat(part, Math.max(Number(times[1]), Number(times[2] ?? 0), 1), times[2] !== undefined);
    } else if (nothing.test(sign)) part.sum += 1;
    else if (sign === '(') {
      around.push(part);
      part = { sum: 2, last: 0 };
    } else if (outer !== undefined) {
      add(outer, part.sum);
      part = outer;
    } else if (sign === '*' || sign === '+' || sign === '?') {
      part.sum += 1;
      part.last += 1;
    } else add(part, weightOfSign(sign));
  }
  // Parentheses may be left open.
  return around.reduce((sum, { sum: more }) => sum + more, part.sum);
}

function add(part: Part, weight: number): void {
  part.sum += weight;
  part.last = weight;
}

/** Each time but the first is a copy; of an optional one, there is a branch before it. */
function repeat(part: Part, times: number, isOptional: boolean): void {
  // More is refused when it is compiled.
  const before = part.last;
  part.last = (before + (isOptional ? 1 : 0)) * Math.min(times, timesMax) + 1;
  part.sum += part.last - before;
}

function weightOfSign(sign: string): number {
  if (sign.startsWith('\\Q')) return sign.length;
  return 1 + unicodeClassWeight * (sign.match(unicodeClass)?.length ?? 0);
}
