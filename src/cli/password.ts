import { readFileSync } from 'node:fs';
import { CliFailure, exitCodes, usageError } from './exit.ts';
import { readInput } from './input.ts';
import type { CliIo } from './io.ts';
import type { GlobalOptions } from './options.ts';

/** The user that commands act as; empty: none was given. */
export interface GivenCredentials {
  readonly user?: string;
  readonly password?: string;
  readonly token?: string;
}

/** From flags, variables, a file, or a question at the terminal, in this order. */
export async function credentialsOf(
  { user: given, password, passwordFile, token }: GlobalOptions,
  io: CliIo,
): Promise<GivenCredentials> {
  if (given === undefined) return token === undefined ? {} : { token };
  // As in etcdctl: with a password of its own, the name may hold colons.
  if (password !== undefined) return { user: given, password };
  if (passwordFile !== undefined) return { user: given, password: passwordIn(passwordFile) };
  const colon = given.indexOf(':');
  if (colon >= 0) return { user: given.slice(0, colon), password: given.slice(colon + 1) };
  return { user: given, password: await askPassword(io, 'Password: ') };
}

/** The first line of a file. */
export function passwordIn(file: string): string {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw usageError(`cannot read ${file}: ${error instanceof Error ? error.message : ''}`);
  }
  return text.split(/\r?\n/, 1)[0] ?? '';
}

/** The first line of standard input, which is no terminal. */
export async function passwordFromInput(io: CliIo): Promise<string> {
  const text = Buffer.from(await readInput(io)).toString('utf8');
  return text.split(/\r?\n/, 1)[0] ?? '';
}

/** Asks at the terminal, which does not show what is typed. */
export async function askPassword(io: CliIo, question: string): Promise<string> {
  const { stdin, stderr, interrupted } = io;
  if (stdin.isTTY !== true || stdin.setRawMode === undefined) {
    throw usageError(
      'the password is missing, and there is no terminal to ask for it; give --password-file, or $ROLLCALL_PASSWORD',
    );
  }
  stderr.write(question);
  stdin.setRawMode(true);
  try {
    return await typedLine(stdin, interrupted);
  } finally {
    stdin.setRawMode(false);
    stdin.pause();
    stderr.write('\n');
  }
}

/** A password is not longer. */
const typedMax = 1024;

function typedLine(stdin: CliIo['stdin'], interrupted: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    let line = '';
    const leave = (): void => {
      stdin.off('data', typed);
      interrupted.removeEventListener('abort', given);
    };
    const given = (): void => {
      leave();
      reject(new CliFailure(exitCodes.failed, 'no password was given'));
    };
    const typed = (bytes: Uint8Array | string): void => {
      for (const character of Buffer.from(bytes).toString('utf8')) {
        if (character === '\r' || character === '\n' || character === '\u0004') {
          leave();
          resolve(line);
          return;
        }
        if (character === '\u0003') return given();
        if (character === '\u007f' || character === '\b') line = line.slice(0, -1);
        else if (line.length < typedMax) line += character;
      }
    };
    interrupted.addEventListener('abort', given, { once: true });
    stdin.on('data', typed);
    stdin.resume();
  });
}
