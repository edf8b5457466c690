import { isSingleKey, prefixRange } from '../base/key.ts';
import type { Key, KeyRange } from '../base/key.ts';

/**
 * The prefixes below which deletions are noted, and how many segments at the end of a key are not part of its directory:
 * all checks of a service are one directory, because an answer about a service depends on all of them.
 */
const prefixes: readonly { readonly prefix: string; readonly leaves: 1 | 2 }[] = [
  { prefix: '/services/', leaves: 1 },
  { prefix: '/checks/', leaves: 2 },
  { prefix: '/heartbeats/', leaves: 2 },
  { prefix: '/consul/', leaves: 1 },
];

const slash = 0x2f;
/** The second characters of the prefixes: most other keys are told apart by it. */
const initials = new Set(prefixes.map(({ prefix }) => prefix.charCodeAt(1)));

/**
 * The directory of a key in which deletions are noted, with its last slash; undefined for all other keys.
 *
 *   /services/payment/a        /services/payment/
 *   /checks/payment/a/http     /checks/payment/
 *   /checks/a                  /checks/
 */
export function directoryOf(key: Key): string | undefined {
  if (key.charCodeAt(0) !== slash || !initials.has(key.charCodeAt(1))) return undefined;
  for (const { prefix, leaves } of prefixes) {
    if (!key.startsWith(prefix)) continue;
    let end = key.lastIndexOf('/');
    if (leaves === 2) end = Math.max(key.lastIndexOf('/', end - 1), prefix.length - 1);
    return key.slice(0, end + 1);
  }
  return undefined;
}

/**
 * The directories that begin before a range and may have keys in it. The others with keys in it are in the range
 * themselves.
 */
export function directoriesAround(range: KeyRange): readonly string[] {
  const own = directoryOf(range.start);
  if (own === undefined) return [];
  if (isSingleKey(range) || prefixRange(range.start).end === range.end) return [own];
  const around = [own];
  for (let end = own.lastIndexOf('/'); end > 0; end = own.lastIndexOf('/', end - 1)) {
    around.push(own.slice(0, end + 1));
  }
  return around;
}

/** The same text in memory of its own: a part of a longer text keeps all of it. */
export function copyOf(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1');
}
