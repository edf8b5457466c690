import type { IncomingMessage } from 'node:http';
import { JsonScanner } from './json-scanner.ts';

/** Who is given what a body says. Of `end` and `fail` at most one is called, once, and nothing after it. */
export interface BodyReader {
  message(json: Buffer): void;
  end(): void;
  fail(error: unknown): void;
}

/**
 * Gives a reader the JSON values of a body as they come, until it stops with the function that this returns: what
 * comes after that is thrown away, so that the connection can go on. A caller who goes away is not told of here.
 */
export function readBody(
  request: IncomingMessage,
  { bytesMax }: { readonly bytesMax: number },
  reader: BodyReader,
): () => void {
  const scanner = new JsonScanner({ bytesMax });
  let stopped = false;
  const stop = (): void => {
    if (stopped) return;
    stopped = true;
    request.off('data', take);
    request.off('end', end);
    request.resume();
  };
  const fail = (error: unknown): void => {
    if (stopped) return;
    stop();
    reader.fail(error);
  };
  const take = (bytes: Buffer): void => {
    try {
      for (const message of scanner.take(bytes)) {
        reader.message(message);
        if (stopped) return;
      }
    } catch (error) {
      fail(error);
    }
  };
  const end = (): void => {
    try {
      const last = scanner.end();
      if (last !== undefined) reader.message(last);
    } catch (error) {
      fail(error);
      return;
    }
    if (stopped) return;
    stop();
    reader.end();
  };
  request.on('data', take);
  request.on('end', end);
  return stop;
}

/** The first value of a body; a body that has none means an object without fields. */
export function firstMessage(
  request: IncomingMessage,
  { bytesMax }: { readonly bytesMax: number },
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const stop = readBody(
      request,
      { bytesMax },
      {
        message: (json) => {
          stop();
          resolve(json);
        },
        end: () => resolve(emptyObject),
        fail: reject,
      },
    );
  });
}

const emptyObject: Buffer = Buffer.from('{}');
