import type { CliIo } from './io.ts';

/** All of standard input. */
export async function readInput(io: CliIo): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const part of io.stdin as AsyncIterable<Uint8Array | string>) {
    parts.push(Buffer.from(part));
  }
  return Buffer.concat(parts);
}
