import { callHeaders } from './call.ts';
import { headOf } from '../large-message.ts';
import type { LargeMessage, NestedPart, Part } from '../large-message.ts';
import type { HttpResponse } from '../http/index.ts';

/** The fields around a part, the outermost first. */
type Path = readonly NestedPart[];

/**
 * The JSON form of a large message, in pieces of text. `jsonOf` gives that of a small message of the same type: each part
 * is wrapped in the fields around it, converted, and unwrapped again.
 */
export function* largeJson(
  message: LargeMessage,
  jsonOf: (bytes: Uint8Array) => Record<string, unknown>,
): Generator<string, void> {
  yield* objectText(message.parts, [], jsonOf);
}

function* objectText(
  parts: readonly Part[],
  path: Path,
  jsonOf: (bytes: Uint8Array) => Record<string, unknown>,
): Generator<string, void> {
  let comma = '';
  /** The repeated field whose elements are being written. */
  let list: string | undefined;
  const begin = (name: string, repeated: boolean): string => {
    if (repeated && list === name) return ',';
    const start = `${list === undefined ? '' : ']'}${comma}${JSON.stringify(name)}:`;
    comma = ',';
    list = repeated ? name : undefined;
    return repeated ? `${start}[` : start;
  };
  yield '{';
  for (const part of parts) {
    if (!(part instanceof Uint8Array)) {
      yield begin(part.name, part.repeated);
      yield* objectText(part.parts, [...path, part], jsonOf);
      continue;
    }
    let text = '';
    for (const [name, value] of Object.entries(unwrapped(path, jsonOf(wrapped(path, part))))) {
      const repeated = Array.isArray(value);
      text +=
        begin(name, repeated) +
        (repeated ? JSON.stringify(value).slice(1, -1) : JSON.stringify(value));
    }
    if (text !== '') yield text;
  }
  yield list === undefined ? '}' : ']}';
}

function wrapped(path: Path, part: Uint8Array): Uint8Array {
  return path.reduceRight<Uint8Array>(
    (inner, { field }) => Buffer.concat([headOf({ field, parts: [inner] }), inner]),
    part,
  );
}

function unwrapped(path: Path, json: Record<string, unknown>): object {
  let object: unknown = json;
  for (const { name, repeated } of path) {
    const held: unknown = Reflect.get(Object(object), name);
    object = repeated && Array.isArray(held) ? held[0] : held;
  }
  return Object(object);
}

/** Sends JSON in pieces, one in a turn, and no faster than it is read. */
export async function sendLargeJson(
  response: HttpResponse,
  pieces: Iterable<string>,
  turn: () => Promise<void>,
): Promise<void> {
  response.writeHead(200, { 'Content-Type': 'application/json', ...callHeaders });
  try {
    for (const piece of pieces) {
      if (response.destroyed) return;
      if (response.write(piece)) continue;
      await drained(response);
      await turn();
    }
    response.end();
  } catch {
    // The status is sent already: only a broken connection shows that the response is not complete.
    response.destroy();
  }
}

/** Resolves when more can be written, or the response is closed. */
function drained(response: HttpResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      response.off('drain', done);
      response.off('close', done);
      resolve();
    };
    response.on('drain', done);
    response.on('close', done);
    if (response.destroyed) done();
  });
}
