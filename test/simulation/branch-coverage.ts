import { Session } from 'node:inspector/promises';
import { findSourceMap } from 'node:module';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readFileSync } from 'node:fs';

/** Counts from now on which blocks of some files run. Costs about half of the speed. */
export async function branchCoverage(files: RegExp): Promise<{ report(): Promise<string> }> {
  const session = new Session();
  session.connect();
  await session.post('Debugger.enable');
  await session.post('Profiler.enable');
  await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  return {
    async report() {
      const { result } = await session.post('Profiler.takePreciseCoverage');
      const lines: string[] = [];
      for (const { url, scriptId, functions } of result) {
        if (!files.test(url)) continue;
        const { scriptSource } = await session.post('Debugger.getScriptSource', { scriptId });
        const missed = functions
          .flatMap(({ ranges }) => ranges)
          .filter(({ count }) => count === 0)
          .map(({ startOffset }) => lineOf(url, scriptSource, startOffset))
          // Text added by the compiler counts as the first line.
          .filter((line) => line > 1);
        const source = readFileSync(fileURLToPath(url), 'utf8').split('\n');
        const unique = [...new Set(missed)].toSorted((a, b) => a - b);
        lines.push(`${basename(url)}: ${unique.length} branches never taken`);
        for (const line of unique) lines.push(`  ${line}: ${source[line - 1]?.trim() ?? ''}`);
      }
      session.disconnect();
      return lines.join('\n');
    },
  };
}

/** Maps an offset in the running code to the line of the source file. */
function lineOf(url: string, source: string, offset: number): number {
  const before = source.slice(0, offset).split('\n');
  const line = before.length - 1;
  const column = before.at(-1)?.length ?? 0;
  const entry = findSourceMap(url)?.findEntry(line, column);
  return entry !== undefined && 'originalLine' in entry ? entry.originalLine + 1 : line + 1;
}
