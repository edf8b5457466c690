/** An answer as JSON, in the order of its fields; `bigint` as the exact number. `pretty` as Consul's `?pretty`. */
export function printJson(value: unknown, pretty: boolean): string {
  const indent = pretty ? 4 : 0;
  const end = pretty ? '\n' : '';
  try {
    return JSON.stringify(value, undefined, indent) + end;
  } catch (error) {
    // `JSON.stringify` refuses a bigint; few answers have one.
    if (!(error instanceof TypeError)) throw error;
    return print(value, pretty ? '\n' : '') + end;
  }
}

/** A whole number as an answer has it: few need a bigint, which is printed more slowly. */
export function exactNumber(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** `line`: the line break and indentation of the value's own line; empty for compact text. */
function print(value: unknown, line: string): string {
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const inner = line === '' ? '' : `${line}    `;
  if (Array.isArray(value)) {
    if (value.length === 0) return '[]';
    return `[${inner}${value.map((each) => print(each, inner)).join(`,${inner}`)}${line}]`;
  }
  const colon = line === '' ? ':' : ': ';
  const fields = Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .map(([name, field]) => JSON.stringify(name) + colon + print(field, inner));
  return fields.length === 0 ? '{}' : `{${inner}${fields.join(`,${inner}`)}${line}}`;
}
