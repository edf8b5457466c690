import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, onTestFinished, test, vi } from 'vitest';
import { connectServiceManager } from '../../src/platform/index.ts';
import { silentLogger } from '../../src/base/logger.ts';
import { eventually } from '../cluster/processes.ts';
import { freePorts } from '../ports.ts';
import { serve } from './program.ts';

/** Listens like systemd: prints each datagram and its sender's process. */
const listener = `
import json, socket, struct, sys
name = sys.argv[1]
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
s.bind('\\0' + name[1:] if name[0] == '@' else name)
print(json.dumps({'text': 'bound'}), flush=True)
while True:
    data, extra, _, _ = s.recvmsg(4096, 100)
    pid = struct.unpack('iii', extra[0][2][:12])[0]
    print(json.dumps({'text': data.decode(), 'pid': pid}), flush=True)
`;

interface Heard {
  readonly text: string;
  readonly pid?: number;
}

async function listen(name: string): Promise<Heard[]> {
  const child = spawn('python3', ['-c', listener, name], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const heard: Heard[] = [];
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (line) => void heard.push(JSON.parse(line)));
  await once(lines, 'line');
  heard.length = 0;
  return heard;
}

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'rollcall-notify-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** Waits until it has received that many messages. */
const told = (heard: readonly Heard[], text: string): Promise<Heard> =>
  eventually(text, () => Promise.resolve(heard.find((one) => one.text === text)));

test.runIf(process.platform === 'linux').each(['a path', 'a name without a file'])(
  'systemd hears from the member itself when it serves and when it ends: over %s',
  async (kind) => {
    const name = kind === 'a path' ? join(folder(), 'socket') : `@rollcall-test-${process.pid}`;
    const heard = await listen(name);
    const program = serve([], { env: { NOTIFY_SOCKET: name } });
    const { pid } = await told(heard, 'READY=1');
    expect(pid).toBe(program.child.pid);
    // The member notifies once clients are served, and not before.
    await program.says('ready to serve client requests');
    program.child.kill('SIGTERM');
    expect(await program.ended).toEqual([0, null]);
    await told(heard, 'STOPPING=1');
    expect(heard.map(({ text }) => text)).toEqual(['READY=1', 'STOPPING=1']);
  },
);

test('a member that has no leader yet does not say that it serves', async () => {
  const name = join(folder(), 'socket');
  const heard = await listen(name);
  const [own, other] = await freePorts(2);
  const peer = `http://127.0.0.1:${own}`;
  const program = serve(
    [
      '--name=a',
      `--listen-peer-urls=${peer}`,
      `--initial-advertise-peer-urls=${peer}`,
      `--initial-cluster=a=${peer},b=http://127.0.0.1:${other}`,
    ],
    { env: { NOTIFY_SOCKET: name } },
  );
  await program.says('member started');
  program.child.kill('SIGTERM');
  await program.ended;
  await told(heard, 'STOPPING=1');
  expect(heard.map(({ text }) => text)).toEqual(['STOPPING=1']);
});

test('a socket without a listener is logged once, and the member serves', async () => {
  const program = serve([], { env: { NOTIFY_SOCKET: join(folder(), 'nobody') } });
  await program.says('ready to serve client requests');
  program.child.kill('SIGTERM');
  expect(await program.ended).toEqual([0, null]);
  const warnings = program.lines.filter(({ msg }) => msg === 'the service manager cannot be told');
  expect(warnings).toHaveLength(1);
});

test('the watchdog of systemd is fed by the process that it watches', async () => {
  const name = join(folder(), 'socket');
  const heard = await listen(name);
  const watched = { NOTIFY_SOCKET: name, WATCHDOG_USEC: '2000', WATCHDOG_PID: `${process.pid}` };
  const env = { ...watched, OTHER: 'stays' };
  connectServiceManager(env, silentLogger);
  expect(env).toEqual({ OTHER: 'stays' });
  expect((await told(heard, 'WATCHDOG=1')).pid).toBe(process.pid);

  const others = join(folder(), 'socket');
  const quiet = await listen(others);
  vi.useFakeTimers({ toFake: ['setInterval'] });
  onTestFinished(() => void vi.useRealTimers());
  const manager = connectServiceManager(
    { NOTIFY_SOCKET: others, WATCHDOG_USEC: '2000', WATCHDOG_PID: '1' },
    silentLogger,
  );
  vi.advanceTimersByTime(1000);
  manager.ready();
  await told(quiet, 'READY=1');
  expect(quiet.map(({ text }) => text)).toEqual(['READY=1']);
});
