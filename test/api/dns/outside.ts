import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';
import { test } from 'vitest';
import type { TestFunction } from 'vitest';
import { Rollcall } from '../../../src/client/index.ts';
import { startServer } from '../../../src/server/index.ts';
import type { EmbeddedMember, StartOptions } from '../../../src/server/index.ts';
import { everythingMustRun } from '../../compatibility/targets.ts';

/** A member that answers DNS, for programs from outside. */
export interface DnsMember {
  readonly member: EmbeddedMember;
  readonly client: Rollcall;
  readonly port: number;
}

export async function startDnsMember(options: Partial<StartOptions> = {}): Promise<DnsMember> {
  const member = await startServer({ dnsListen: ['127.0.0.1:0'], ...options });
  await member.ready;
  const client = new Rollcall({ endpoints: [...member.clientUrls] });
  return { member, client, port: member.dnsPorts[0] ?? 0 };
}

export async function stopDnsMember({ member, client }: DnsMember): Promise<void> {
  client.close();
  await member.stop();
}

/** A program that a test needs, and how to see that it is there. */
export interface Outside {
  readonly command: string;
  readonly args: readonly string[];
  /** Its package in Debian. */
  readonly install: string;
}

/** A test that is skipped without its program, but not in CI. */
export function testWith(
  { command, args, install }: Outside,
  name: string,
  body: TestFunction,
): void {
  const isThere = spawnSync(command, args).status === 0;
  if (!isThere) console.log(`"${name}" needs: apt-get install ${install}`);
  test.skipIf(!isThere && !everythingMustRun)(name, body);
}

/** What a program writes to its standard output. */
export async function outputOf(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const options = { env: { ...process.env, ...env }, timeout: 20_000 };
  return (await promisify(execFile)(command, args, options)).stdout;
}
