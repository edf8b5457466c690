import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { connectServiceManager } from '../../src/platform/index.ts';
import type { LogFields, Logger } from '../../src/base/logger.ts';
import { silentLogger } from '../../src/base/logger.ts';
import { eventually } from '../cluster/processes.ts';

// It has no package of its own to load.
vi.mock('node:module', () => ({
  createRequire: () => (name: string) => {
    throw new Error(`Cannot find module '${name}'`);
  },
}));

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'rollcall-notify-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

function recorder(): { readonly logger: Logger; readonly warnings: string[] } {
  const warnings: string[] = [];
  const warn = (message: string, fields: LogFields = {}): void => {
    warnings.push(`${message} ${String(fields['error'])}`);
  };
  return { logger: { ...silentLogger, warn }, warnings };
}

test('without koffi systemd-notify is used, and the log says what to do', async () => {
  const directory = folder();
  const program = join(directory, 'systemd-notify');
  writeFileSync(program, `#!/bin/sh\necho "$1 to $NOTIFY_SOCKET" >> ${directory}/said\n`);
  chmodSync(program, 0o755);
  vi.stubEnv('PATH', `${directory}:/usr/bin:/bin`);
  onTestFinished(() => void vi.unstubAllEnvs());

  const { logger, warnings } = recorder();
  const manager = connectServiceManager({ NOTIFY_SOCKET: '@name' }, logger);
  expect(warnings).toEqual([
    expect.stringMatching(/NotifyAccess=all.*koffi.*Cannot find module 'koffi'/),
  ]);
  manager.ready();
  await eventually('what was said', () =>
    Promise.resolve(readFileSync(join(directory, 'said'), 'utf8') || undefined),
  );
  expect(readFileSync(join(directory, 'said'), 'utf8')).toBe('READY=1 to @name\n');
});

test('where there is no way at all, the log says so and nothing else happens', async () => {
  vi.stubEnv('PATH', folder());
  onTestFinished(() => void vi.unstubAllEnvs());
  const { logger, warnings } = recorder();
  connectServiceManager({ NOTIFY_SOCKET: '/run/systemd/notify' }, logger).ready();
  await eventually('the second warning', () => Promise.resolve(warnings[1]));
  expect(warnings[1]).toMatch(/^the service manager cannot be told .*systemd-notify ENOENT/);
});

test.each([undefined, '', 'relative', '/'])('a socket of %j is none', (socket) => {
  const { logger, warnings } = recorder();
  const manager = connectServiceManager({ NOTIFY_SOCKET: socket }, logger);
  manager.ready();
  manager.stopping();
  expect(warnings).toEqual([]);
});
