import { setTimeout as wait } from 'node:timers/promises';
import { InvalidArgumentError, type Command } from 'commander';
import { Discovery } from '../discovery.ts';
import { CliFailure, exitCodes, usageError } from '../exit.ts';
import type { Run, Session } from '../session.ts';
import { parseDurationMs, timerMsMax } from '../values.ts';

/** `register`, `deregister`, `drain`, `hold`, `release`: they change what is registered. */
export function addRegistering(program: Command, run: Run): void {
  program
    .command('register')
    .description('register an instance of a service, or change it')
    .argument('<service>', 'the service')
    .argument('[instance]', 'its name, unique in the cluster; else that of the service')
    .option('--address <host:port>', 'where it is; without a host at the address of this machine')
    .option('--tag <tag>', 'a tag; can be given several times', collect)
    .option('--meta <key=value>', 'metadata; can be given several times', collectPair)
    .option('--ttl <time>', 'it is critical unless it is heard of so often', duration)
    .option('--check-http <url>', 'the cluster gets this URL; 2xx is healthy')
    .option('--check-tcp <host:port>', 'the cluster connects to this port')
    .option('--check-grpc <host:port>', 'the cluster asks for gRPC health')
    .option('--interval <time>', 'how often the cluster checks', duration, '10s')
    .option('--check-timeout <time>', 'how long a check may take', duration)
    .option('--deregister-after <time>', 'remove it when it was critical for so long', duration)
    .option('--keep', 'keep it alive until Ctrl-C, then deregister it; with --ttl, or 15 s')
    .addHelpText(
      'after',
      `
Examples:
  rollcall register payment payment-1 --address 10.0.1.45:8080 --tag v2
  rollcall register payment payment-1 --address 10.0.1.45:8080 \\
    --check-http http://10.0.1.45:8080/health --interval 5s
  rollcall register payment payment-1 --address 10.0.1.45:8080 --keep`,
    )
    .action(
      (service: string, instance: string | undefined, flags: RegisterFlags, command: Command) =>
        run(command, (session) => register(session, service, instance ?? service, flags), local),
    );
  program
    .command('deregister')
    .description('remove an instance and its checks')
    .argument('<instance>', 'its name')
    .addHelpText('after', '\nExample:\n  rollcall deregister payment-1')
    .action((instance: string, _flags: unknown, command: Command) =>
      run(
        command,
        async (session) => {
          await new Discovery(session).put(deregistering(instance));
          session.result({ instance }, `deregistered ${instance}`);
        },
        local,
      ),
    );
  program
    .command('drain')
    .description('take an instance out of all answers while it stays registered (maintenance)')
    .argument('<instance>', 'its name')
    .option('--reason <text>', 'why, for those who look', '')
    .option('--for <time>', 'then deregister it: 1s to 24h', duration)
    .option('--undo', 'put it back')
    .addHelpText(
      'after',
      `
Examples:
  rollcall drain payment-1 --reason "new release"
  rollcall drain payment-1 --for 10m
  rollcall drain payment-1 --undo`,
    )
    .action((instance: string, flags: DrainFlags, command: Command) =>
      run(command, (session) => drain(session, instance, flags), local),
    );
  addHolding(program, run);
}

/** `hold` and `release`. */
function addHolding(program: Command, run: Run): void {
  program
    .command('hold')
    .description('keep an instance out of all answers, whatever it says and however it registers')
    .argument('<instance>', 'its name')
    .option('--reason <text>', 'why, for those who look', '')
    .addHelpText('after', '\nExample:\n  rollcall hold payment-1 --reason "bad memory, see #123"')
    .action((instance: string, { reason }: { readonly reason: string }, command: Command) =>
      run(
        command,
        async (session) => {
          await new Discovery(session).put(
            outOfService('hold', instance, { enable: true, reason }),
          );
          session.result({ instance, held: true }, `${instance} is held out of all answers`);
        },
        local,
      ),
    );
  program
    .command('release')
    .description('end the hold of an instance')
    .argument('<instance>', 'its name')
    .addHelpText('after', '\nExample:\n  rollcall release payment-1')
    .action((instance: string, _flags: unknown, command: Command) =>
      run(
        command,
        async (session) => {
          await new Discovery(session).put(outOfService('hold', instance, { enable: false }));
          session.result({ instance, held: false }, `${instance} is held no more`);
        },
        local,
      ),
    );
}

interface DrainFlags {
  readonly undo?: boolean;
  readonly reason: string;
  readonly for?: string;
}

/** The path of a call about an operator's word. */
function outOfService(
  word: 'hold' | 'drain' | 'maintenance',
  instance: string,
  parameters: Readonly<Record<string, string | boolean>>,
): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) query.set(name, String(value));
  return `agent/service/${word}/${encodeURIComponent(instance)}?${query.toString()}`;
}

/** No gRPC. */
const local = { isLocal: true };

interface RegisterFlags {
  readonly address?: string;
  readonly tag?: readonly string[];
  readonly meta?: Readonly<Record<string, string>>;
  readonly ttl?: string;
  readonly checkHttp?: string;
  readonly checkTcp?: string;
  readonly checkGrpc?: string;
  readonly interval: string;
  readonly checkTimeout?: string;
  readonly deregisterAfter?: string;
  readonly keep?: boolean;
}

function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

function collectPair(
  value: string,
  before: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  const equals = value.indexOf('=');
  if (equals < 1) throw new InvalidArgumentError('Write it as key=value.');
  return { ...before, [value.slice(0, equals)]: value.slice(equals + 1) };
}

/** A duration stays a text, which members read; without a unit it counts seconds. */
function duration(text: string): string {
  if (parseDurationMs(text) <= 0) throw new InvalidArgumentError('It must be more than 0.');
  return /\d$/.test(text) ? `${text}s` : text;
}

function deregistering(instance: string): string {
  return `agent/service/deregister/${encodeURIComponent(instance)}`;
}

async function register(
  session: Session,
  service: string,
  instance: string,
  flags: RegisterFlags,
): Promise<void> {
  const { tag = [], meta = {}, keep = false } = flags;
  const checks = checksOf(instance, flags);
  const discovery = new Discovery(session);
  await discovery.put('agent/service/register?replace-existing-checks=true', {
    Name: service,
    ID: instance,
    ...placeOf(flags.address ?? ''),
    Tags: tag,
    Meta: meta,
    Checks: checks.map((check) => ({ ...check, ...afterOf(flags) })),
  });
  session.result({ service, instance }, `registered ${instance} of ${service}`);
  if (!keep) return;
  await keepAlive(session, discovery, instance, parseDurationMs(flags.ttl ?? keepTtl));
}

/** The ID of the check that has the TTL. */
function heartbeatOf(instance: string): string {
  return `${instance}:alive`;
}

/** Long enough for a cluster that elects a leader meanwhile. */
const keepTtl = '15s';

function checksOf(
  instance: string,
  flags: RegisterFlags,
): readonly Readonly<Record<string, string>>[] {
  const { checkHttp, checkTcp, checkGrpc, interval, checkTimeout } = flags;
  const ttl = flags.ttl ?? (flags.keep === true ? keepTtl : undefined);
  const looks = Object.entries({ HTTP: checkHttp, TCP: checkTcp, GRPC: checkGrpc }).filter(
    ([, target]) => target !== undefined,
  );
  if (looks.length === 0 && ttl === undefined && flags.deregisterAfter !== undefined) {
    throw usageError(
      '--deregister-after needs a check: --ttl, --check-http, --check-tcp or --check-grpc',
    );
  }
  return [
    // Registering says that it is there.
    ...(ttl === undefined
      ? []
      : [{ CheckID: heartbeatOf(instance), Name: 'alive', TTL: ttl, Status: 'passing' }]),
    ...looks.map(([kind, target]) => ({
      Name: kind.toLowerCase(),
      [kind]: target ?? '',
      Interval: interval,
      ...(checkTimeout === undefined ? {} : { Timeout: checkTimeout }),
    })),
  ];
}

function afterOf({ deregisterAfter }: RegisterFlags): Readonly<Record<string, string>> {
  return deregisterAfter === undefined ? {} : { DeregisterCriticalServiceAfter: deregisterAfter };
}

/** `host:port`, `[IPv6 address]:port`, `:port`, or nothing. */
function placeOf(text: string): { readonly Address: string; readonly Port: number } {
  if (text === '') return { Address: '', Port: 0 };
  const [, bracketed, host = '', port = ''] =
    /^(?:\[([^\]]+)\]|([^:]*)):(\d{1,5})$/.exec(text) ?? [];
  if (port === '' || Number(port) > 65_535) {
    throw usageError(
      `"${text}" makes no sense as --address; write host:port, [IPv6 address]:port or :port`,
    );
  }
  return { Address: bracketed ?? host, Port: Number(port) };
}

/** Heartbeats until the command is interrupted; a lost cluster is asked again and again. */
async function keepAlive(
  session: Session,
  discovery: Discovery,
  instance: string,
  ttlMs: number,
): Promise<void> {
  const { interrupted } = session;
  session.note(`kept alive until Ctrl-C`);
  while (!interrupted.aborted) {
    await wait(Math.min(ttlMs / 3, timerMsMax), undefined, { signal: interrupted }).catch(() => {});
    if (interrupted.aborted) break;
    try {
      await discovery.put(`agent/check/pass/${encodeURIComponent(heartbeatOf(instance))}`);
    } catch (error) {
      if (!(error instanceof CliFailure)) throw error;
      // It was removed, here or elsewhere.
      if (error.exitCode === exitCodes.notFound) throw error;
      session.note(`rollcall: ${error.message}`);
    }
  }
  await new Discovery(session, { evenIfInterrupted: true }).put(deregistering(instance));
  session.note(`deregistered ${instance}`);
}

/** Without a time it stays registered until that is undone. */
async function drain(
  session: Session,
  instance: string,
  { undo = false, reason, for: deadline }: DrainFlags,
): Promise<void> {
  const discovery = new Discovery(session);
  if (undo) {
    if (deadline !== undefined) throw usageError('--undo takes no --for');
    await discovery.put(outOfService('drain', instance, { enable: false }));
    await discovery.put(outOfService('maintenance', instance, { enable: false }));
    session.result({ instance, drained: false }, `${instance} is back in the answers`);
    return;
  }
  const more = deadline === undefined ? {} : { deadline };
  const word = deadline === undefined ? 'maintenance' : 'drain';
  await discovery.put(outOfService(word, instance, { enable: true, reason, ...more }));
  const after = deadline === undefined ? '' : `, and is deregistered in ${deadline}`;
  session.result({ instance, drained: true, ...more }, `${instance} is out of all answers${after}`);
}
