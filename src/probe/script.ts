import { spawn } from 'node:child_process';
import { nothingToCancel } from '../base/clock.ts';
import type { Clock } from '../base/clock.ts';
import type { CheckStatus, Probe, ProbeResult } from '../registry/index.ts';
import { codeOf, ProbeFailure } from './failure.ts';
import { critical } from './look.ts';
import { Tail } from './output.ts';

/** Scripts see nothing of the member's environment, where secrets may be. */
const environment = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  LANG: 'C.UTF-8',
};
/** After the end of a script, its output is read so long, in case something that it left behind holds it open. */
const outputGraceMs = 500;

export interface ScriptOptions {
  readonly clock: Clock;
  /** Kills all processes of a group. */
  readonly killGroup: (groupId: number) => void;
}

/**
 * Runs a program, without a shell, in a process group of its own: exit code 0 is passing, 1 is a warning, everything else is
 * critical. At its end, or that of its time, all processes of the group are killed.
 */
export function probeScript(
  { args, outputBytesMax, timeoutMs }: Extract<Probe, { kind: 'script' }>,
  signal: AbortSignal,
  { clock, killGroup }: ScriptOptions,
): Promise<ProbeResult> {
  const [command = '', ...rest] = args;
  return new Promise((resolve, reject) => {
    if (command === '') return reject(new ProbeFailure('fork/exec: Args is empty'));
    const tail = new Tail(outputBytesMax);
    const child = spawn(command, rest, {
      cwd: '/',
      env: environment,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let cancelGrace = nothingToCancel;
    let ended: string | undefined;
    let status: CheckStatus = 'critical';
    const kill = (): void => {
      if (child.pid !== undefined) killGroup(child.pid);
    };
    const settle = (): void => {
      cancelGrace();
      signal.removeEventListener('abort', onAbort);
      child.stdout.destroy();
      child.stderr.destroy();
      resolve({ status, output: `${ended ?? ''}${tail.textWithCut()}` });
    };
    const onAbort = (): void => {
      status = 'critical';
      ended = `Timed out (${timeoutMs / 1000}s) running check\n\n`;
      kill();
    };
    child.on('error', (error) => {
      signal.removeEventListener('abort', onAbort);
      reject(new ProbeFailure(`fork/exec ${command}: ${whyNot(error)}`));
    });
    child.on('exit', (code) => {
      if (ended === undefined) status = statusOf(code);
      // What the script has started and left behind goes with it.
      kill();
      cancelGrace = clock.after(outputGraceMs, settle);
    });
    child.on('close', settle);
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (piece: Buffer) => tail.add(piece));
    }
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
  });
}

/** Scripts are off by default, since whoever may register a check may then run programs here. */
export const scriptsAreOff: ProbeResult = critical(
  'Scripts are disabled on this member; to run them, start every member with --enable-script-checks',
);

function statusOf(code: number | null): CheckStatus {
  return code === 0 ? 'passing' : code === 1 ? 'warning' : 'critical';
}

function whyNot(error: unknown): string {
  const code = codeOf(error);
  if (code === 'ENOENT') return 'no such file or directory';
  return code === 'EACCES' ? 'permission denied' : code;
}
