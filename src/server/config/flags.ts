import { auditGroup } from './audit-settings.ts';
import { checkGroup } from './check-settings.ts';
import type { Flag, FlagGroup, SettingFlag } from './flag.ts';
import { otherGroups } from './other-flags.ts';
import { settingGroups } from './settings.ts';
import { tlsGroup } from './tls-settings.ts';

/** All flags. Command line, environment, file, help and `docs/flags.md` follow from this table. */
export const flagGroups: readonly FlagGroup[] = [
  ...settingGroups,
  tlsGroup,
  checkGroup,
  auditGroup,
  ...otherGroups,
];

const byName: ReadonlyMap<string, Flag> = new Map(
  flagGroups.flatMap(({ flags }) => flags).map((flag) => [flag.name, flag]),
);

/** etcd's experimental flags became ordinary ones under the name without the prefix; both names are accepted. */
export function findFlag(name: string): Flag | undefined {
  return byName.get(name) ?? byName.get(name.replace(/^experimental-/, ''));
}

export function settingFlags(): readonly SettingFlag[] {
  return [...byName.values()].filter((flag) => 'field' in flag);
}

/** The most similar name, if one is near. */
export function nearestFlag(name: string): string | undefined {
  const nearest = [...byName.keys()]
    .map((known) => ({ known, distance: distance(name, known) }))
    .toSorted((a, b) => a.distance - b.distance)[0];
  return nearest !== undefined && nearest.distance <= Math.max(1, name.length / 4)
    ? nearest.known
    : undefined;
}

/** The edit distance of two words. */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let index = 0; index < from.length; index += 1) {
    const next = [index + 1];
    for (let column = 0; column < to.length; column += 1) {
      const changed = (row[column] ?? 0) + (from[index] === to[column] ? 0 : 1);
      next.push(Math.min(changed, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
