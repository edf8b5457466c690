import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { flagsPage } from '../../src/server/config/help.ts';

test('docs/flags.md is what "npx tsx scripts/flags.ts" writes', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/flags.md'), 'utf8');
  expect(page).toBe(flagsPage());
});
