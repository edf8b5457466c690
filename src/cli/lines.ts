import { usageError } from './exit.ts';
import type { CliIo } from './io.ts';

/** The lines of standard input as they come. Bytes that are not UTF-8 are refused: they would become other keys. */
export async function* inputLines(io: CliIo): AsyncGenerator<string> {
  let rest = '';
  for await (const text of texts(io)) {
    const [first = '', ...others] = text.split('\n');
    const lines = [rest + first, ...others];
    rest = lines.pop() ?? '';
    for (const line of lines) yield line.replace(/\r$/, '');
  }
  if (rest !== '') yield rest;
}

async function* texts(io: CliIo): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const decode = (bytes?: Uint8Array): string => {
    try {
      return decoder.decode(bytes, { stream: bytes !== undefined });
    } catch {
      throw usageError('standard input is not UTF-8');
    }
  };
  for await (const part of io.stdin as AsyncIterable<Uint8Array | string>) {
    yield decode(Buffer.from(part));
  }
  yield decode();
}
