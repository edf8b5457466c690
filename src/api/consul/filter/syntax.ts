/**
 * Filter expressions: what they are, and how a text becomes one.
 *
 * ```text
 * or     = and { "or" and }             and  = not { "and" not }
 * not    = "not" not | "(" or ")" | quantified | match
 * match  = selector ( "==" | "!=" | "contains" | "not contains" | "matches" | "not matches" ) value
 *        | selector "is" [ "not" ] ( "empty" | "nil" ) | value [ "not" ] "in" selector
 * quantified = ( "any" | "all" ) selector "as" name [ "," name ] "{" or "}"
 * selector   = name { "." name | "[" string "]" } | '"/name/…"'      value = selector | number | string
 * ```
 */
export type Expression =
  | { readonly kind: 'and' | 'or'; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'not'; readonly inner: Expression }
  | Match
  | Quantified;

export type Operator = 'Equal' | 'In' | 'Matches' | 'Is Empty' | 'Is Nil';

export interface Match {
  readonly kind: 'match';
  readonly selector: readonly string[];
  readonly operator: Operator;
  readonly isNegated: boolean;
  /** Empty for operators that take none. */
  readonly value: string;
}

export interface Quantified {
  readonly kind: 'any' | 'all';
  readonly selector: readonly string[];
  /** Of a list: the element, or its place and it. Of a map: the name, or the name and the value. `_`: unused. */
  readonly names: readonly string[];
  readonly inner: Expression;
}

/** An expression that is none; the text says where. */
export class BadExpression extends Error {
  override readonly name = 'BadExpression';
}

const lengthMax = 16_384;
/** The parser and what is made of its result are recursive. */
const depthMax = 100;
const termsMax = 500;

/** Reads an expression. Throws `BadExpression`. */
export function parseExpression(text: string): Expression {
  if (text.length > lengthMax) {
    throw new BadExpression(`it has ${text.length} characters, and at most ${lengthMax} are taken`);
  }
  return new Parser(text).all();
}

const blank = String.raw`[ \t\r\n]`;
const nameStart = '[a-zA-Z]';
const nameRest = '[a-zA-Z0-9_]';

/**
 * A parser that tries one alternative after the other. It keeps the farthest place where something else was expected, and
 * what that was, for its error.
 */
class Parser {
  readonly #text: string;
  #at = 0;
  #farthest = 0;
  #expected = new Set<string>();
  #depth = 0;
  #terms = 0;

  constructor(text: string) {
    this.#text = text;
  }

  all(): Expression {
    this.#blanks();
    const expression = this.#or();
    if (expression === undefined) throw this.#noMatch();
    this.#blanks();
    if (this.#at === this.#text.length) return expression;
    this.#expect('EOF');
    throw this.#noMatch();
  }

  // Expressions.

  #or(): Expression | undefined {
    return this.#chain('or', () => this.#and());
  }

  #and(): Expression | undefined {
    return this.#chain('and', () => this.#not());
  }

  /** Operands with a word between them; it needs blanks on both sides. */
  #chain(kind: 'and' | 'or', operand: () => Expression | undefined): Expression | undefined {
    const operands = [operand()];
    for (;;) {
      const before = this.#at;
      const isNext = this.#blanks() > 0 && this.#literal(kind) && this.#blanks() > 0;
      const next = isNext ? operand() : undefined;
      if (next === undefined) {
        this.#at = before;
        break;
      }
      operands.push(next);
    }
    // Flat from the right, so that a long chain is not deep on its left.
    return operands.reduceRight((right, left) =>
      left === undefined || right === undefined ? undefined : { kind, left, right },
    );
  }

  #not(): Expression | undefined {
    return this.#nested(() => {
      const start = this.#at;
      if (this.#literal('not') && this.#blanks() > 0) {
        const inner = this.#not();
        if (inner !== undefined) return { kind: 'not', inner };
      }
      this.#at = start;
      return this.#grouping() ?? this.#quantified() ?? this.#match();
    });
  }

  #nested<T>(parse: () => T): T {
    if (++this.#depth > depthMax)
      throw new BadExpression(`it is nested more than ${depthMax} deep`);
    const result = parse();
    this.#depth--;
    return result;
  }

  #grouping(): Expression | undefined {
    const start = this.#at;
    if (!this.#literal('(')) return undefined;
    this.#blanks();
    const inner = this.#or();
    if (inner === undefined) {
      this.#at = start;
      return undefined;
    }
    this.#blanks();
    if (this.#literal(')')) return inner;
    throw this.#ruleError('grouping', 'Unmatched parentheses');
  }

  #quantified(): Quantified | undefined {
    const start = this.#at;
    const head = /^(any|all)[ \t\r\n]+/.exec(this.#text.slice(start, start + 64));
    if (head === null) return undefined;
    const [matched, kind] = head;
    this.#at += matched.length;
    const selector = this.#selector();
    const rest = /^[ \t\r\n]+as[ \t\r\n]+(\w+)[ \t\r\n]*(?:,[ \t\r\n]*(\w+)[ \t\r\n]*)?\{/.exec(
      this.#text.slice(this.#at, this.#at + 512),
    );
    if (selector === undefined || rest === null) {
      // They are names as all others.
      this.#at = start;
      return undefined;
    }
    this.#at += rest[0].length;
    this.#blanks();
    const inner = this.#or();
    if (inner === undefined) throw this.#noMatch();
    this.#blanks();
    if (!this.#literal('}')) throw this.#noMatch();
    const names = [rest[1] ?? '_', ...(rest[2] === undefined ? [] : [rest[2]])];
    return { kind: kind === 'any' ? 'any' : 'all', selector, names, inner };
  }

  #match(): Match | undefined {
    const start = this.#at;
    if (++this.#terms > termsMax) {
      throw new BadExpression(`it has more than ${termsMax} comparisons`);
    }
    const found = this.#selectorFirst() ?? this.#backTo(start) ?? this.#valueFirst();
    if (found === undefined) this.#at = start;
    return found;
  }

  #backTo(at: number): undefined {
    this.#at = at;
  }

  #selectorFirst(): Match | undefined {
    const selector = this.#pointer() ?? this.#selector();
    if (selector === undefined) return undefined;
    const end = this.#at;
    for (const { operator, isNegated, words } of valueOperators) {
      this.#at = end;
      if (!this.#operator(words)) continue;
      const value = this.#value();
      if (value !== undefined) return { kind: 'match', selector, operator, isNegated, value };
    }
    this.#at = end;
    return this.#isOperator(selector);
  }

  /** `==` and `!=` need no blanks around them, words do. */
  #operator(words: readonly string[]): boolean {
    const isSign = words[0] === '==' || words[0] === '!=';
    const before = this.#blanks();
    if (!isSign && before === 0) return false;
    for (const word of words) {
      if (!this.#literal(word)) return false;
      if (this.#blanks() === 0 && !isSign) return false;
    }
    return true;
  }

  #isOperator(selector: readonly string[]): Match | undefined {
    if (this.#blanks() === 0 || !this.#literal('is') || this.#blanks() === 0) return undefined;
    const beforeNot = this.#at;
    let isNegated = this.#literal('not') && this.#blanks() > 0;
    if (!isNegated) {
      this.#at = beforeNot;
      isNegated = false;
    }
    const operator = this.#literal('empty')
      ? 'Is Empty'
      : this.#silently('nil')
        ? 'Is Nil'
        : undefined;
    if (operator === undefined) return undefined;
    return { kind: 'match', selector, operator, isNegated, value: '' };
  }

  #valueFirst(): Match | undefined {
    const value = this.#value();
    if (value === undefined || this.#blanks() === 0) return undefined;
    const beforeNot = this.#at;
    const isNegated = this.#literal('not') && this.#blanks() > 0;
    if (!isNegated) this.#at = beforeNot;
    if (!this.#literal('in') || this.#blanks() === 0) return undefined;
    const at = this.#at;
    const selector = this.#pointer() ?? this.#selector();
    if (selector === undefined) {
      this.#at = at;
      throw this.#ruleError('match', 'Invalid selector');
    }
    return { kind: 'match', selector, operator: 'In', isNegated, value };
  }

  // Words.

  #selector(): readonly string[] | undefined {
    const first = this.#identifier();
    if (first === undefined) return undefined;
    const parts = [first];
    for (;;) {
      const at = this.#at;
      const part = this.#selectorPart();
      if (part === undefined) {
        this.#at = at;
        return parts;
      }
      parts.push(part);
    }
  }

  #selectorPart(): string | undefined {
    if (this.#literal('.')) return this.#identifier();
    if (!this.#literal('[')) return undefined;
    this.#blanks();
    const text = this.#string();
    if (text === undefined) return undefined;
    this.#blanks();
    if (this.#literal(']')) return text;
    throw this.#ruleError('index', 'Unclosed index expression');
  }

  /** A selector as a JSON pointer, which newer releases have: `"/Meta/a.b"`. */
  #pointer(): readonly string[] | undefined {
    const start = this.#at;
    if (!/^["`]\//.test(this.#text.slice(start, start + 2))) return undefined;
    const text = this.#string();
    const end = this.#at;
    // It is a value if `in` comes behind it.
    if (
      text !== undefined &&
      !/^[ \t\r\n]+(?:not[ \t\r\n]+)?in[ \t\r\n]/.test(this.#text.slice(end, end + 64))
    ) {
      const parts = text.slice(1).split('/');
      return parts.map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
    }
    this.#at = start;
    return undefined;
  }

  #value(): string | undefined {
    const selector = this.#selectorText();
    return selector ?? this.#number() ?? this.#string();
  }

  /** A bare word, as it is written. */
  #selectorText(): string | undefined {
    const start = this.#at;
    const selector = this.#selector();
    return selector === undefined ? undefined : this.#text.slice(start, this.#at);
  }

  #identifier(): string | undefined {
    const start = this.#at;
    if (!this.#class(/[a-zA-Z]/, nameStart)) return undefined;
    while (this.#class(/\w/, nameRest));
    return this.#text.slice(start, this.#at);
  }

  #number(): string | undefined {
    const start = this.#at;
    this.#literal('-');
    if (this.#literal('0') || this.#class(/[1-9]/, '[1-9]')) {
      if (this.#text[this.#at - 1] !== '0' || this.#at - start > 1) {
        while (/^\d$/.test(this.#text[this.#at] ?? '')) this.#at++;
      }
      const fraction = /^\.\d+/.exec(this.#text.slice(this.#at, this.#at + 400));
      if (fraction !== null) this.#at += fraction[0].length;
      const next = this.#text[this.#at];
      if (next !== undefined && !/[ \t\r\n)}]/.test(next)) {
        throw this.#ruleError('number', 'Invalid number literal');
      }
      return this.#text.slice(start, this.#at);
    }
    this.#at = start;
    return undefined;
  }

  #string(): string | undefined {
    const start = this.#at;
    const quote = this.#literal('"') ? '"' : this.#literal('`') ? '`' : undefined;
    if (quote === undefined) return undefined;
    for (;;) {
      const next = this.#text[this.#at];
      if (next === undefined) throw this.#ruleError('string', 'Unterminated string literal');
      this.#at++;
      if (next === '\\' && quote === '"') this.#at++;
      else if (next === quote) break;
    }
    const inner = this.#text.slice(start + 1, this.#at - 1);
    return quote === '`'
      ? inner
      : unescaped(inner, () => this.#ruleError('string', 'Invalid string literal'));
  }

  #blanks(): number {
    const start = this.#at;
    while (this.#class(/[ \t\r\n]/, blank));
    return this.#at - start;
  }

  // Characters.

  #literal(text: string): boolean {
    if (this.#silently(text)) return true;
    this.#expect(JSON.stringify(text));
    return false;
  }

  #silently(text: string): boolean {
    if (!this.#text.startsWith(text, this.#at)) return false;
    this.#at += text.length;
    return true;
  }

  #class(pattern: RegExp, label: string): boolean {
    if (pattern.test(this.#text[this.#at] ?? '')) {
      this.#at++;
      return true;
    }
    this.#expect(label);
    return false;
  }

  #expect(label: string): void {
    if (this.#at < this.#farthest) return;
    if (this.#at > this.#farthest) this.#expected = new Set();
    this.#farthest = this.#at;
    this.#expected.add(label);
  }

  #noMatch(): BadExpression {
    const labels = [...this.#expected].filter((label) => label !== 'EOF').toSorted(byText);
    if (this.#expected.has('EOF')) labels.push('EOF');
    const last = labels.pop() ?? '';
    const list = labels.length === 0 ? last : `${labels.join(', ')} or ${last}`;
    return new BadExpression(`${this.#place(this.#farthest)}: no match found, expected: ${list}`);
  }

  #ruleError(rule: string, text: string): BadExpression {
    return new BadExpression(`${this.#place(this.#at)}: rule "${rule}": ${text}`);
  }

  /** Line and column from 1, and the place from 0. */
  #place(at: number): string {
    const before = this.#text.slice(0, at);
    const line = before.split('\n').length;
    return `${line}:${at - before.lastIndexOf('\n')} (${at})`;
  }
}

interface ValueOperator {
  readonly operator: Operator;
  readonly isNegated: boolean;
  readonly words: readonly string[];
}

const valueOperators: readonly ValueOperator[] = [
  { operator: 'Equal', isNegated: false, words: ['=='] },
  { operator: 'Equal', isNegated: true, words: ['!='] },
  { operator: 'In', isNegated: false, words: ['contains'] },
  { operator: 'In', isNegated: true, words: ['not', 'contains'] },
  { operator: 'Matches', isNegated: false, words: ['matches'] },
  { operator: 'Matches', isNegated: true, words: ['not', 'matches'] },
];

function byText(a: string, b: string): number {
  return a < b ? -1 : 1;
}

const shortEscapes: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  '"': '"',
};

/** The text of a literal with Go's escapes. */
function unescaped(text: string, fault: () => Error): string {
  if (!text.includes('\\')) return text;
  return text.replaceAll(
    /\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([0-7]{3})|(.?))/gs,
    (_, hex?: string, short?: string, long?: string, octal?: string, sign?: string) => {
      const code = hex ?? short ?? long;
      if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8));
      if (code !== undefined) {
        const point = Number.parseInt(code, 16);
        if (point > 0x10_ff_ff) throw fault();
        return String.fromCodePoint(point);
      }
      const plain = shortEscapes[sign ?? ''];
      if (plain === undefined) throw fault();
      return plain;
    },
  );
}
