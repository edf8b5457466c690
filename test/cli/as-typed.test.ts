import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Rollcall } from '../../src/client/index.ts';
import { startCluster, type TestCluster } from '../client/server.ts';
import type { Outcome } from './run.ts';
import { Shell } from './shell.ts';

/** The program as it is built, driven through a shell as people type it. */
describe('command lines as people type them', () => {
  let cluster: TestCluster;
  let client: Rollcall;
  let shell: Shell;

  beforeAll(async () => {
    cluster = await startCluster();
    client = new Rollcall({ endpoints: cluster.endpoints });
    shell = new Shell({ ENDPOINT: cluster.endpoints[0] ?? '' });
    for (let index = 0; index < 200; index++) await client.put(`/many/${index}`, 'x'.repeat(2000));
    await client.put('/one', 'value');
  });
  afterAll(async () => {
    client.close();
    shell.end();
    await cluster[Symbol.asyncDispose]();
  });

  const rollcall = (line: string): Promise<Outcome> => shell.run(`rollcall ${line}`);

  test.each([
    ['--endpoints $ENDPOINT get /one'],
    ['--endpoints=$ENDPOINT get /one'],
    ['--endpoints=$ENDPOINT --timeout 9s get /one'],
    ['--timeout=9s --endpoints=$ENDPOINT get /one'],
    ['--command-timeout=9s --endpoints=$ENDPOINT get /one'],
    ['get --endpoints $ENDPOINT /one'],
    ['get /one --endpoints=$ENDPOINT'],
    ['--debug --endpoints $ENDPOINT get /one'],
    ['--max-request-bytes 9 --endpoints $ENDPOINT get /one'],
    ['--dial-timeout=2s --insecure-transport=true --endpoints http://$ENDPOINT get /one'],
    ['-w simple --endpoints $ENDPOINT get /one'],
    ['--endpoints $ENDPOINT get /one -w=simple'],
    ['--endpoints $ENDPOINT get /one --prefix=false --keys-only=false'],
  ])('global options go before and behind the command: %s', async (line) => {
    expect(await rollcall(line)).toEqual({ exitCode: 0, stdout: '/one\nvalue\n', stderr: '' });
  });

  test('options of etcdctl in the environment count, and a flag counts more', async () => {
    const nowhere = { ETCDCTL_ENDPOINTS: '127.0.0.1:1', ETCDCTL_API: '3' };
    expect((await shell.run('rollcall get /one', nowhere)).exitCode).toBe(1);
    expect((await shell.run('rollcall get /one --endpoints $ENDPOINT', nowhere)).exitCode).toBe(0);
    const both = { ETCDCTL_ENDPOINTS: '127.0.0.1:1', ROLLCALL_ENDPOINTS: cluster.endpoints[0]! };
    expect((await shell.run('rollcall get /one', both)).exitCode).toBe(0);
    const bad = await shell.run('rollcall get /one', { ETCDCTL_WRITE_OUT: 'yaml' });
    expect(bad.exitCode).toBe(2);
    expect(bad.stderr).toContain('$ETCDCTL_WRITE_OUT');
    const short = { ETCDCTL_COMMAND_TIMEOUT: 'soon' };
    expect((await shell.run('rollcall get /one', short)).stderr).toContain(
      '$ETCDCTL_COMMAND_TIMEOUT',
    );
  });

  test('flags alone are a member, and options of commands are not', async () => {
    const version = await rollcall('--version');
    expect(version.stdout).toContain('etcd Version');
    const member = await rollcall('--listen-client-urls banana');
    expect(member.exitCode).not.toBe(0);
    expect(member.stderr).toContain('listen-client-urls');
    const serve = await rollcall('--endpoints $ENDPOINT serve --name m1');
    expect(serve.exitCode).toBe(2);
    expect(serve.stderr).toContain('rollcall serve');
    const bare = await rollcall('--json');
    expect(bare.exitCode).toBe(2);
  });

  test.each([
    ['get --prefix /'],
    ['get --prefix / --json'],
    ['watch --prefix / --rev 1'],
    ['watch --prefix / --rev 1 --json'],
    ['--help'],
    ['get --help'],
    ['completion bash'],
    ['serve --help'],
    ['serve --version'],
  ])('a reader that goes away ends it quietly: %s | head -1', async (line) => {
    const { exitCode, stdout, stderr } = await shell.run(
      `rollcall ${line} --endpoints $ENDPOINT | head -c 1 | wc -c; exit \${PIPESTATUS[0]}`.replace(
        line.startsWith('serve') ? ' --endpoints $ENDPOINT' : '',
        '',
      ),
    );

    expect(stderr).toBe('');
    expect(stdout.trim()).toBe('1');
    // Short output fits into the pipe before the reader is gone.
    expect([0, 141]).toContain(exitCode);
    if (line.startsWith('watch')) expect(exitCode).toBe(141);
  });

  test.each([['get --prefix /'], ['member list'], ['put /full x'], ['--help'], ['version']])(
    'output that cannot be written is a failure: %s > /dev/full',
    async (line) => {
      const { exitCode, stderr } = await shell.run(
        `rollcall --endpoints $ENDPOINT ${line} > /dev/full`,
      );

      expect(exitCode).toBe(1);
      expect(stderr).toMatch(/^rollcall: standard output cannot be written: .*ENOSPC.*\n$/);
    },
  );

  test('an error output that cannot be written changes nothing', async () => {
    const { exitCode } = await shell.run('rollcall get /none --endpoints $ENDPOINT 2> /dev/full');
    expect(exitCode).toBe(3);
  });

  test('an empty standard input is no value', async () => {
    const on = '--endpoints $ENDPOINT';
    expect(await rollcall(`${on} put /one < /dev/null`)).toMatchObject({ exitCode: 2, stdout: '' });
    expect((await client.get('/one'))?.value).toBe('value');
    expect((await rollcall(`${on} put /one`)).stderr).toContain('"-"');
    expect(await rollcall(`${on} txn < /dev/null`)).toMatchObject({ exitCode: 2, stdout: '' });
    expect((await shell.run(`echo hello | rollcall ${on} put /piped`)).stdout).toBe('OK\n');
    expect((await client.get('/piped'))?.value).toBe('hello\n');
    expect((await rollcall(`${on} put /empty - < /dev/null`)).stdout).toBe('OK\n');
    expect((await rollcall(`${on} put /empty ""`)).stdout).toBe('OK\n');
    expect((await client.get('/empty'))?.value).toBe('');
  });

  test('a command that a signal ended has 128 and the number of the signal', async () => {
    const on = '--endpoints $ENDPOINT';
    expect((await rollcall(`${on} lock /l -- sh -c 'kill -TERM $$'`)).exitCode).toBe(143);
    expect((await rollcall(`${on} lock /l -- sh -c 'kill -KILL $$'`)).exitCode).toBe(137);
    const signaled = (signal: string, line: string, until: string): Promise<Outcome> =>
      shell.run(
        `rollcall ${on} ${line} > out & pid=$!; until ${until}; do sleep 0.05; done; kill -${signal} $pid; wait $pid`,
      );
    // Held, listening: Ctrl-C is how they end. In the background of a shell, SIGINT is ignored unless it is handled.
    expect(await signaled('INT', 'lock /l', 'grep -q /l out')).toMatchObject({ exitCode: 0 });
    expect(await signaled('TERM', 'lock /l', 'grep -q /l out')).toMatchObject({ exitCode: 143 });
    expect(await signaled('HUP', 'watch --rev 1 /one', 'grep -q /one out')).toMatchObject({
      exitCode: 129,
    });
    // The lock is free again, not only after its time.
    expect((await client.getPrefix('/l/')).count).toBe(0);
  });

  test('a command that waits for its input ends with a signal at once', async () => {
    const { exitCode, stderr } = await shell.run(
      'mkfifo in; (sleep 20 > in) & writer=$!; ' +
        'rollcall --endpoints $ENDPOINT put /slow - < in & pid=$!; ' +
        // Until it handles SIGTERM.
        'until (( 0x$(awk "/SigCgt/ { print \\$2 }" /proc/$pid/status) & 0x4000 )); do sleep 0.05; done; ' +
        'kill -TERM $pid; wait $pid; code=$?; kill $writer; exit $code',
    );
    expect({ exitCode, stderr }).toEqual({ exitCode: 143, stderr: '' });
  });
});
