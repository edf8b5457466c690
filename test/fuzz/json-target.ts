import { isDeepStrictEqual } from 'node:util';
import { BadJson, BodyTooLarge } from '../../src/api/gateway/json-errors.ts';
import { JsonScanner } from '../../src/api/gateway/json-scanner.ts';
import { messageOf } from '../../src/api/gateway/message-json.ts';
import { SeededRandom } from '../simulation/random.ts';
import { fieldNames, gatewayCalls, sample, surplus } from './calls.ts';
import type { GatewayCall } from './calls.ts';
import { differenceFrom } from './json-model.ts';
import { mutateJson } from './json-text.ts';
import type { Target } from './target.ts';

/** The first two bytes of an input choose the message, and how the bytes are cut up. */
const controlBytes = 2;
const inputBytesMax = 256 << 10;
/** Values of one input that are decoded: a refused one costs the most, and ends its call. */
const decodedMax = 50;
const scannerBytesMax = 128 << 10;

/**
 * The decoder of the JSON gateway, against `JSON.parse` and against itself: bytes that are cut up give the same, what is
 * accepted is what was written, and what is written again is read as the same.
 */
export function jsonTarget(): Target {
  const kinds = gatewayCalls();
  const names = fieldNames(kinds);
  const seeds = kinds.map(({ type }, at) =>
    Buffer.concat([Buffer.from([at, 0]), Buffer.from(JSON.stringify(sample(type, 3)))]),
  );
  return {
    name: 'json',
    files: ['/src/api/gateway/'],
    inputBytesMax,
    seeds,
    mutate: (input, other, random) => {
      const control = Buffer.from(input.subarray(0, controlBytes));
      if (random.chance(0.1)) control[random.between(0, 1)] = random.between(0, 255);
      const text = input.subarray(controlBytes);
      return Buffer.concat([
        control,
        mutateJson(text, other.subarray(controlBytes), random, names),
      ]);
    },
    run: (input) => {
      const [which = 0, cut = 0] = input;
      return Promise.resolve(
        wrongWith(input.subarray(controlBytes), kinds[which % kinds.length]!, cut),
      );
    },
    check: () => {
      for (const seed of seeds) {
        const { type } = kinds[seed[0]!]!;
        if (
          Object.keys(messageOf(type, seed.subarray(controlBytes))).length !==
          type.fields.length - surplus(type)
        ) {
          return Promise.resolve(`${type.name} lost a field`);
        }
      }
      return Promise.resolve(undefined);
    },
    close: () => Promise.resolve(),
  };
}

interface Scanned {
  readonly values: readonly Buffer[];
  readonly error: string | undefined;
}

/** All values of some bytes that come in pieces. */
function scanned(pieces: readonly Buffer[]): Scanned {
  const scanner = new JsonScanner({ bytesMax: scannerBytesMax });
  const values: Buffer[] = [];
  try {
    for (const piece of pieces) for (const value of scanner.take(piece)) values.push(value);
    const last = scanner.end();
    if (last !== undefined) values.push(last);
    return { values, error: undefined };
  } catch (error) {
    if (error instanceof BodyTooLarge) return { values, error: 'it is too large' };
    if (error instanceof BadJson) return { values, error: error.message };
    throw error;
  }
}

/** A body that is both too large and no JSON is refused for the one or the other, as its pieces come. */
function areAlike(one: Scanned, other: Scanned): boolean {
  const bothRefused = one.error !== undefined && other.error !== undefined;
  const isTooLarge = [one.error, other.error].includes('it is too large');
  if (bothRefused && isTooLarge) return isDeepStrictEqual(one.values, other.values);
  return isDeepStrictEqual(one, other);
}

function wrongWith(text: Buffer, kind: GatewayCall, cut: number): string | undefined {
  const pieces: Buffer[] = [];
  const random = new SeededRandom(cut);
  const sizes = random.pick([
    [1, 2, 3],
    [10, 100],
    [1000, 60_000],
  ]);
  for (let at = 0; at < text.length; at += pieces.at(-1)!.length) {
    pieces.push(text.subarray(at, at + random.pick(sizes)));
  }
  const inOne = scanned([text]);
  const inPieces = scanned(pieces);
  if (!areAlike(inOne, inPieces)) {
    return `cut up, it gives ${inPieces.values.length} values and ${inPieces.error}; in one piece ${inOne.values.length} and ${inOne.error}`;
  }
  const { values, error } = inOne;
  if (
    error !== undefined &&
    !error.includes('max depth') &&
    error !== 'it is too large' &&
    parsed(text) !== undefined
  ) {
    return `it is refused (${error}) and JSON`;
  }
  for (const value of values.slice(0, decodedMax)) {
    const wrong = wrongWithValue(value, kind);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}

/** In an object, as `undefined` is no JSON. */
function parsed(text: Buffer): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text.toString('utf8')) };
  } catch {
    return undefined;
  }
}

function wrongWithValue(text: Buffer, { type, codec }: GatewayCall): string | undefined {
  const json = parsed(text);
  if (json === undefined) return 'what is no JSON is accepted';
  let bytes: Uint8Array;
  try {
    const difference = differenceFrom(type, messageOf(type, text), json.value);
    if (difference !== undefined) return difference;
    bytes = codec.request(text);
  } catch (error) {
    if (error instanceof BadJson || error instanceof BodyTooLarge) return undefined;
    throw error;
  }
  const written = JSON.stringify(codec.response(bytes));
  const again = JSON.stringify(codec.response(codec.request(Buffer.from(written))));
  return again === written ? undefined : `${written} is read as ${again}`;
}
