import type { AgentProcess } from '../base/agent-hooks.ts';
import type { Logger } from '../base/logger.ts';
import { RegistryError } from '../base/errors.ts';
import {
  boundHeap,
  connectServiceManager,
  openLog,
  probeClientSockets,
  systemClock,
} from '../platform/index.ts';
import type { Log, ServiceManager } from '../platform/index.ts';
import { UnknownCommand } from '../state/index.ts';
import { StorageCorruption } from '../storage/index.ts';
import { ownVersion, settingsInForce } from './config.ts';
import { UncaughtErrors } from './uncaught-errors.ts';
import type { LogNotice, ServerConfig } from './config.ts';
import { printLine } from './print.ts';
import { sourceStack } from './source-stack.ts';
import { startMember } from './start.ts';
import type { RunningMember } from './start.ts';

const exitOk = 0;
const exitFailed = 1;

/** A process that is more than a member. */
export interface ServeHooks {
  /** The member has started, and listens. */
  readonly onStart: (member: RunningMember, logger: Logger) => void;
  readonly agent: AgentProcess;
  /** Ends the process as a signal does. */
  readonly left: Promise<void>;
}

/** Runs a member as this process until a signal ends it; returns the exit code. */
export async function serve(
  config: ServerConfig,
  notices: readonly LogNotice[],
  hooks?: ServeHooks,
): Promise<number> {
  boundHeap();
  probeClientSockets();
  let log: Log;
  try {
    log = openLog({
      level: config.logLevel,
      outputs: config.logOutputs,
      readableStack: sourceStack,
    });
  } catch (error) {
    printLine('stderr', `rollcall: cannot open a log of --log-outputs: ${textOf(error)}`);
    return exitFailed;
  }
  process.on('SIGHUP', () => log.reopen());
  const logger = log.loggers('main');
  const manager = connectServiceManager(process.env, logger);
  process.on('uncaughtException', resort(log).take);
  const signaled = Promise.race([
    firstSignal(),
    ...(hooks === undefined ? [] : [hooks.left.then(() => 'leave')]),
  ]);
  tell(logger, config, notices);
  const starting = startMember(config, log.loggers, hooks?.agent);
  let first: RunningMember | string;
  try {
    first = await Promise.race([starting, signaled]);
  } catch (error) {
    return refuse(logger, error);
  }
  if (typeof first === 'string') {
    // It has acknowledged nothing yet, and the disk is as after a crash: nothing needs to be awaited.
    logger.info('received signal while starting; ending', { signal: first });
    process.exit(exitOk);
  }
  hooks?.onStart(first, logger);
  return run(first, signaled, logger, manager);
}

function resort(log: Log): UncaughtErrors {
  return new UncaughtErrors(systemClock(), log.loggers('main'), () => process.exit(exitFailed));
}

/** The life of a member, from start to end. */
async function run(
  member: RunningMember,
  signaled: Promise<string>,
  logger: Logger,
  manager: ServiceManager,
): Promise<number> {
  logger.info('member started', {
    member: member.memberId,
    cluster: member.clusterId,
    clientUrls: member.clientUrls,
    peerUrls: member.peerUrls,
  });
  void member.ready.then(() => manager.ready());
  process.on('SIGHUP', () => {
    member.reopenAuditLog();
    void member.reloadCertificates();
  });
  const end = await Promise.race([signaled, member.ended]);
  manager.stopping();
  if (typeof end === 'string') {
    logger.info('received signal; shutting down', { signal: end });
    await member.stop();
    return exitOk;
  }
  if (end.kind === 'removed') {
    logger.warn('this member was removed from the cluster, and ends; its data can be deleted');
    return exitOk;
  }
  return refuse(logger, end.error);
}

function tell(logger: Logger, config: ServerConfig, notices: readonly LogNotice[]): void {
  logger.info('starting', {
    'rollcall-version': ownVersion(),
    'etcd-version': config.reportEtcdVersion,
    pid: process.pid,
    'node-version': process.version,
    ...settingsInForce(config),
  });
  for (const { level, message, fields } of notices) logger[level](message, fields);
}

/** One line that says what is wrong and what to do; a stack only for our own mistakes. */
function refuse(logger: Logger, error: unknown): number {
  const expected =
    error instanceof RegistryError ||
    error instanceof StorageCorruption ||
    error instanceof UnknownCommand;
  const message = textOf(error);
  const stack = error instanceof Error && !expected ? { stack: error.stack } : {};
  logger.error('this member cannot run', { error: message, ...stack });
  return exitFailed;
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Resolves with the first signal that asks this process to end; a second one ends it at once. */
function firstSignal(): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => {
        resolve(signal);
        process.once(signal, () => process.exit(exitFailed));
      });
    }
  });
}
