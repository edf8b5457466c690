import type { Session } from './session.ts';

/** Shows progress. */
export interface Progress {
  readonly update: (done: number, total: number) => void;
  readonly end: () => void;
}

const nothing: Progress = { update() {}, end() {} };

/** A bar on standard error if that is a terminal, else nothing. */
export async function progressBar(session: Session, title: string): Promise<Progress> {
  const { stderr } = session.io;
  if (stderr.isTTY !== true || session.isJson) return nothing;
  // A CommonJS package: what a bundle makes of it has its names only behind `default`.
  const { default: cliProgress } = await import('cli-progress');
  const { Presets, SingleBar } = cliProgress;
  const bar = new SingleBar(
    { stream: stderr, format: `${title} {bar} {percentage}% {eta_formatted}`, hideCursor: true },
    Presets.shades_classic,
  );
  let hasStarted = false;
  return {
    update(done, total) {
      if (!hasStarted) bar.start(total, done);
      else bar.update(done);
      hasStarted = true;
    },
    end() {
      if (hasStarted) bar.stop();
    },
  };
}
