import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { nameSources, sourceStack } from '../../src/server/source-stack.ts';

test('a map that cannot be read leaves the stack as it is, for the error may be just that', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-stack-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, 'chunk.js.map'));
  const stack = `Error: EMFILE\n    at open (${pathToFileURL(join(folder, 'chunk.js')).href}:12:3)`;

  expect(sourceStack(stack)).toBe(stack);

  const error = new Error('EMFILE');
  error.stack = stack;
  nameSources(error);
  expect(error.stack).toBe(stack);
});
