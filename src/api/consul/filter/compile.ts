import { unreachable } from '../../../base/assert.ts';
import { Patterns } from './patterns.ts';
import { BadExpression } from './syntax.ts';
import type { Expression, Match, Operator, Quantified } from './syntax.ts';
import type { Schema } from './schema.ts';

/** Whether a row is wanted. Rows are what answers have in their JSON. */
export type Predicate = (row: unknown) => boolean;

/** Looks at the rows of one answer; all of them together may take a bounded number of steps. */
export type RowFilter = () => Predicate;

/** A comparison with one value is a step, and so are some dozen characters of a text. */
const stepsMax = 2_000_000;
const charactersInStep = 64;
/** To begin with the elements of a list; each of them is one more. */
const stepsOfList = 5;

/** Names that stand for a part of the row, and the way to it. */
interface Scope {
  readonly patterns: Patterns;
  readonly fields: Readonly<Record<string, Schema>>;
  /** Names of `any` and `all`. Each has its value in the environment. */
  readonly names: ReadonlyMap<string, { readonly schema: Schema; readonly at: number }>;
  /** Places in the environment that are taken. */
  readonly size: number;
}

/** The row, the values of names that are bound by now, and the steps that are left for it and the rows after it. */
interface Environment {
  readonly row: unknown;
  /** By the places of their names. One list for all, as a copy for each element would cost more the deeper it is. */
  readonly bound: unknown[];
  readonly work: Work;
}

/**
 * Counts steps. `any` and `all` within each other look at each combination of elements, and one pattern can take long for
 * one text, so the length of an expression says little about its cost.
 */
class Work {
  #left = stepsMax;

  take(steps: number): void {
    this.#left -= steps;
    if (this.#left >= 0) return;
    throw new BadExpression(
      `it takes more than ${stepsMax} steps for these rows: ask for fewer, nest less, or write simpler patterns`,
    );
  }
}

type Test = (environment: Environment) => boolean;

/** Makes a function of an expression. Throws `BadExpression` for selectors and operators that are none for these rows. */
export function compileExpression(
  expression: Expression,
  fields: Readonly<Record<string, Schema>>,
): RowFilter {
  const patterns = new Patterns();
  const test = compile(expression, { fields, patterns, names: new Map(), size: 0 });
  return () => {
    const work = new Work();
    return (row) => test({ row, bound: [], work });
  };
}

function compile(expression: Expression, scope: Scope): Test {
  switch (expression.kind) {
    case 'and': {
      const [left, right] = [compile(expression.left, scope), compile(expression.right, scope)];
      return (environment) => left(environment) && right(environment);
    }
    case 'or': {
      const [left, right] = [compile(expression.left, scope), compile(expression.right, scope)];
      return (environment) => left(environment) || right(environment);
    }
    case 'not': {
      const inner = compile(expression.inner, scope);
      return (environment) => !inner(environment);
    }
    case 'match':
      return compileMatch(expression, scope);
    case 'any':
    case 'all':
      return compileQuantified(expression, scope);
    default:
      return unreachable(expression);
  }
}

/** The way to a value. `take` gives all values there: several behind a list of objects, none behind a missing name. */
interface Found {
  readonly schema: Schema;
  readonly take: (environment: Environment) => readonly unknown[];
  /** The way leads through the name of a map, which may be missing. */
  readonly isOptional: boolean;
}

function find(selector: readonly string[], scope: Scope): Found {
  const [first = '', ...rest] = selector;
  const name = scope.names.get(first);
  let found: Found;
  if (name === undefined) {
    const schema = Object.hasOwn(scope.fields, first) ? scope.fields[first] : undefined;
    if (schema === undefined) throw invalid(selector.slice(0, 1));
    found = { schema, take: ({ row }) => [fieldOf(row, first)], isOptional: false };
  } else {
    found = { schema: name.schema, take: ({ bound }) => [bound[name.at]], isOptional: false };
  }
  for (const [at, part] of rest.entries()) {
    found = step(found, part, () => invalid(selector.slice(0, at + 2)));
  }
  return found;
}

function step(from: Found, part: string, fault: () => Error): Found {
  const { schema, take } = from;
  const inside = (environment: Environment): readonly unknown[] =>
    take(environment).map((value) => fieldOf(value, part));
  switch (schema.kind) {
    case 'object': {
      const inner = Object.hasOwn(schema.fields, part) ? schema.fields[part] : undefined;
      if (inner === undefined) throw fault();
      return { ...from, schema: inner, take: inside };
    }
    case 'listOf': {
      const inner = Object.hasOwn(schema.fields, part) ? schema.fields[part] : undefined;
      if (inner === undefined) throw fault();
      const elements = (environment: Environment): readonly unknown[] =>
        take(environment).flatMap((value) => listOf(value).map((each) => fieldOf(each, part)));
      return { ...from, schema: inner, take: elements };
    }
    case 'map':
    case 'mapOf': {
      const existing = (environment: Environment): readonly unknown[] =>
        inside(environment).filter((value) => value !== undefined);
      const inner: Schema =
        schema.kind === 'mapOf' ? { kind: 'object', fields: schema.fields } : { kind: 'text' };
      return { schema: inner, take: existing, isOptional: true };
    }
    case 'text':
    case 'number':
    case 'flag':
    case 'list':
      throw fault();
    default:
      return unreachable(schema);
  }
}

function compileMatch(match: Match, scope: Scope): Test {
  const { selector, operator, isNegated } = match;
  const { schema, take, isOptional } = find(selector, scope);
  if (operator === 'Is Nil') {
    if (!isOptional) throw wrongOperator(match);
    return (environment) => (take(environment).length === 0) !== isNegated;
  }
  const holds = comparison(schema, match, scope.patterns);
  // Of several values one is enough. A missing name is equal to nothing, so it is different from everything.
  return (environment) => {
    const { work } = environment;
    const values = take(environment);
    work.take(1 + values.length);
    if (values.length === 0) return isOptional && isNegated;
    return values.some((value) => holds(value, work) !== isNegated);
  };
}

type Comparison = (value: unknown, work: Work) => boolean;

function comparison(schema: Schema, match: Match, patterns: Patterns): Comparison {
  const { value: wanted, operator, selector } = match;
  switch (schema.kind) {
    case 'text':
      return textComparison(match, patterns);
    case 'number': {
      if (operator !== 'Equal') throw wrongOperator(match);
      const number = integerOf(wanted, selector);
      return (value) => BigInt(typeof value === 'number' ? value : 0) === number;
    }
    case 'flag': {
      if (operator !== 'Equal') throw wrongOperator(match);
      const flag = flagOf(wanted, selector);
      return (value) => (value === true) === flag;
    }
    case 'list':
      if (operator === 'In') return (value, work) => includes(listOf(value), wanted, work);
      if (operator === 'Is Empty') return (value) => listOf(value).length === 0;
      throw wrongOperator(match);
    case 'listOf':
      if (operator === 'Is Empty') return (value) => listOf(value).length === 0;
      throw wrongOperator(match);
    case 'map':
    case 'mapOf':
      if (operator === 'In') return (value) => fieldOf(value, wanted) !== undefined;
      if (operator === 'Is Empty') return (value) => namesOf(value).length === 0;
      throw wrongOperator(match);
    case 'object':
      throw wrongOperator(match);
    default:
      return unreachable(schema);
  }
}

function textComparison(match: Match, patterns: Patterns): Comparison {
  const { value: wanted, operator } = match;
  switch (operator) {
    case 'Equal':
      return (value) => textOf(value) === wanted;
    case 'In':
      return (value, work) => {
        const text = textOf(value);
        work.take(Math.ceil(text.length / charactersInStep));
        return text.includes(wanted);
      };
    case 'Matches': {
      const { steps, isIn } = patterns.compile(wanted);
      return (value, work) => {
        const text = textOf(value);
        work.take(steps(text));
        return isIn(text);
      };
    }
    case 'Is Empty':
    case 'Is Nil':
      throw wrongOperator(match);
    default:
      return unreachable(operator);
  }
}

function includes(list: readonly unknown[], wanted: string, work: Work): boolean {
  work.take(list.length);
  return list.includes(wanted);
}

function compileQuantified({ kind, selector, names, inner }: Quantified, scope: Scope): Test {
  const { schema, take } = find(selector, scope);
  const elements = elementsOf(schema, selector, kind);
  const [first = '_', second] = names;
  const inside = new Map(scope.names);
  const at = scope.size;
  const isPair = second !== undefined;
  if (first !== '_') inside.set(first, { schema: isPair ? elements.pair[0] : elements.single, at });
  if (isPair && second !== '_') inside.set(second, { schema: elements.pair[1], at: at + 1 });
  const test = compile(inner, { ...scope, names: inside, size: at + 2 });
  return (environment) => {
    const { bound, work } = environment;
    const all = take(environment).flatMap(elements.split);
    work.take(stepsOfList + all.length);
    const holds = ([key, value]: readonly [unknown, unknown]): boolean => {
      bound[at] = isPair ? key : elements.pick(key, value);
      bound[at + 1] = value;
      return test(environment);
    };
    return kind === 'any' ? all.some(holds) : all.every(holds);
  };
}

interface Elements {
  readonly single: Schema;
  readonly pair: readonly [Schema, Schema];
  readonly split: (value: unknown) => readonly (readonly [unknown, unknown])[];
  /** What one name alone stands for. */
  readonly pick: (key: unknown, value: unknown) => unknown;
}

const textSchema: Schema = { kind: 'text' };
const numberSchema: Schema = { kind: 'number' };

function split(value: unknown): readonly (readonly [unknown, unknown])[] {
  return listOf(value).map((each, at) => [at, each] as const);
}

function splitMap(value: unknown): readonly (readonly [unknown, unknown])[] {
  return namesOf(value).map((name) => [name, fieldOf(value, name)] as const);
}

function keyOnly(key: unknown): unknown {
  return key;
}

function valueOnly(_: unknown, value: unknown): unknown {
  return value;
}

function elementsOf(schema: Schema, selector: readonly string[], kind: string): Elements {
  switch (schema.kind) {
    case 'list':
      return { single: textSchema, pair: [numberSchema, textSchema], split, pick: valueOnly };
    case 'listOf': {
      const element: Schema = { kind: 'object', fields: schema.fields };
      return { single: element, pair: [numberSchema, element], split, pick: valueOnly };
    }
    case 'map':
      return { single: textSchema, pair: [textSchema, textSchema], split: splitMap, pick: keyOnly };
    case 'mapOf': {
      const element: Schema = { kind: 'object', fields: schema.fields };
      return { single: textSchema, pair: [textSchema, element], split: splitMap, pick: keyOnly };
    }
    case 'text':
    case 'number':
    case 'flag':
    case 'object':
      throw new BadExpression(
        `"${kind}" takes a list or a map, and selector "${nameOf(selector)}" is none`,
      );
    default:
      return unreachable(schema);
  }
}

function integerOf(text: string, selector: readonly string[]): bigint {
  if (/^[-+]?\d{1,30}$/.test(text)) return BigInt(text.replace(/^\+/, ''));
  throw coercionFault(text, selector, 'ParseInt');
}

function flagOf(text: string, selector: readonly string[]): boolean {
  if (/^(?:1|t|T|TRUE|true|True)$/.test(text)) return true;
  if (/^(?:0|f|F|FALSE|false|False)$/.test(text)) return false;
  throw coercionFault(text, selector, 'ParseBool');
}

function coercionFault(text: string, selector: readonly string[], how: string): Error {
  const quoted = JSON.stringify(text);
  return new BadExpression(
    `Failed to coerce value ${quoted} for selector "${nameOf(selector)}": strconv.${how}: parsing ${quoted}: invalid syntax`,
  );
}

function invalid(selector: readonly string[]): Error {
  return new BadExpression(`Selector "${nameOf(selector)}" is not valid`);
}

function wrongOperator({ operator, isNegated, selector }: Match): Error {
  return new BadExpression(
    `Invalid match operator "${nameOfOperator(operator, isNegated)}" for selector "${nameOf(selector)}"`,
  );
}

function nameOfOperator(operator: Operator, isNegated: boolean): string {
  if (!isNegated) return operator;
  return operator.startsWith('Is ') ? operator.replace('Is ', 'Is Not ') : `Not ${operator}`;
}

function nameOf(selector: readonly string[]): string {
  return selector.join('.');
}

function fieldOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  return Reflect.get(value, name);
}

function namesOf(value: unknown): readonly string[] {
  return typeof value === 'object' && value !== null ? Object.keys(value) : [];
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
