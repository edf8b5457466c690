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

  test('bytes that are not UTF-8 are refused, for they would become another key', async () => {
    const put = await rollcall(`--endpoints $ENDPOINT put $'/lost/\\xff' x`);
    expect(put).toMatchObject({ exitCode: 2, stdout: '' });
    expect(put.stderr).toContain('word 4 of the command line is not UTF-8');
    const consul = await rollcall(`consul kv get $'\\xff'`);
    expect(consul).toMatchObject({ exitCode: 2, stdout: '' });
    const json = await rollcall(`--json --endpoints $ENDPOINT get $'\\xff'`);
    expect(JSON.parse(json.stderr)).toMatchObject({ error: { code: 'usage', exitCode: 2 } });
    const txn = `printf '\\n\\nput /lost/\\xff x\\n\\n' | rollcall --endpoints $ENDPOINT txn`;
    expect(await shell.run(txn)).toMatchObject({ exitCode: 2, stdout: '' });
    expect((await client.getPrefix('/lost/')).kvs).toEqual([]);
    // The character that stands for lost bytes is one like any other where it was typed.
    const typed = await rollcall(`--endpoints $ENDPOINT put $'/utf8/\\xef\\xbf\\xbd' x`);
    expect(typed).toMatchObject({ exitCode: 0, stderr: '' });
    expect((await client.getPrefix('/utf8/')).kvs).toMatchObject([{ key: '/utf8/\u{fffd}' }]);
  });

  test('environment variables of etcdctl are options, and a flag overrides them', async () => {
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

  test('flags without a command start a member; options of commands do not', async () => {
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

  test('an empty standard input is refused as a value', async () => {
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

  test('a command that a signal ended exits with 128 and the number of the signal', async () => {
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

  describe('habits from etcdctl', () => {
    const on = '--endpoints $ENDPOINT';

    test('a program runs for each change, with the variables of etcdctl, until one fails', async () => {
      await client.put('/run/a', 'one "two"');
      await client.put('/run/a', '2');
      await client.delete('/run/a');
      const watched = await rollcall(
        `${on} watch --prefix /run/ --rev 1 -- sh -c 'env | grep ^ETCD_WATCH | sort; [ "$ETCD_WATCH_EVENT_TYPE" = "\\"PUT\\"" ] || exit 7'`,
      );

      expect(watched.exitCode).toBe(7);
      expect(watched.stdout.replaceAll(/REVISION=\d+/g, 'REVISION=N')).toBe(
        'PUT\n/run/a\none "two"\n' +
          'ETCD_WATCH_EVENT_TYPE="PUT"\nETCD_WATCH_KEY="/run/a"\nETCD_WATCH_REVISION=N\nETCD_WATCH_VALUE="one \\"two\\""\n' +
          'PUT\n/run/a\n2\n' +
          'ETCD_WATCH_EVENT_TYPE="PUT"\nETCD_WATCH_KEY="/run/a"\nETCD_WATCH_REVISION=N\nETCD_WATCH_VALUE="2"\n' +
          'DELETE\n/run/a\n\n' +
          'ETCD_WATCH_EVENT_TYPE="DELETE"\nETCD_WATCH_KEY="/run/a"\nETCD_WATCH_REVISION=N\nETCD_WATCH_VALUE=""\n',
      );
      expect((await rollcall(`${on} watch /run/a --rev 1 -- sh -c 'kill -9 $$'`)).exitCode).toBe(
        137,
      );
      expect((await rollcall(`${on} watch /run/a --rev 1 -- /no/such`)).exitCode).toBe(1);
      expect((await rollcall(`${on} watch /run/a --`)).exitCode).toBe(2);
      expect((await rollcall(`${on} watch`)).exitCode).toBe(2);
      expect((await rollcall(`${on} watch /a /b /c`)).stderr).toContain('--');
      const named = { ETCDCTL_WATCH_KEY: '/run/', ETCDCTL_WATCH_RANGE_END: '/run0' };
      const byName = await shell.run(`rollcall ${on} watch --rev 1 -- sh -c 'exit 9'`, named);
      expect(byName).toMatchObject({ exitCode: 9, stdout: 'PUT\n/run/a\none "two"\n' });
    });

    test('watches and transactions can be typed interactively', async () => {
      await client.put('/typed/a', '1');
      const watched = await shell.run(
        `printf '%s\\n' 'nonsense' 'watch' 'watch "/typed/" --prefix --rev 1 -- false' | rollcall ${on} watch -i`,
      );
      expect(watched.stdout).toBe('PUT\n/typed/a\n1\n');
      expect(watched.exitCode).toBe(1);
      expect(watched.stderr.match(/^rollcall: /gm)).toHaveLength(3);
      const txn = await shell.run(
        `printf 'ver("/typed/a") > "0"\\n\\nput /typed/b 2\\n\\n\\n' | rollcall ${on} txn -i`,
      );
      expect(txn).toMatchObject({ exitCode: 0, stdout: 'SUCCESS\n\nOK\n' });
      expect(txn.stderr).toContain('success requests');
    });

    test.each([
      ['check perf', 'etcdctl check perf'],
      ['make-mirror other:2379', 'snapshot save'],
      ['downgrade enable 3.6', 'Upgrade'],
      ['options', '--help'],
    ])('%s: the message names our way', async (line, told) => {
      const { exitCode, stdout, stderr } = await rollcall(line);
      expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
      expect(stderr).toContain(told);
    });

    test('defrag succeeds', async () => {
      expect((await rollcall(`${on} defrag --cluster`)).stdout).toMatch(
        /^Finished defragmenting etcd member\[http:.*\]\. took [\d.]+ms\n$/,
      );
      expect((await rollcall(`defrag --endpoints 127.0.0.1:1`)).exitCode).toBe(1);
    });
  });

  test.each([
    ['get /one', 'value'],
    ['put /tty x', 'OK'],
    ['put /tty', 'Ctrl-D'],
    ['del /tty', '1'],
    ['member list', '│'],
    ['endpoint status', '│'],
    ['endpoint health', 'is'],
    ['endpoint hashkv', '│'],
    ['alarm list', 'no alarms'],
    ['alarm disarm', 'no alarms'],
    ['lease grant 60', 'granted'],
    ['lease list', 'found'],
    ['lease revoke 1234', 'not found'],
    ['lease timetolive 1234', 'no lease'],
    ['lease keep-alive --once 1234', 'no lease'],
    ['lock /l echo held', 'held'],
    ['elect /e', 'proposal'],
    ['watch --prefix / --rev 1 -- false', 'PUT'],
    ['txn < /dev/null', 'empty'],
    ['compact 999999999', 'future'],
    ['move-leader 1234', 'leader'],
    ['member remove 1234', 'not found'],
    ['member promote 1234', 'not found'],
    ['snapshot save tty.db', 'Snapshot saved'],
    ['snapshot status tty.db', '│'],
    ['defrag', 'Finished'],
    ['completion fish', 'complete'],
    ['version', 'rollcall'],
    ['--help', 'Examples'],
  ])('at a terminal: %s', async (line, shown) => {
    const { stdout } = await shell.runInTerminal(`rollcall --endpoints $ENDPOINT ${line}`);
    expect(stdout).toContain(shown);
    expect(stdout).not.toMatch(/ {4}at .*:\d+/);
  });

  test('Ctrl-C at a terminal ends a watch, and the shell goes on', async () => {
    const { stdout } = await shell.run(
      `mkfifo keys; (exec 3> keys; until grep -q value typed 2>/dev/null; do sleep 0.05; done; printf '\\003' >&3; sleep 20) & writer=$!; ` +
        `script -qefc 'rollcall --endpoints $ENDPOINT watch --rev 1 /one; echo ended $?' typed < keys; kill $writer`,
    );
    expect(stdout).toContain('ended 0');
  });
});
