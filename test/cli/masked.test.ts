import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { onTestFinished, expect, test } from 'vitest';
import { maskedWords } from '../../src/cli/index.ts';
import { rollcall } from '../cluster/processes.ts';

test.each([
  [
    ['--user', 'ann:secret', 'get', 'a:b'],
    ['--user', 'ann:***', 'get', 'a:b'],
  ],
  [
    ['--user=ann:se:cret', 'put', 'a', '--', '--password'],
    ['--user=ann:***', 'put', 'a', '--', '--password'],
  ],
  [
    ['--user', 'ann', '--password', 'secret', 'get', 'a'],
    ['--user', 'ann', '--password', '***', 'get', 'a'],
  ],
  [
    ['--password=secret', 'watch', 'a'],
    ['--password=***', 'watch', 'a'],
  ],
  [
    ['user', 'add', 'ann:secret'],
    ['user', 'add', 'ann:***'],
  ],
  [
    ['user', 'add', 'ann', '--new-user-password', 'secret'],
    ['user', 'add', 'ann', '--new-user-password', '***'],
  ],
  [
    ['--auth-jwt-token', 'secret', 'get', 'a'],
    ['--auth-jwt-token', '***', 'get', 'a'],
  ],
])('%j is shown without its secrets', (argv, shown) => {
  expect(maskedWords(argv)).toEqual(shown);
});

test.each([
  [['get', 'a:b']],
  [['--user', 'ann', '--password-file', 'secret', 'get', 'a']],
  [['put', 'user:a', 'b:c']],
  [['--endpoints', 'http://10.0.0.1:2379', 'user', 'list']],
])('%j is shown as it is', (argv) => {
  expect(maskedWords(argv)).toBeUndefined();
});

test.skipIf(!existsSync('/proc/self/cmdline'))(
  'a password on a command line is not in the list of processes while the command runs',
  async () => {
    // Nothing answers there, so that the command waits.
    const silent = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void silent.close());
    await once(silent, 'listening');
    const address = silent.address();
    const port = typeof address === 'object' ? address?.port : 0;
    const [main = ''] = rollcall.args;
    const words = [
      `--endpoints=http://127.0.0.1:${port}`,
      '--user',
      'root:planted-5e1d',
      'get',
      'a',
    ];
    const child = spawn(rollcall.command, [main, ...words], { stdio: 'ignore' });
    onTestFinished(() => void child.kill('SIGKILL'));
    await once(silent, 'connection');

    const shown = readFileSync(`/proc/${child.pid}/cmdline`, 'utf8');
    expect(shown).toContain('--user root:*** get a');
    expect(shown).not.toContain('planted-5e1d');
  },
);
