import { createRequire } from 'node:module';
import type * as re2js from 're2js';

/** A regular expression in the syntax of Go, which takes time in proportion to the text, whatever it is. */
export type RegularExpression = re2js.RE2JS;

/** The library is loaded with the first expression: most members never see one. */
const requireHere = createRequire(import.meta.url);

/** Throws the library's error if the text is none. */
export function compilePattern(text: string): RegularExpression {
  const library: typeof re2js = requireHere('re2js');
  return library.RE2JS.compile(text);
}
