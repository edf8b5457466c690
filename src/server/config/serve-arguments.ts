import { readFileSync, readdirSync } from 'node:fs';
import { versionText } from './about.ts';
import { readArguments } from './arguments.ts';
import { tlsNotices } from './check-tls.ts';
import { ignoredNames, readEnvironment } from './environment.ts';
import type { Environment } from './environment.ts';
import { readConfigFile } from './file.ts';
import { differsFromDefault } from './given.ts';
import type { Given } from './given.ts';
import { helpText } from './help.ts';
import type { LogNotice } from './notice.ts';
import { ConfigProblem } from './problem.ts';
import { checkFirstCluster, resolve, settingsOf } from './resolve.ts';
import type { ServerConfig } from './server-config.ts';

export type ServeArguments =
  | {
      readonly kind: 'serve';
      readonly config: ServerConfig;
      readonly notices: readonly LogNotice[];
    }
  /** For the standard output if the exit code is 0, else one line for the standard error. */
  | { readonly kind: 'print'; readonly text: string; readonly exitCode: number };

/** Inputs besides the arguments. */
export interface Files {
  readonly read: (path: string) => string;
  /** True if there is no data in that directory. */
  readonly isEmpty: (directory: string) => boolean;
}

/** Makes a member's configuration from flags, environment and file, or says why not. */
export function parseServeArguments(
  argv: readonly string[],
  env: Environment,
  files: Files = realFiles,
): ServeArguments {
  try {
    return decide(readArguments(argv), env, files);
  } catch (error) {
    if (!(error instanceof ConfigProblem)) throw error;
    return { kind: 'print', text: `rollcall: ${error.message}`, exitCode: error.exitCode };
  }
}

function decide(flags: readonly Given[], env: Environment, files: Files): ServeArguments {
  if (isTrue(flags, 'help')) return { kind: 'print', text: helpText(), exitCode: 0 };
  if (isTrue(flags, 'version')) {
    const { reportEtcdVersion } = settingsOf(
      readEnvironment(env, { besides: flags }).given.concat(flags),
    );
    return { kind: 'print', text: versionText(reportEtcdVersion), exitCode: 0 };
  }
  const { given, notices } = gather(flags, env, files);
  refuseWhatCannotBe(given);
  checkRotation(given);
  const settings = settingsOf(given);
  const config = resolve(settings);
  if (config.dataDir === undefined || files.isEmpty(config.dataDir)) checkFirstCluster(config);
  return { kind: 'serve', config, notices: [...notices, ...noticesAbout(given, config)] };
}

/** Either a file gives all settings, or flags and environment do. */
function gather(
  flags: readonly Given[],
  env: Environment,
  files: Files,
): { given: readonly Given[]; notices: LogNotice[] } {
  const others = flags.filter(({ flag }) => !('effect' in flag && flag.effect === 'command'));
  const path = textOf(flags, 'config-file') ?? env['ETCD_CONFIG_FILE'] ?? '';
  if (path !== '') {
    const { given, notices } = readConfigFile(path, files.read);
    const ignored = ignoredNames(env, others);
    notices.unshift({
      level: ignored.length > 0 ? 'warn' : 'info',
      message:
        'the configuration file gives all settings; flags and environment variables are ignored',
      fields: { path, ignored },
    });
    return { given, notices };
  }
  const { given, notices } = readEnvironment(env, { besides: others });
  const all = [...given, ...others];
  const names = new Set(all.map(({ flag }) => flag.name));
  if (names.has('listen-client-urls') && !names.has('advertise-client-urls')) {
    throw new ConfigProblem(
      '--advertise-client-urls is required when --listen-client-urls is set explicitly ' +
        '(it tells clients where to reach this member)',
    );
  }
  return { given: all, notices };
}

function refuseWhatCannotBe(given: readonly Given[]): void {
  for (const one of given.filter(differsFromDefault)) {
    const effect = 'effect' in one.flag ? one.flag.effect : undefined;
    if (effect === 'discovery') {
      throw new ConfigProblem(
        `${one.origin} asks for discovery of the other members, which Rollcall does not support; ` +
          'name them in --initial-cluster',
      );
    }
  }
}

/** Log files are not rotated, but the setting for it is validated, as with etcd. */
function checkRotation(given: readonly Given[]): void {
  if (!isTrue(given, 'enable-log-rotation')) return;
  const outputs = (textOf(given, 'log-outputs') ?? 'default').split(',');
  const [output = ''] = outputs;
  if (outputs.length !== 1 || ['default', 'stdout', 'stderr'].includes(output)) {
    throw new ConfigProblem(
      '--log-outputs requires a single file path when --enable-log-rotation is set',
    );
  }
  const json = textOf(given, 'log-rotation-config-json') ?? '{}';
  try {
    JSON.parse(json);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigProblem(`--log-rotation-config-json is no JSON: ${reason}`);
  }
}

function noticesAbout(given: readonly Given[], config: ServerConfig): LogNotice[] {
  const notices: LogNotice[] = [];
  const idle = given.filter((one) => 'effect' in one.flag && differsFromDefault(one));
  if (idle.length > 0) {
    const flags = idle.map(({ flag }) => `--${flag.name}`);
    notices.push({
      level: 'info',
      message: `accepted without effect: ${flags.join(', ')}`,
      fields: { flags },
    });
  }
  notices.push(...tlsNotices(config));
  if (config.unsafeNoFsync) {
    notices.push({
      level: 'warn',
      message: 'writes are acknowledged before they are on the disk; a crash may lose them',
      fields: { flag: '--unsafe-no-fsync' },
    });
  }
  return notices;
}

function textOf(given: readonly Given[], name: string): string | undefined {
  return given.findLast(({ flag }) => flag.name === name)?.text;
}

function isTrue(given: readonly Given[], name: string): boolean {
  const last = given.findLast(({ flag }) => flag.name === name);
  return last?.flag.type.parse(last.text) === true;
}

const realFiles: Files = {
  read: (path) => readFileSync(path, 'utf8'),
  isEmpty: (directory) => {
    try {
      return readdirSync(directory).length === 0;
    } catch {
      // Missing or unreadable; opening the store will say why.
      return true;
    }
  },
};
