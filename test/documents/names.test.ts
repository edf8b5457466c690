import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

/**
 * Documents for developers name files and methods. Each name must exist: a file in the project or below `src`, and a
 * class or interface of `src` that has the member.
 */
const documents = [
  'docs/architecture.md',
  'docs/development.md',
  'docs/simulation.md',
  ...pathsBelow('docs/source', '.md'),
];

const sources = pathsBelow('src', '.ts').map((path) => readFileSync(path, 'utf8'));

/** The text of each class and interface by name, to its closing brace at the start of a line. */
const declarations = new Map<string, string>();
for (const source of sources) {
  const found = source.matchAll(
    /^(?:export )?(?:abstract )?(?:class|interface) (\w+)[\s\S]*?^\}/gm,
  );
  for (const [text, name = ''] of found) {
    declarations.set(name, (declarations.get(name) ?? '') + text);
  }
}

for (const document of documents) {
  const names = [...readFileSync(document, 'utf8').matchAll(/`([^`\n]+)`/g)].map(
    ([, name = '']) => name,
  );

  test(`the files that ${document} names exist`, () => {
    const files = names.filter((name) => /^[\w./-]+\.(?:ts|mjs|md|txt|proto)$/.test(name));
    const folder = folderOf(document);
    const places = [
      '.',
      'src',
      'test',
      'test/simulation',
      ...(folder === undefined ? [] : [folder]),
    ];
    const missing = files.filter((name) => !places.some((place) => existsSync(join(place, name))));
    expect(missing).toEqual([]);
  });

  test(`the classes that ${document} names have the members that it names`, () => {
    const missing = names.flatMap((name) => {
      const [, type = '', member = ''] = /^([A-Z]\w+)\.(#?\w+)$/.exec(name) ?? [];
      if (type === '' || existsSync(name)) return [];
      return hasMember(declarations.get(type) ?? '', member) ? [] : [name];
    });
    expect(missing).toEqual([]);
  });
}

/** The folder of `src` that a page is about. */
function folderOf(document: string): string | undefined {
  const [, folder] = /^docs\/source\/(\w+)\.md$/.exec(document) ?? [];
  return folder === undefined ? undefined : join('src', folder);
}

function hasMember(declaration: string, member: string): boolean {
  return new RegExp(String.raw`(?:^|[^\w#])${member}\s*[(<:;=?]`).test(declaration);
}

function pathsBelow(folder: string, ending: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(ending))
    .map((name) => join(folder, name).replaceAll('\\', '/'))
    .toSorted();
}
