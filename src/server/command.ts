import { statSync } from 'node:fs';
import { runCli } from '../cli/index.ts';
import { ownVersion } from './config/about.ts';

/** Carries out one command for people; gives the exit code. The server's own code is loaded only where it is needed. */
export function runCommand(argv: readonly string[]): Promise<number> {
  const interrupted = new AbortController();
  process.once('SIGINT', () => {
    interrupted.abort();
    // Whoever is in a hurry presses it again.
    process.once('SIGINT', () => process.exit(130));
  });
  const { stdin, stdout, stderr, env } = process;
  return runCli(
    argv,
    { stdin, stdout, stderr, env, interrupted: interrupted.signal },
    {
      version: ownVersion(),
      serve: async (args) => {
        const { serveCommand } = await import('./serve-command.ts');
        return serveCommand(args);
      },
      restoreSnapshot: async ({ snapshotPath, onProgress, ...target }) => {
        const { restoreBackup } = await import('./restore.ts');
        const totalBytes = statSync(snapshotPath).size;
        await restoreBackup(snapshotPath, target, ({ doneBytes }) =>
          onProgress(doneBytes / totalBytes),
        );
      },
      inspectSnapshot: async (path) => {
        const { inspectBackup } = await import('./restore.ts');
        const { hash, header } = await inspectBackup(path);
        return {
          hash,
          revision: header.revision,
          totalKeys: header.keys,
          totalSizeBytes: statSync(path).size,
          version: `rollcall format ${header.format}`,
        };
      },
    },
  );
}
