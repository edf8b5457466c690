import { once } from 'node:events';
import type { Command } from 'commander';
import { runChild } from '../child.ts';
import { CliFailure, exitCodes, interruptedExitCode, usageError } from '../exit.ts';
import { kvJson, type Run, type Session } from '../session.ts';
import { parseCount } from '../values.ts';

/** `lock` and `elect`. */
export function addConcurrency(program: Command, run: Run): void {
  program
    .command('lock')
    .description('take a lock, and hold it until Ctrl-C or while a command runs')
    .argument('<name>')
    .argument('[command...]', 'run this while holding the lock; put -- before it if it has flags')
    .option('--ttl <seconds>', 'how long the lock outlives us if we die', parseCount, 10)
    .addHelpText(
      'after',
      `
Waits as long as it takes. Prints the key by which the lock is held. With a command, ends with its exit code; the
command finds the key in $ROLLCALL_LOCK_KEY, and in $ROLLCALL_LOCK_REV a number that grows from one holder to the next;
it is stopped if the lock is lost.

Examples:
  rollcall lock /locks/report
  rollcall lock /locks/report -- ./make-report --daily`,
    )
    .action((name: string, words: string[], flags: { readonly ttl: number }, command: Command) =>
      run(command, (session) => lock(session, name, words, flags.ttl)),
    );
  program
    .command('elect')
    .description('campaign in an election and lead until Ctrl-C, or listen to who leads')
    .argument('<name>')
    .argument('[proposal]', 'what the others are told when we lead')
    .option('-l, --listen', 'only print each leader, until Ctrl-C')
    .option('--ttl <seconds>', 'how long our lead outlives us if we die', parseCount, 10)
    .addHelpText(
      'after',
      `
Examples:
  rollcall elect /elections/scheduler 10.0.1.45:8080
  rollcall elect --listen /elections/scheduler`,
    )
    .action((name: string, proposal: string | undefined, flags: ElectFlags, command: Command) =>
      run(command, (session) => elect(session, name, proposal, flags)),
    );
}

interface ElectFlags {
  readonly listen?: boolean;
  readonly ttl: number;
}

async function lock(
  session: Session,
  name: string,
  words: readonly string[],
  ttlSeconds: number,
): Promise<number> {
  const { interrupted } = session;
  const held = await unlessInterrupted(
    session,
    session.client.lock(name, { ttlSeconds, signal: interrupted }),
  );
  if (held === undefined) return interruptedExitCode(interrupted);
  await using _ = held;
  if (words.length > 0) {
    const env = {
      ROLLCALL_LOCK_KEY: held.key,
      ROLLCALL_LOCK_REV: String(held.revision),
      ETCD_LOCK_KEY: held.key,
      ETCD_LOCK_REV: String(held.revision),
    };
    const exitCode = await runChild(session, words, env, held.lost);
    if (held.lost.aborted) throw new CliFailure(exitCodes.failed, 'the lock was lost');
    return exitCode;
  }
  session.result({ key: held.key }, held.key);
  await firstAbort(interrupted, held.lost);
  if (held.lost.aborted) throw new CliFailure(exitCodes.failed, 'the lock was lost');
  return exitCodes.ok;
}

async function elect(
  session: Session,
  name: string,
  proposal: string | undefined,
  flags: ElectFlags,
): Promise<number> {
  const election = session.client.election(name);
  const { interrupted } = session;
  if (flags.listen === true) {
    if (proposal !== undefined) throw usageError('--listen takes no proposal');
    for await (const leader of election.observe({ signal: interrupted })) {
      session.result(kvJson(leader), [leader.key, leader.value]);
    }
    return exitCodes.ok;
  }
  if (proposal === undefined) throw usageError('give a proposal, or --listen');
  const leadership = await unlessInterrupted(
    session,
    election.campaign(proposal, { ttlSeconds: flags.ttl, signal: interrupted }),
  );
  if (leadership === undefined) return interruptedExitCode(interrupted);
  await using _ = leadership;
  session.result({ key: leadership.key, value: proposal }, [leadership.key, proposal]);
  await firstAbort(interrupted, leadership.lost);
  if (leadership.lost.aborted) throw new CliFailure(exitCodes.failed, 'the lead was lost');
  return exitCodes.ok;
}

/** The result; undefined if the user stopped waiting. */
async function unlessInterrupted<T>(session: Session, waiting: Promise<T>): Promise<T | undefined> {
  try {
    return await waiting;
  } catch (error) {
    if (session.interrupted.aborted) return undefined;
    throw error;
  }
}

async function firstAbort(...signals: readonly AbortSignal[]): Promise<void> {
  const any = AbortSignal.any([...signals]);
  if (any.aborted) return;
  // The lease's renewals keep the process alive meanwhile.
  await once(any, 'abort');
}
