import { existsSync, readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';

/** "file:///…/dist/chunks/serve-YOYTAAEV.js:51133:20", as it stands in a stack. */
const place = /(file:\/\/[^\s()]+\.js):(\d+):(\d+)/g;

/** One for each file of the build in which something has failed; false if the file has none. */
const maps = new Map<string, SourceMap | false>();

/**
 * A stack that names our files and lines instead of those of the bundle. The maps are read when the first stack is
 * printed: to have Node.js do it (`--enable-source-maps`) costs every start more than loading the program.
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

/** Gives an error and its causes such stacks, so that whatever prints them names our files. */
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
    map = existsSync(path) && new SourceMap(JSON.parse(readFileSync(path, 'utf8')));
    maps.set(file, map);
  }
  return map;
}
