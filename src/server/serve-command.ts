import { parseServeArguments } from './config.ts';
import { printLine } from './print.ts';

/**
 * Runs a member as this process until a signal ends it; gives the exit code. The member's code is loaded only if the
 * command line asks for a member, and not for its help, its version or a mistake in it.
 */
export async function serveCommand(argv: readonly string[]): Promise<number> {
  const parsed = parseServeArguments(argv, process.env);
  if (parsed.kind === 'print') {
    printLine(parsed.exitCode === 0 ? 'stdout' : 'stderr', parsed.text);
    return parsed.exitCode;
  }
  const { serve } = await import('./serve.ts');
  return await serve(parsed.config, parsed.notices);
}
