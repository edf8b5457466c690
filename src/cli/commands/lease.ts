import type { Command } from 'commander';
import { CliFailure, exitCodes } from '../exit.ts';
import type { Run, Session } from '../session.ts';
import { formatId, parseCount, parseId, timerMsMax } from '../values.ts';

/** `lease …`. */
export function addLease(program: Command, run: Run): void {
  const lease = program.command('lease').description('grant, renew and revoke leases');
  lease
    .command('grant')
    .description('grant a lease')
    .argument('<seconds>', 'how long it lasts without being renewed', parseCount)
    .addHelpText(
      'after',
      `
Examples:
  rollcall lease grant 60
  rollcall put --lease $(rollcall lease grant 60 --json | jq -r .id) /session open`,
    )
    .action((ttlSeconds: number, _flags: unknown, command: Command) =>
      run(command, async (session) => {
        const granted = await session.client.leases.grant(ttlSeconds);
        session.result(
          granted,
          `lease ${formatId(granted.id)} granted with TTL(${granted.ttlSeconds}s)`,
        );
      }),
    );
  lease
    .command('revoke')
    .description('end a lease; its keys are deleted')
    .argument('<id>', 'the lease', parseId)
    .addHelpText('after', '\nExample:\n  rollcall lease revoke 32698f5c1c8fb104')
    .action((id: bigint, _flags: unknown, command: Command) =>
      run(command, async (session) => {
        await session.client.leases.revoke(id);
        session.result({ id }, `lease ${formatId(id)} revoked`);
      }),
    );
  lease
    .command('timetolive')
    .description('print how long a lease still lasts')
    .argument('<id>', 'the lease', parseId)
    .option('--keys', 'also the keys that lapse with it')
    .addHelpText('after', '\nExample:\n  rollcall lease timetolive 32698f5c1c8fb104 --keys')
    .action((id: bigint, flags: { readonly keys?: boolean }, command: Command) =>
      run(command, (session) => timeToLive(session, id, flags.keys === true)),
    );
  lease
    .command('list')
    .description('print all leases')
    .addHelpText('after', '\nExample:\n  rollcall lease list')
    .action((_flags: unknown, command: Command) =>
      run(command, async (session) => {
        const ids = await session.client.leases.list();
        session.result({ leases: ids }, [`found ${ids.length} leases`, ...ids.map(formatId)]);
      }),
    );
  lease
    .command('keep-alive')
    .description('renew a lease until Ctrl-C')
    .argument('<id>', 'the lease', parseId)
    .option('--once', 'renew it once and end')
    .addHelpText(
      'after',
      `
Examples:
  rollcall lease keep-alive 32698f5c1c8fb104
  rollcall lease keep-alive --once 32698f5c1c8fb104`,
    )
    .action((id: bigint, flags: { readonly once?: boolean }, command: Command) =>
      run(command, (session) => keepAlive(session, id, flags.once === true)),
    );
}

async function timeToLive(session: Session, id: bigint, keys: boolean): Promise<void> {
  const info = await session.client.leases.timeToLive(id, { keys });
  if (info.ttlSeconds < 0) throw noSuchLease(id);
  const attached = keys ? `, attached keys([${info.keys.join(' ')}])` : '';
  session.result(
    info,
    `lease ${formatId(id)} granted with TTL(${info.grantedTtlSeconds}s), remaining(${info.ttlSeconds}s)${attached}`,
  );
}

async function keepAlive(session: Session, id: bigint, once: boolean): Promise<void> {
  const { interrupted } = session;
  while (!interrupted.aborted) {
    const ttlSeconds = await renew(session, id);
    if (ttlSeconds === undefined) return;
    if (ttlSeconds <= 0) throw noSuchLease(id);
    session.result({ id, ttlSeconds }, `lease ${formatId(id)} keepalived with TTL(${ttlSeconds})`);
    if (once) return;
    await pause((ttlSeconds * 1000) / 3, interrupted);
  }
}

/** The seconds the lease now has; undefined if the user did not want to wait for the answer. */
async function renew(session: Session, id: bigint): Promise<number | undefined> {
  const { interrupted } = session;
  try {
    return await session.client.leases.renew(id, { signal: interrupted });
  } catch (error) {
    if (interrupted.aborted) return undefined;
    throw error;
  }
}

function pause(delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(finish, Math.min(delayMs, timerMsMax));
    signal.addEventListener('abort', finish, { once: true });
    function finish(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', finish);
      resolve();
    }
  });
}

function noSuchLease(id: bigint): CliFailure {
  return new CliFailure(
    exitCodes.notFound,
    `there is no lease ${formatId(id)}; it may have run out`,
  );
}
