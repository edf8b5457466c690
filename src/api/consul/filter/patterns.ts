import { BadExpression } from './syntax.ts';
import { compilePattern } from './regular-expression.ts';
import { weightOf } from './weight.ts';

/** Of one pattern. */
const lengthMax = 1000;
/** Of all patterns of one expression: compiling one takes time and memory in proportion to its weight. */
const weightMax = 1000;
/** A pattern of weight 1 goes through so many characters in one step. */
const charactersInStep = 4;

export interface Pattern {
  /** The most that a look at a text takes, in steps of a filter. */
  readonly steps: (text: string) => number;
  /** True if it matches a part of the text. */
  readonly isIn: (text: string) => boolean;
}

/** The patterns of one expression, in the syntax of Go. A look takes time in proportion to the text, whatever the pattern. */
export class Patterns {
  #weightLeft = weightMax;

  /** Throws `BadExpression`. */
  compile(text: string): Pattern {
    if (text.length > lengthMax) {
      throw cannotCompile(`it has ${text.length} characters, and at most ${lengthMax} are taken`);
    }
    const weight = weightOf(text);
    this.#weightLeft -= weight;
    if (this.#weightLeft < 0) {
      throw cannotCompile(
        `with its repetitions written out, it has more than ${weightMax} signs, together with the patterns before it`,
      );
    }
    try {
      const pattern = compilePattern(text);
      return {
        steps: ({ length }) => 1 + Math.ceil((length * weight) / charactersInStep),
        isIn: (value) => pattern.matcher(value).find(),
      };
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new BadExpression(
        `Failed to compile regular expression ${JSON.stringify(text)}: ${reason}`,
      );
    }
  }
}

function cannotCompile(reason: string): BadExpression {
  return new BadExpression(`Failed to compile regular expression: ${reason}`);
}
