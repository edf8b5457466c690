import { openSync, closeSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { eventually } from '../cluster/processes.ts';
import { freePorts } from '../ports.ts';
import { portOf, Program, serve } from './program.ts';

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'rollcall-log-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

function messages(file: string): unknown[] {
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  return lines.map((line): unknown => JSON.parse(line).msg);
}

async function droppedLines(port: number): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  return Number(/^rollcall_log_lines_dropped_total (\d+)$/m.exec(text)?.[1]);
}

/** Waits until a member without log output serves. */
async function serves(port: number): Promise<void> {
  await eventually('an answer', async () =>
    (await fetch(`http://127.0.0.1:${port}/health`)).ok ? true : undefined,
  );
}

test.runIf(process.platform === 'linux')(
  'a member whose log cannot be written serves, counts what is lost, and stops in order',
  async () => {
    const full = openSync('/dev/full', 'w');
    onTestFinished(() => closeSync(full));
    const [port] = await freePorts(1);
    const urls = `http://127.0.0.1:${port}`;
    const program = serve([`--listen-client-urls=${urls}`, `--advertise-client-urls=${urls}`], {
      stderr: full,
    });
    await serves(port!);
    expect(await droppedLines(port!)).toBeGreaterThan(0);
    program.child.kill('SIGTERM');
    expect(await program.ended).toEqual([0, null]);
  },
);

test('a member continues when the reader of its log closes the pipe', async () => {
  const program = serve();
  const port = await portOf(program);
  expect(await droppedLines(port)).toBe(0);
  program.child.stderr?.destroy();
  program.child.kill('SIGTERM');
  expect(await program.ended).toEqual([0, null]);
});

test('SIGHUP reopens log files, and each line is written to every output', async () => {
  const directory = folder();
  const [file, rotated] = [join(directory, 'log'), join(directory, 'log.1')];
  const program = serve([`--log-outputs=${file},stdout,stderr`]);
  await portOf(program);
  const last = ['enabled capabilities for version', 'serving client traffic insecurely'];
  await eventually('the last lines of the start, the same in both', async () => {
    const texts = [messages(file), program.lines.map(({ msg }) => msg)].map((all) => all.join());
    const isWhole = last.every((line) => texts[0]?.includes(line) === true);
    return isWhole && texts[0] === texts[1] ? true : undefined;
  });
  await eventually('the same on stdout', async () =>
    program.stdout.includes('ready to serve client requests') ? true : undefined,
  );

  renameSync(file, rotated);
  program.child.kill('SIGHUP');
  await eventually('a new file', async () => readFileSync(file) && true);
  program.child.kill('SIGTERM');
  expect(await program.ended).toEqual([0, null]);
  expect(messages(rotated)).not.toContain('received signal; shutting down');
  expect(messages(file)).toContain('received signal; shutting down');
});

test('a log file that cannot be opened is refused at the start', async () => {
  const program = new Program([`--log-outputs=${join(folder(), 'missing', 'log')}`]);
  let said = '';
  program.child.stderr?.removeAllListeners('data').on('data', (bytes: Buffer) => {
    said += bytes.toString();
  });
  expect(await program.ended).toEqual([1, null]);
  expect(said).toMatch(/^rollcall: cannot open a log of --log-outputs: .*missing.*\n$/);
});
