/**
 * Flags as Go's programs take them: `-name value`, `-name=value`, one dash or two, up to the first word that is no
 * flag. Errors are in Go's words, which scripts look for.
 */
export interface GoFlag {
  readonly name: string;
  /** A `switch` stands alone, or has `=true` or `=false`. */
  readonly kind: 'switch' | 'text' | 'number';
  /** In the help, for the value: `-node=<name>`. */
  readonly value?: string;
  /** A line for the help; without it the flag is not shown there. */
  readonly help?: string;
}

/** A command line that cannot be understood. */
export class GoFlagError extends Error {
  override readonly name = 'GoFlagError';
}

/** The flags of a command line, and the words behind them. */
export class GoFlags {
  readonly rest: readonly string[];
  /** `-h` or `-help` was there. */
  readonly asksForHelp: boolean;
  readonly #values: ReadonlyMap<string, readonly string[]>;

  constructor(
    values: ReadonlyMap<string, readonly string[]>,
    rest: readonly string[],
    asksForHelp: boolean,
  ) {
    this.#values = values;
    this.rest = rest;
    this.asksForHelp = asksForHelp;
  }

  /** Every value of a flag that can be given several times. */
  all(name: string): readonly string[] {
    return this.#values.get(name) ?? [];
  }

  text(name: string): string | undefined {
    return this.all(name).at(-1);
  }

  number(name: string): number | undefined {
    const text = this.text(name);
    return text === undefined ? undefined : Number(text);
  }

  /** Undefined: it was not given. */
  switch(name: string): boolean | undefined {
    const text = this.text(name);
    return text === undefined ? undefined : booleanOf(text);
  }

  isOn(name: string): boolean {
    return this.switch(name) === true;
  }

  get names(): readonly string[] {
    return [...this.#values.keys()];
  }
}

/** Reads a command line; throws a {@link GoFlagError}. */
export function parseGoFlags(words: readonly string[], flags: readonly GoFlag[]): GoFlags {
  const values = new Map<string, string[]>();
  const byName = new Map(flags.map((flag) => [flag.name, flag]));
  let at = 0;
  for (; at < words.length; at++) {
    const word = words[at] ?? '';
    if (word === '--') {
      at++;
      break;
    }
    if (!word.startsWith('-') || word === '-') break;
    const [, name = '', isGiven, given = ''] = /^--?([^-=][^=]*)(=(.*))?$/s.exec(word) ?? [];
    if (name === '') throw new GoFlagError(`bad flag syntax: ${word}`);
    const flag = byName.get(name);
    if (flag === undefined) {
      if (name === 'h' || name === 'help') return new GoFlags(values, [], true);
      throw new GoFlagError(`flag provided but not defined: -${name}`);
    }
    let value = given;
    if (isGiven === undefined) {
      if (flag.kind === 'switch') value = 'true';
      else {
        const next = words[++at];
        if (next === undefined) throw new GoFlagError(`flag needs an argument: -${name}`);
        value = next;
      }
    }
    check(flag, value);
    values.set(name, [...(values.get(name) ?? []), value]);
  }
  return new GoFlags(values, words.slice(at), false);
}

function check({ name, kind }: GoFlag, value: string): void {
  if (kind === 'switch' && booleanOf(value) === undefined) {
    throw new GoFlagError(
      `invalid boolean value ${JSON.stringify(value)} for -${name}: strconv.ParseBool: ` +
        `parsing ${JSON.stringify(value)}: invalid syntax`,
    );
  }
  if (kind === 'number' && !/^[+-]?\d{1,15}$/.test(value)) {
    throw new GoFlagError(
      `invalid value ${JSON.stringify(value)} for flag -${name}: strconv.Atoi: ` +
        `parsing ${JSON.stringify(value)}: invalid syntax`,
    );
  }
}

function booleanOf(text: string): boolean | undefined {
  if (['1', 't', 'T', 'true', 'TRUE', 'True'].includes(text)) return true;
  if (['0', 'f', 'F', 'false', 'FALSE', 'False'].includes(text)) return false;
  return undefined;
}

/** The flags for people, one a line. */
export function goFlagsHelp(flags: readonly GoFlag[]): string {
  const shown = flags.filter(({ help }) => help !== undefined);
  return shown
    .map(({ name, kind, value, help }) => {
      const head = `  -${name}${kind === 'switch' ? '' : `=<${value ?? 'value'}>`}`;
      return `${head}\n      ${help}`;
    })
    .join('\n');
}
