import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseDocument } from 'yaml';
import { clientFolder } from '../../scripts/lib/packages.ts';
import { Rollcall } from '../../src/client/index.ts';
import { parseServeArguments } from '../../src/server/config.ts';
import { startCluster, type TestCluster } from '../client/server.ts';
import { eventually } from '../cluster/processes.ts';
import { everythingMustRun } from '../compatibility/targets.ts';
import { markdownFiles } from './markdown.ts';

/**
 * Every block of code in the documents is run, or checked as far as it can be. Its first line says how:
 *
 * - `sh`: each line is run, in order, and succeeds; `&` at its end lets it go on beside the others;
 * - `sh no-run`: cannot run here (it needs other machines, or is these very tests): programs and flags are checked;
 * - `ts`: is type-checked and run against the package as it is built;
 * - `python`: is run with Debian's python3-etcd3 and python3-consul;
 * - `json` and `yaml`: are parsed; `ini` and `text`: are no programs; `haproxy` and `nginx` run in test/api/dns.
 *
 * A program that goes on for ever is stopped once it has printed something.
 */
const languages = [
  'sh',
  'sh no-run',
  'ts',
  'python',
  'json',
  'yaml',
  'ini',
  'haproxy',
  'nginx',
  'text',
];

/** The upper bound for blocks that are marked as impossible to run; a further one needs a reason. */
const noRunMax = 4;

interface Block {
  readonly file: string;
  readonly line: number;
  readonly language: string;
  readonly text: string;
}

/** The id of a member that the documents use as an example. */
const someId = '8e9e05c52164694d';

const root = join(import.meta.dirname, '../..');
const documents = markdownFiles();
const blocks = documents.flatMap(blocksOf);

function blocksOf(file: string): Block[] {
  const text = readFileSync(join(root, file), 'utf8');
  return [...text.matchAll(/^( *)```(.*)\n([\s\S]*?)^\1```$/gm)].map((match) => ({
    file,
    line: text.slice(0, match.index).split('\n').length,
    language: match[2] ?? '',
    text: match[3] ?? '',
  }));
}

const of = (language: string): [name: string, block: Block][] =>
  blocks
    .filter((block) => block.language === language)
    .map((block) => [`${block.file}:${block.line}`, block]);

test('every block has a known language, and few are marked as impossible to run', () => {
  expect(blocks.filter(({ language }) => !languages.includes(language))).toEqual([]);
  expect(of('sh no-run').length).toBeLessThanOrEqual(noRunMax);
  expect(of('sh').length + of('ts').length + of('python').length).toBeGreaterThanOrEqual(8);
});

test.each(of('json'))('JSON: %s', (_, { text }) => {
  expect(() => JSON.parse(text) as unknown).not.toThrow();
});

test.each(of('yaml'))('YAML: %s', (_, { text }) => {
  expect(parseDocument(text).errors).toEqual([]);
});

test.each([...of('sh no-run'), ...of('text')])(
  'only programs that there are: %s',
  (_, { text }) => {
    const manifest = readFileSync(join(root, 'package.json'), 'utf8');
    for (const [, name = ''] of text.matchAll(/^npm (?:run )?([\w:]+)/gm)) {
      if (name === 'ci') continue;
      expect(manifest).toContain(`\n    "${name}": `);
    }
    for (const line of linesOf(text)) {
      const words = line.split(/\s+/).filter((word) => word !== '…');
      if (words[0] !== 'rollcall' || words[1] !== 'serve') continue;
      expect(parseServeArguments(words.slice(2), {})).toMatchObject({ kind: 'serve' });
    }
  },
);

/** Lines without comments; a backslash at the end joins two. */
function linesOf(text: string): string[] {
  return text
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .map((line) => line.replace(/\s+#.*$/, '').trim())
    .filter((line) => line !== '');
}

const python = '/usr/bin/python3';
const hasPython = spawnSync(python, ['-c', 'import consul, etcd3']).status === 0;
if (!hasPython)
  console.log('snippets of Python need: apt-get install python3-etcd3 python3-consul');
const hasEtcdctl = spawnSync('etcdctl', ['version']).status === 0;
if (!hasEtcdctl) console.log('snippets with etcdctl need: apt-get install etcd-client');

describe('with a cluster', () => {
  let cluster: TestCluster;
  let dir: string;
  const running = new Set<ChildProcess>();

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'rollcall-snippets-'));
    // The package as a program that depends on it has it.
    mkdirSync(join(dir, 'node_modules'));
    symlinkSync(root, join(dir, 'node_modules/rollcall'));
    symlinkSync(join(root, 'dist', clientFolder), join(dir, 'node_modules/rollcall-client'));
    symlinkSync(join(root, 'node_modules/@types'), join(dir, 'node_modules/@types'));
    writeFileSync(join(dir, 'package.json'), '{"type":"module"}');
    program('rollcall', `exec '${process.execPath}' '${join(root, 'dist/main.js')}' "$@"`);
    program('npx', 'exec "$@"');
    cluster = await startCluster(3);
    await using client = new Rollcall({ endpoints: cluster.endpoints });
    await client.put('/services/payment/instance-0', '10.0.1.44:8080');
  });
  afterAll(async () => {
    for (const child of running) child.kill('SIGKILL');
    await cluster[Symbol.asyncDispose]();
    rmSync(dir, { recursive: true, force: true });
  });

  function program(name: string, line: string): void {
    writeFileSync(join(dir, name), `#!/bin/sh\n${line}\n`);
    chmodSync(join(dir, name), 0o755);
  }

  function env(): Record<string, string> {
    return {
      PATH: `${dir}:${process.env['PATH'] ?? ''}`,
      ROLLCALL_ENDPOINTS: cluster.endpoints.join(','),
      ETCDCTL_API: '3',
    };
  }

  /** The addresses of `npm start`, and what stands for one's own ids and folders, as they are here. */
  async function here(text: string): Promise<string> {
    await using client = new Rollcall({ endpoints: cluster.endpoints });
    const { revision } = await client.range('/');
    const [first = '', second = '', third = ''] = cluster.endpoints;
    const spare = text.includes(someId) ? await spareMember(client, first, third) : '';
    return text
      .replaceAll('127.0.0.1:2379', first)
      .replaceAll('127.0.0.1:8500', first)
      .replaceAll('consul.Consul()', `consul.Consul(port=${first.split(':')[1]})`)
      .replaceAll('127.0.0.1:22379', second)
      .replaceAll('127.0.0.1:32379', third)
      .replaceAll('port=2379', `port=${first.split(':')[1]}`)
      .replaceAll(someId, spare)
      .replaceAll('123456', String(revision))
      .replaceAll('/var/lib/rollcall', join(dir, 'restored'));
  }

  /** Runs a program until it ends, or until it has printed something and would go on. */
  async function runs(command: string, args: readonly string[], mayGoOn: boolean): Promise<string> {
    const child = spawn(command, args, { cwd: dir, env: env(), stdio: ['ignore', 'pipe', 'pipe'] });
    running.add(child);
    let output = '';
    let errors = '';
    child.stderr.on('data', (part: Buffer) => (errors += part.toString()));
    const printed = new Promise<void>((resolve) => {
      child.stdout.on('data', (part: Buffer) => {
        output += part.toString();
        if (mayGoOn) resolve();
      });
    });
    const closed = once(child, 'close');
    await Promise.race([printed, closed]);
    const endedByItself = child.exitCode !== null;
    if (!endedByItself && mayGoOn) child.kill('SIGTERM');
    await closed;
    running.delete(child);
    if (endedByItself) expect(child.exitCode, `${args.join(' ')}\n${errors}`).toBe(0);
    expect(output + errors).not.toContain('undefined');
    return output;
  }

  test.each(of('ts'))('TypeScript is type-checked and run: %s', async (_, block) => {
    const file = join(dir, `block-${block.line}.ts`);
    writeFileSync(file, await here(block.text));
    const compiler = join(root, 'node_modules/typescript/bin/tsc');
    const options = [
      '--noEmit --strict --skipLibCheck --module nodenext --target es2022',
      '--lib es2023,esnext.disposable --types node',
    ];
    const checked = spawnSync(process.execPath, [compiler, ...options.join(' ').split(' '), file], {
      cwd: dir,
      encoding: 'utf8',
    });
    expect(checked.stdout).toBe('');
    const tsx = pathToFileURL(join(root, 'node_modules/tsx/dist/esm/index.mjs')).href;

    const output = await runs(process.execPath, ['--import', tsx, file], true);

    expect(output).toContain('10.0.1.4');
  });

  test.skipIf(!hasPython && !everythingMustRun).each(of('python'))(
    'Python: %s',
    async (_, block) => {
      const script = await here(block.text);
      await runs(python, ['-c', `${script}\nprint("done", flush=True)`], true);
      await using client = new Rollcall({ endpoints: cluster.endpoints });
      const found = await client.instances('payment');
      expect(found.map(({ address }) => address)).toContain('10.0.1.45:8080');
    },
  );

  test('the example in TypeScript', async () => {
    const example = join(root, 'examples/register-and-discover.ts');
    const tsx = pathToFileURL(join(root, 'node_modules/tsx/dist/esm/index.mjs')).href;
    expect(await runs(process.execPath, ['--import', tsx, example, 'i1'], true)).toContain('i1');
  });

  test.skipIf(!hasPython && !everythingMustRun)('the example in Python', async () => {
    const output = await runs(python, [join(root, 'examples/register_and_discover.py')], false);
    expect(output).toContain('gone: /services/payment/python-1');
  });

  test.skipIf(!hasEtcdctl && !everythingMustRun)('the example in shell', async () => {
    const output = await runs('sh', [join(root, 'examples/register-and-discover.sh')], false);
    expect(output).toContain('10.0.1.47:8080');
  });

  // Run last: they compact, and remove a member.
  test.each(of('sh'))('shell: %s', async (_, block) => {
    for (const line of linesOf(await here(block.text))) {
      if (line.startsWith('etcdctl') && !hasEtcdctl && !everythingMustRun) continue;
      const goesOn = line.endsWith('&');
      const ending = runs('bash', ['-c', goesOn ? `exec ${line.slice(0, -1)}` : line], goesOn);
      if (goesOn) ending.catch(() => {});
      else await untilHealthy(ending, () => runs('bash', ['-c', line], false));
    }
  });
});

/** The id of the third member, a follower: the others continue without it. */
async function spareMember(client: Rollcall, first: string, third: string): Promise<string> {
  const spare = await client.maintenance.status(third);
  if (spare.isLeader) {
    const { memberId } = await client.maintenance.status(first);
    await client.maintenance.moveLeader(third, memberId);
  }
  return spare.memberId.toString(16);
}

/** A cluster that has just begun, or that has just lost a member, refuses the next change for a moment. */
async function untilHealthy(first: Promise<string>, again: () => Promise<string>): Promise<void> {
  await first.catch(async (thrown: unknown) => {
    if (!String(thrown).includes('unhealthy cluster')) throw thrown;
    await eventually('a healthy cluster', again);
  });
}
