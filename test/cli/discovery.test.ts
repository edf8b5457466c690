import { once } from 'node:events';
import { createServer } from 'node:http';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { startCluster, type TestCluster } from '../client/server.ts';
import { run, start, type Outcome, type RunOptions } from './run.ts';

const done = (stdout: string): Outcome => ({ exitCode: 0, stdout, stderr: '' });

describe('commands about services against a member', () => {
  let cluster: TestCluster;
  let env: Record<string, string>;

  beforeAll(async () => {
    cluster = await startCluster();
    // Nothing listens at the first one: the next is asked.
    env = { ROLLCALL_ENDPOINTS: `127.0.0.1:1,${cluster.endpoints.join(',')}` };
  });
  afterAll(() => cluster[Symbol.asyncDispose]());

  const rollcall = (line: string, options: RunOptions = {}): Promise<Outcome> =>
    run(line.split(' '), { env, ...options });
  const json = async (line: string): Promise<ReturnType<typeof JSON.parse>> =>
    JSON.parse((await rollcall(`${line} --json`)).stdout);

  test('an instance that is gone is explained, with the endpoint that did not answer', async () => {
    await rollcall('register explained explained-1 --address 10.0.1.45:8080');
    expect((await rollcall('explain explained explained-1')).stdout).toMatch(
      /^explained-1 is in the answer\.\n/,
    );
    await rollcall('deregister explained-1');
    const { stdout, stderr, exitCode } = await rollcall('explain explained explained-1');
    expect(stdout).toMatch(
      /^explained-1 is in no answer: it was deregistered \(\S+Z, by consul 127\.0\.0\.1 at m0\)\.\n/,
    );
    expect(stdout).toMatch(/^deregistered +yes +it was deregistered$/m);
    expect(stdout).toMatch(/^\S+Z +absent +consul\/127\.0\.0\.1\/m0 +it was deregistered$/m);
    expect(stderr).toContain('no answer from http://127.0.0.1:1: ');
    expect(exitCode).toBe(0);
    expect((await rollcall('explain explained')).stdout).toMatch(/^explained-1 +no +\S+Z /m);
    expect(await json('explain explained explained-1')).toMatchObject({
      InAnswer: false,
      First: { Kind: 'deregistered', Actor: { Member: 'm0' } },
      Silent: [expect.stringContaining('127.0.0.1:1')],
    });
  });

  test('a time limit may be longer than a timer can be', async () => {
    expect(await rollcall('services --timeout 1000000h')).toMatchObject({ exitCode: 0 });
  });

  test('names that are asked for and absent are listed', async () => {
    await rollcall('instances explaind');
    expect((await rollcall('explain')).stdout).toMatch(
      /^1 +consul +\S+Z +127\.0\.0\.1 +explaind$/m,
    );
    expect((await rollcall('explain explaind')).stdout).toBe(
      'no instance of explaind is registered, nor left within what is remembered\n',
    );
  });

  test('what is registered is seen, drained and deregistered', async () => {
    expect(
      await rollcall(
        'register payment payment-1 --address 10.0.1.45:8080 --tag v2 --tag eu --meta zone=a --meta k=a=b --ttl 10m',
      ),
    ).toEqual(done('registered payment-1 of payment\n'));
    await rollcall('register payment payment-2 --address [fd00::1]:81');

    expect(await rollcall('instances payment')).toEqual(
      done(
        'INSTANCE   ADDRESS         NODE  STATUS   TAGS   META\n' +
          'payment-1  10.0.1.45:8080  m0    passing  v2,eu  k=a=b,zone=a\n' +
          'payment-2  [fd00::1]:81    m0    passing  -      -\n',
      ),
    );
    expect(await json('instances payment --tag v2')).toEqual([
      {
        instance: 'payment-1',
        address: '10.0.1.45:8080',
        node: 'm0',
        status: 'passing',
        tags: ['v2', 'eu'],
        meta: { zone: 'a', k: 'a=b' },
      },
    ]);
    expect(await json('services')).toEqual([
      { service: 'consul', tags: [], checks: {} },
      { service: 'payment', tags: ['eu', 'v2'], checks: { passing: 1 } },
    ]);
    expect((await rollcall('services', { isTerminal: true })).stdout).toContain('payment');
    expect(await json('nodes')).toEqual([
      { node: 'm0', address: '127.0.0.1', id: expect.any(String), meta: expect.any(Object) },
    ]);
    expect(await json('checks payment')).toMatchObject([
      { check: 'payment-1:alive', instance: 'payment-1', status: 'passing' },
    ]);

    expect(await rollcall('drain payment-1 --reason new')).toEqual(
      done('payment-1 is out of all answers\n'),
    );
    expect(await json('instances payment')).toMatchObject([{ status: 'drained' }, {}]);
    expect(await json('instances payment --passing')).toMatchObject([{ instance: 'payment-2' }]);
    expect(await json('checks --status critical')).toMatchObject([{ instance: 'payment-1' }]);
    await rollcall('drain payment-1 --undo');
    expect(await json('instances payment --passing')).toHaveLength(2);

    expect(await rollcall('deregister payment-1')).toEqual(done('deregistered payment-1\n'));
    await rollcall('deregister payment-2');
    expect(await rollcall('instances payment')).toEqual({
      exitCode: 3,
      stdout: '',
      stderr: 'rollcall: there is no instance of "payment"\n',
    });
    expect(await json('checks')).toEqual([expect.objectContaining({ check: 'serfHealth' })]);
  });

  test('an operator holds, releases and drains an instance', async () => {
    await rollcall('register payment payment-1 --address 10.0.1.45:8080');
    expect(await rollcall('hold payment-1 --reason broken')).toEqual(
      done('payment-1 is held out of all answers\n'),
    );
    await rollcall('deregister payment-1');
    await rollcall('register payment payment-1 --address 10.0.1.45:8080');
    expect(await json('instances payment')).toMatchObject([{ status: 'held' }]);
    expect(await rollcall('release payment-1')).toEqual(done('payment-1 is held no more\n'));
    expect(await json('instances payment')).toMatchObject([{ status: 'passing' }]);
    expect(await rollcall('drain payment-1 --for 1h')).toEqual(
      done('payment-1 is out of all answers, and is deregistered in 1h\n'),
    );
    expect(await json('instances payment')).toMatchObject([{ status: 'drained' }]);
    await rollcall('drain payment-1 --undo');
    expect(await json('instances payment')).toMatchObject([{ status: 'passing' }]);
    await rollcall('drain payment-1 --for 1');
    await vi.waitFor(
      async () => expect((await rollcall('instances payment')).exitCode).toBe(3),
      10_000,
    );
    expect((await rollcall('hold none')).exitCode).toBe(3);
    expect((await rollcall('drain payment-1 --for 1h --undo')).exitCode).toBe(2);
  });

  test('checks that the cluster runs', async () => {
    await rollcall(
      'register web --check-http http://127.0.0.1:1/ --check-tcp 127.0.0.1:1 --interval 1h --check-timeout 500ms --deregister-after 2h',
    );
    const checks = await json('checks web');
    expect(checks.map(({ name }: { name: string }) => name)).toEqual(['http', 'tcp']);
    const [{ check }] = checks;
    expect(await rollcall(`checks run ${check}`)).toMatchObject({
      exitCode: 1,
      stdout: expect.stringMatching(/^critical \(run by m0\): Get .*connection refused/),
      stderr: `rollcall: ${check} is critical\n`,
    });
    expect((await rollcall('checks run none')).exitCode).toBe(3);
    await rollcall('deregister web');
  });

  test('--keep holds an instance until Ctrl-C', async () => {
    const kept = start('register kept kept-1 --address :80 --ttl 900ms --keep'.split(' '), { env });
    await kept.printed('registered kept-1');
    expect(await json('instances kept')).toMatchObject([{ instance: 'kept-1', status: 'passing' }]);
    kept.interrupt();
    expect(await kept.outcome).toMatchObject({ exitCode: 0 });
    expect((await rollcall('instances kept')).exitCode).toBe(3);
  });

  test('one that is not there has its own exit code, and errors are JSON for programs', async () => {
    const { exitCode, stderr } = await rollcall('deregister none --json');
    expect(exitCode).toBe(3);
    expect(JSON.parse(stderr)).toEqual({
      error: {
        code: 'not-found',
        message: expect.stringContaining('Unknown service ID "none"'),
        exitCode: 3,
      },
    });
    expect((await rollcall('drain none')).exitCode).toBe(3);
  });

  test('a member that cannot answer is passed over', async () => {
    const sick = createServer((_request, response) =>
      response.writeHead(500).end('No cluster leader'),
    );
    sick.listen(0, '127.0.0.1');
    await once(sick, 'listening');
    onTestFinished(() => void sick.close());
    const address = sick.address();
    const port = typeof address === 'object' ? address?.port : 0;
    const endpoints = `127.0.0.1:${port}`;
    const both = { ROLLCALL_ENDPOINTS: `${endpoints},${cluster.endpoints.join(',')}` };
    expect((await run(['nodes'], { env: both })).exitCode).toBe(0);
    const { exitCode, stderr } = await run(['nodes'], { env: { ROLLCALL_ENDPOINTS: endpoints } });
    expect(exitCode).toBe(1);
    expect(stderr).toContain(`http://127.0.0.1:${port}: No cluster leader`);
  });
});

test.each([
  ['register web --address nowhere', 'makes no sense as --address'],
  ['register web --meta nothing', 'Write it as key=value.'],
  ['register web --ttl 0s', 'It must be more than 0.'],
  ['register web --deregister-after 5s', 'needs a check'],
  ['checks --status odd', 'Allowed choices are passing, warning, critical.'],
  ['nodes --endpoints http://[', 'is no address of a member'],
])('%s is not understood', async (line, text) => {
  const { exitCode, stderr } = await run(line.split(' '));
  expect(exitCode).toBe(2);
  expect(stderr).toContain(text);
});

test('where nothing listens, the advice is to start a cluster', async () => {
  const { exitCode, stderr } = await run(['services', '--endpoints', '127.0.0.1:1']);
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/ECONNREFUSED[^]*Start a cluster with "npm start"/);
});
