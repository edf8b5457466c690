/**
 * HCL as Consul's configuration files have it: `key = value`, blocks (`service { … }`, `tags "x" { … }`), lists, objects,
 * texts with escapes and here-documents, numbers, comments. A block that occurs several times is a list. There are no
 * expressions.
 */
export type HclValue = string | number | boolean | HclValue[] | { [key: string]: HclValue };

/** A text that is no HCL. */
export class HclError extends Error {
  override readonly name = 'HclError';
}

const depthMax = 64;

export function parseHcl(text: string): { [key: string]: HclValue } {
  const parser = new Parser(text);
  const body = parser.body(undefined, 0);
  return body;
}

type Token =
  | { readonly kind: 'word' | 'text' | 'sign'; readonly text: string }
  | { readonly kind: 'number'; readonly text: string; readonly value: number }
  | { readonly kind: 'end'; readonly text: 'the end' };

class Parser {
  readonly #text: string;
  #at = 0;
  #next: Token | undefined;

  constructor(text: string) {
    this.#text = text;
  }

  /** Keys and values up to `until`, or to the end. */
  body(until: '}' | undefined, depth: number): { [key: string]: HclValue } {
    if (depth > depthMax) throw this.#error('blocks are nested too deeply');
    const body: { [key: string]: HclValue } = Object.create(null);
    for (;;) {
      const token = this.#take();
      if (token.kind === 'end') {
        if (until === undefined) return body;
        throw this.#error(`"${until}" is missing`);
      }
      if (token.text === until && token.kind === 'sign') return body;
      if (token.text === ',' && token.kind === 'sign') continue;
      if (token.kind !== 'word' && token.kind !== 'text') {
        throw this.#error(`a key is expected instead of "${token.text}"`);
      }
      this.#entry(body, token.text, depth);
    }
  }

  #entry(body: { [key: string]: HclValue }, key: string, depth: number): void {
    const token = this.#take();
    if (token.kind === 'sign' && (token.text === '=' || token.text === ':')) {
      body[key] = this.#value(depth);
      return;
    }
    // Labels of a block are keys of their own: `service "web" { … }`.
    const labels: string[] = [];
    let opening = token;
    while (opening.kind === 'text' || opening.kind === 'word') {
      labels.push(opening.text);
      opening = this.#take();
    }
    if (opening.kind !== 'sign' || opening.text !== '{') {
      throw this.#error(`"=" or "{" is expected behind "${key}"`);
    }
    const inner = this.body('}', depth + 1);
    const block = labels.reduceRight<HclValue>((value, label) => ({ [label]: value }), inner);
    const before = body[key];
    if (before === undefined) body[key] = block;
    else body[key] = Array.isArray(before) ? [...before, block] : [before, block];
  }

  #value(depth: number): HclValue {
    const token = this.#take();
    switch (token.kind) {
      case 'text':
        return token.text;
      case 'number':
        return token.value;
      case 'word':
        if (token.text === 'true' || token.text === 'false') return token.text === 'true';
        throw this.#error(`"${token.text}" is no value; put texts in quotation marks`);
      case 'sign':
        if (token.text === '{') return this.body('}', depth + 1);
        if (token.text === '[') return this.#list(depth + 1);
        break;
      case 'end':
        break;
    }
    throw this.#error(`a value is expected instead of "${token.text}"`);
  }

  #list(depth: number): HclValue[] {
    if (depth > depthMax) throw this.#error('lists are nested too deeply');
    const list: HclValue[] = [];
    for (;;) {
      const token = this.#peek();
      if (token.kind === 'sign' && token.text === ']') {
        this.#take();
        return list;
      }
      list.push(this.#value(depth));
      const behind = this.#peek();
      if (behind.kind === 'sign' && behind.text === ',') this.#take();
      else if (behind.text !== ']') throw this.#error('"," or "]" is expected in a list');
    }
  }

  #peek(): Token {
    this.#next ??= this.#read();
    return this.#next;
  }

  #take(): Token {
    const token = this.#peek();
    this.#next = undefined;
    return token;
  }

  #read(): Token {
    this.#skip(/(?:\s|#[^\n]*|\/\/[^\n]*|\/\*[\s\S]*?\*\/)+/y);
    if (this.#at >= this.#text.length) return { kind: 'end', text: 'the end' };
    const document = this.#skip(/<<-?([\w.-]+)[ \t]*\r?\n/y);
    if (document !== undefined) return { kind: 'text', text: this.#hereDocument(document) };
    const quoted = this.#skip(/"(?:[^"\\\n]|\\.)*"/y);
    if (quoted !== undefined) return { kind: 'text', text: this.#unescaped(quoted) };
    const number = this.#skip(/[+-]?(?:0x[\da-f]+|\d+(?:\.\d+)?(?:e[+-]?\d+)?)(?![\w.])/iy);
    if (number !== undefined) return { kind: 'number', text: number, value: Number(number) };
    const word = this.#skip(/[\p{L}_][\p{L}\p{N}_.-]*/uy);
    if (word !== undefined) return { kind: 'word', text: word };
    const sign = this.#skip(/[={}[\],:]/y);
    if (sign !== undefined) return { kind: 'sign', text: sign };
    throw this.#error(`"${this.#text.slice(this.#at, this.#at + 10)}" is not understood`);
  }

  #skip(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const [found] = pattern.exec(this.#text) ?? [];
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  #hereDocument(opening: string): string {
    const [, dash, mark = ''] = /^<<(-?)([\w.-]+)/.exec(opening) ?? [];
    const lines: string[] = [];
    for (;;) {
      const line = this.#skip(/[^\n]*(?:\n|$)/y) ?? '';
      if (line.trim() === mark) break;
      if (line === '') throw this.#error(`the end "${mark}" of a text is missing`);
      lines.push(line);
    }
    if (dash === '') return lines.join('');
    const indents = lines.filter((line) => line.trim() !== '').map((line) => line.search(/\S/));
    const indent = indents.reduce((least, one) => Math.min(least, one), Infinity);
    return lines.map((line) => line.slice(Math.min(indent, line.search(/\S|$/)))).join('');
  }

  #unescaped(quoted: string): string {
    try {
      return String(JSON.parse(quoted));
    } catch {
      throw this.#error(`${quoted} has an escape that is not understood`);
    }
  }

  #error(problem: string): HclError {
    const line = this.#text.slice(0, this.#at).split('\n').length;
    return new HclError(`line ${line}: ${problem}`);
  }
}
