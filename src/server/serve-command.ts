import { parseServeArguments } from './config.ts';
import { printLine } from './print.ts';

/**
 * Runs a member as this process until a signal ends it; returns the exit code. The member's code is loaded only if a
 * member starts, not for help, version or a mistake in the command line.
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
