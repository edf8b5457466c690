import {
  compare,
  op,
  type Compare,
  type CompareSign,
  type Keys,
  type Op,
} from '../client/index.ts';
import { usageError, type CliFailure } from './exit.ts';

/** A transaction as it is typed. */
export interface ParsedTxn {
  readonly compares: readonly Compare[];
  readonly success: readonly Op[];
  readonly failure: readonly Op[];
}

/** Reads a transaction; throws, naming the line, where it cannot. */
export function parseTxn(text: string): ParsedTxn {
  const sections: { text: string; number: number }[][] = [[]];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() !== '') sections.at(-1)?.push({ text: line.trim(), number: index + 1 });
    else if (sections.length < 3) sections.push([]);
  }
  const [compares = [], success = [], failure = []] = sections;
  return {
    compares: compares.map((line) => parseCompare(line.text, line.number)),
    success: success.map((line) => parseOp(line.text, line.number)),
    failure: failure.map((line) => parseOp(line.text, line.number)),
  };
}

function parseCompare(text: string, line: number): Compare {
  const [, target, keyText, signText, operandText] =
    /^(\w+)\((.*)\)\s*(=|!=|<|>)\s*(.+)$/s.exec(text) ?? [];
  const sign = signs.find((known) => known === signText);
  const [key, ...moreKeys] = words(keyText ?? '', line);
  const [operand, ...moreOperands] = words(operandText ?? '', line);
  if (
    key === undefined ||
    sign === undefined ||
    operand === undefined ||
    moreKeys.length + moreOperands.length > 0
  ) {
    throw badLine(line, `"${text}" is no comparison; write it as mod("key") > "41"`);
  }
  return compareOf(target ?? '', key, sign, operand, line);
}

const signs: readonly CompareSign[] = ['=', '!=', '<', '>'];

function compareOf(
  target: string,
  key: string,
  sign: CompareSign,
  operand: string,
  line: number,
): Compare {
  switch (target) {
    case 'val':
    case 'value':
      return compare.value(key, sign, operand);
    case 'ver':
    case 'version':
      return compare.version(key, sign, wholeNumber(operand, line));
    case 'create':
    case 'c':
      return compare.createRevision(key, sign, wholeNumber(operand, line));
    case 'mod':
    case 'm':
      return compare.modRevision(key, sign, wholeNumber(operand, line));
    case 'lease':
      return compare.lease(key, sign, leaseId(operand, line));
    default:
      throw badLine(line, `"${target}" cannot be compared; take mod, create, ver, val or lease`);
  }
}

function parseOp(text: string, line: number): Op {
  const [verb = '', ...rest] = words(text, line);
  const { positional, flags } = split(rest, line);
  const [first, second] = positional;
  if (first === undefined) throw badLine(line, `"${text}" names no key`);
  switch (verb) {
    case 'put':
      return putOf(first, second, positional.length, flags, line);
    case 'get':
      return op.get(keysOf(first, second, flags), {
        keysOnly: flags.has('keys-only'),
        countOnly: flags.has('count-only'),
        ...numberFlag(flags, 'limit', 'limit', line),
        ...numberFlag(flags, 'rev', 'revision', line),
      });
    case 'del':
      return op.delete(keysOf(first, second, flags), { prevKv: flags.has('prev-kv') });
    default:
      throw badLine(line, `"${verb}" is none of put, get and del`);
  }
}

function putOf(
  key: string,
  value: string | undefined,
  count: number,
  flags: ReadonlyMap<string, string>,
  line: number,
): Op {
  if (value === undefined || count > 2) throw badLine(line, 'write it as put key "value"');
  const lease = flags.get('lease');
  return op.put(key, value, {
    prevKv: flags.has('prev-kv'),
    ...(lease === undefined ? {} : { lease: leaseId(lease, line) }),
  });
}

function keysOf(key: string, end: string | undefined, flags: ReadonlyMap<string, string>): Keys {
  if (flags.has('prefix')) return { prefix: key };
  return end === undefined ? key : { from: key, to: end };
}

const knownFlags = new Set([
  'prefix',
  'lease',
  'prev-kv',
  'limit',
  'rev',
  'keys-only',
  'count-only',
]);

function split(
  parts: readonly string[],
  line: number,
): { positional: string[]; flags: Map<string, string> } {
  const positional: string[] = [];
  const flags = new Map<string, string>();
  for (const part of parts) {
    const match = /^--([a-z-]+)(?:=(.*))?$/.exec(part);
    if (match?.[1] === undefined) positional.push(part);
    else if (knownFlags.has(match[1])) flags.set(match[1], match[2] ?? '');
    else throw badLine(line, `--${match[1]} is not known here`);
  }
  return { positional, flags };
}

/** Splits at blanks; double quotes keep words together, and may hold escapes. */
export function words(text: string, line: number | undefined): string[] {
  const found: string[] = [];
  const pattern = /\s*(?:"((?:[^"\\]|\\.)*)"|([^\s"]+))(?=\s|$)/gsy;
  while (pattern.lastIndex < text.length) {
    if (text.slice(pattern.lastIndex).trim() === '') break;
    const match = pattern.exec(text);
    if (match === null) throw badLine(line, `the quotes in "${text}" do not match`);
    found.push(match[1] === undefined ? (match[2] ?? '') : unescape(match[1]));
  }
  return found;
}

const escapes: ReadonlyMap<string, string> = new Map([
  ['n', '\n'],
  ['t', '\t'],
  ['r', '\r'],
]);

function unescape(text: string): string {
  return text.replace(/\\(.)/gs, (_, letter: string) => escapes.get(letter) ?? letter);
}

function numberFlag(
  flags: ReadonlyMap<string, string>,
  name: string,
  option: 'limit' | 'revision',
  line: number,
): Partial<Record<'limit' | 'revision', number>> {
  const value = flags.get(name);
  return value === undefined ? {} : { [option]: wholeNumber(value, line) };
}

function wholeNumber(text: string, line: number): number {
  if (!/^\d+$/.test(text)) throw badLine(line, `"${text}" is not a whole number`);
  return Number(text);
}

function leaseId(text: string, line: number): bigint {
  if (!/^(0x)?[0-9a-fA-F]{1,16}$/.test(text)) {
    throw badLine(line, `"${text}" is not the id of a lease in hexadecimal`);
  }
  return BigInt(text.startsWith('0x') ? text : `0x${text}`);
}

function badLine(line: number | undefined, message: string): CliFailure {
  return usageError(line === undefined ? message : `line ${line}: ${message}`);
}
