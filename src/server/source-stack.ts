import { existsSync, readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';

/** "file:///…/dist/chunks/serve-YOYTAAEV.js:51133:20", as it is in a stack. */
const place = /(file:\/\/[^\s()]+\.js):(\d+):(\d+)/g;

/** Source maps of build files that occurred in a stack; false if a file has none. */
const maps = new Map<string, SourceMap | false>();

/**
 * Maps a stack to source files and lines. The maps are read when the first stack is printed: Node.js' own way
 * (`--enable-source-maps`) costs every start more than loading the program.
 */
export function sourceStack(stack: string): string {
  return stack.replaceAll(place, (whole, file: string, line: string, column: string) => {
    const map = mapOf(file);
    if (map === false) return whole;
    const found = map.findEntry(Number(line) - 1, Number(column) - 1);
    if (!('originalSource' in found)) return whole;
    const source = new URL(found.originalSource, file).href;
    return `${source}:${found.originalLine + 1}:${found.originalColumn + 1}`;
  });
}

/** Maps the stacks of an error and its causes in place. */
export function nameSources(error: unknown): void {
  const seen = new Set<unknown>();
  for (let one = error; one instanceof Error && !seen.has(one); one = one.cause) {
    seen.add(one);
    if (one.stack !== undefined) one.stack = sourceStack(one.stack);
  }
}

function mapOf(file: string): SourceMap | false {
  let map = maps.get(file);
  if (map === undefined) {
    const path = new URL(`${file}.map`);
    try {
      map = existsSync(path) && new SourceMap(JSON.parse(readFileSync(path, 'utf8')));
    } catch {
      // The error that is being told may be that no more files can be opened.
      return false;
    }
    maps.set(file, map);
  }
  return map;
}
