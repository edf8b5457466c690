import {
  compare,
  op,
  type Compare,
  type CompareSign,
  type Keys,
  type Op,
} from '../client/index.ts';
import { badLine, words, type Word } from './words.ts';

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
  const [key, ...moreKeys] = textsOf(keyText ?? '', line);
  const [operand, ...moreOperands] = textsOf(operandText ?? '', line);
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
  const [{ text: verb } = { text: '' }, ...rest] = words(text, line);
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
  if (flags.has('from-key')) return { from: key };
  return end === undefined ? key : { from: key, to: end };
}

/** The flags of steps; true: with a value, behind `=` or in the next word. */
const knownFlags: ReadonlyMap<string, boolean> = new Map([
  ['prefix', false],
  ['from-key', false],
  ['lease', true],
  ['prev-kv', false],
  ['limit', true],
  ['rev', true],
  ['keys-only', false],
  ['count-only', false],
]);

/** A word in quotes, or behind `--`, is no flag. */
function split(
  parts: readonly Word[],
  line: number,
): { positional: string[]; flags: Map<string, string> } {
  const positional: string[] = [];
  const flags = new Map<string, string>();
  let mayBeFlag = true;
  for (let at = 0; at < parts.length; at++) {
    const { text, isQuoted } = parts[at] ?? { text: '', isQuoted: false };
    const [, name, given] = /^--([a-z-]*)(?:=(.*))?$/s.exec(text) ?? [];
    if (isQuoted || !mayBeFlag || name === undefined) positional.push(text);
    else if (name === '') mayBeFlag = false;
    else {
      const hasValue = knownFlags.get(name);
      if (hasValue === undefined) throw badLine(line, `--${name} is not known here`);
      flags.set(name, given ?? (hasValue ? (parts[++at]?.text ?? '') : ''));
    }
  }
  return { positional, flags };
}

function textsOf(text: string, line: number): string[] {
  return words(text, line).map((word) => word.text);
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
