import type { SeededRandom } from '../simulation/random.ts';

/** A part of the product that strangers send bytes to, and the rules that hold for whatever they send. */
export interface Target {
  readonly name: string;
  /** Parts of the paths of the files whose coverage guides the search. */
  readonly files: readonly string[];
  readonly inputBytesMax: number;
  /** Inputs to begin with; most of them are well-formed. */
  readonly seeds: readonly Buffer[];
  /** Changes an input in the terms of its format. `other` is another input, to take parts from. */
  mutate(input: Buffer, other: Buffer, random: SeededRandom): Buffer;
  /** Sends one input. Resolves to the rule that was broken, if one was. */
  run(input: Buffer): Promise<string | undefined>;
  /** Sends well-formed requests after many inputs. Resolves to what is wrong with the answers. */
  check(): Promise<string | undefined>;
  close(): Promise<void>;
}

/** An input that breaks a rule. */
export interface Finding {
  readonly failure: string;
  readonly input: Buffer;
}
