import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, test } from 'vitest';
import { markdownFiles } from './markdown.ts';

const root = join(import.meta.dirname, '../..');

/** A link of a document, or an image: where it stands, and where it leads. */
interface Link {
  readonly file: string;
  readonly line: number;
  readonly target: string;
}

const links = markdownFiles().flatMap((file) => linksOf(file, read(file)));

function read(file: string): string {
  return readFileSync(join(root, file), 'utf8');
}

function linksOf(file: string, text: string): Link[] {
  const prose = withoutCode(text);
  const inline = prose.matchAll(/\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)/g);
  const defined = prose.matchAll(/^\[[^\]]+\]:\s*<?([^\s>]+)>?/gm);
  return [...inline, ...defined].map((match) => ({
    file,
    line: prose.slice(0, match.index).split('\n').length,
    target: match[1] ?? '',
  }));
}

/** The text with its code blanked out, line by line. */
function withoutCode(text: string): string {
  return text
    .replaceAll(/^( *)(```|~~~)[\s\S]*?^\1\2/gm, (block) => block.replaceAll(/[^\n]/g, ' '))
    .replaceAll(/`[^`\n]*`/g, (code) => ' '.repeat(code.length));
}

/** The names that GitHub gives to the headings of a document; a repeated one gets a number. */
function anchorsOf(text: string): ReadonlySet<string> {
  const found = new Set<string>();
  const headings = text
    .replaceAll(/^( *)(```|~~~)[\s\S]*?^\1\2/gm, '')
    .matchAll(/^#{1,6}\s+(.+?)\s*#*$/gm);
  for (const [, heading = ''] of headings) {
    const name = heading
      .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .replaceAll('`', '')
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\p{M}\s_-]/gu, '')
      .replaceAll(' ', '-');
    let anchor = name;
    for (let count = 1; found.has(anchor); count++) anchor = `${name}-${count}`;
    found.add(anchor);
  }
  return found;
}

/** Why a link leads nowhere; undefined if it does not. */
function problemOf({ file, target }: Link): string | undefined {
  if (/^(?:https?|mailto):/.test(target)) {
    return URL.canParse(target) ? undefined : 'is no URL';
  }
  const [path = '', anchor] = target.split('#');
  const full = path === '' ? join(root, file) : join(root, dirname(file), decodeURIComponent(path));
  if (relative(root, full).startsWith('..')) return 'leaves the repository';
  if (!existsSync(full)) return 'names a file that is not there';
  if (anchor === undefined) return undefined;
  if (statSync(full).isDirectory() || !full.endsWith('.md'))
    return 'names a heading of no document';
  return anchorsOf(readFileSync(full, 'utf8')).has(anchor) ? undefined : 'names no heading';
}

test('every link of every document leads to a file and a heading', () => {
  const broken = links.flatMap((link) => {
    const problem = problemOf(link);
    return problem === undefined ? [] : [`${link.file}:${link.line} ${link.target} ${problem}`];
  });

  expect(broken).toEqual([]);
  expect(links.length).toBeGreaterThan(30);
});

test('a link to a missing file, a missing heading or out of the repository is found', () => {
  const text = [
    '# One `two` (three)',
    '[good](README.md#more) [also](#one-two-three) `[code](none.md)`',
    '```text',
    '[code](none.md)',
    '```',
    '[gone](none.md) [out](../../elsewhere.md)',
    '[heading](README.md#nowhere) [source](package.json#scripts)',
  ].join('\n');
  const found = linksOf('README.md', text);

  expect(found.map(({ line }) => line)).toEqual([2, 2, 6, 6, 7, 7]);
  expect(anchorsOf(text)).toEqual(new Set(['one-two-three']));
  expect(found.slice(2).map(problemOf)).toEqual([
    'names a file that is not there',
    'leaves the repository',
    'names no heading',
    'names a heading of no document',
  ]);
});
