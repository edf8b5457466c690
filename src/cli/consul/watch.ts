import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { ConsulContext, ConsulFailure, rowsOf } from './command.ts';
import type { ConsulCommand } from './command.ts';

export const watchCommand: ConsulCommand = {
  name: 'watch',
  about: 'Prints data once, or runs a program for each change of it',
  usage: '[options] [PROGRAM [ARGUMENT…]]',
  flags: [
    {
      name: 'type',
      kind: 'text',
      help: 'key, keyprefix, services, nodes, service, checks or event.',
    },
    { name: 'key', kind: 'text', help: 'For key.' },
    { name: 'prefix', kind: 'text', help: 'For keyprefix.' },
    { name: 'service', kind: 'text', help: 'For service and checks.' },
    { name: 'tag', kind: 'text', help: 'For service; can be given several times.' },
    { name: 'passingonly', kind: 'switch', help: 'For service.' },
    { name: 'state', kind: 'text', help: 'For checks.' },
    { name: 'name', kind: 'text', help: 'For event.' },
    { name: 'filter', kind: 'text', help: 'An expression that selects.' },
    {
      name: 'shell',
      kind: 'switch',
      help: 'Runs the program by a shell, as is the default; -shell=false does not.',
    },
  ],
  run: watch,
};

interface Watched {
  readonly path: string;
  readonly query?: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** One entry, or none. */
  readonly isOne?: boolean;
}

/** Longer than a member lets a query wait. */
const callLimitMs = 6 * 60_000;
const retryMs = 5000;
const retryLimitMs = 180_000;

async function watch(context: ConsulContext): Promise<number> {
  const { flags, io } = context;
  const watched = watchedOf(context);
  const type = flags.text('type') ?? '';
  let index: string | undefined;
  let failures = 0;
  while (!io.interrupted.aborted) {
    try {
      const answer = await context.call(watched.path, {
        query: { ...watched.query, filter: flags.text('filter'), index },
        mayBeMissing: true,
        timeoutMs: callLimitMs,
        failure: `consul.watch: Watch (type: ${type}) errored`,
      });
      failures = 0;
      const next = String(answer.headers['x-consul-index'] ?? '0');
      if (next === index) continue;
      const json = answer.status === 404 ? null : ConsulContext.json(answer);
      const value = watched.isOne === true ? (rowsOf(json)[0] ?? null) : (json ?? []);
      if (flags.rest.length === 0) {
        context.line(ConsulContext.shown(value, 4));
        return 0;
      }
      // An index that falls belongs to another history.
      index = index !== undefined && BigInt(next) < BigInt(index) ? '0' : next;
      await runProgram(context, `${ConsulContext.shown(value)}\n`, next);
    } catch (error) {
      if (io.interrupted.aborted) break;
      if (!(error instanceof ConsulFailure) || flags.rest.length === 0) throw error;
      const delayMs = Math.min(retryMs * (++failures) ** 2, retryLimitMs);
      context.note(`${error.message}, retry in ${delayMs / 1000}s`);
      await wait(delayMs, undefined, { signal: io.interrupted }).catch(() => {});
    }
  }
  return 0;
}

function watchedOf({ flags }: ConsulContext): Watched {
  const text = (name: string): string => flags.text(name) ?? '';
  const needed = (name: string, problem: string): string => {
    const value = text(name);
    if (value === '') throw new ConsulFailure(problem);
    return encodeURIComponent(value).replaceAll('%2F', '/');
  };
  switch (text('type')) {
    case '':
      throw new ConsulFailure('Watch type must be specified');
    case 'key':
      return { path: `kv/${needed('key', 'Must specify a single key to watch')}`, isOne: true };
    case 'keyprefix':
      return {
        path: `kv/${needed('prefix', 'Must specify a single prefix to watch')}`,
        query: { recurse: '' },
      };
    case 'services':
      return { path: 'catalog/services' };
    case 'nodes':
      return { path: 'catalog/nodes' };
    case 'service':
      return {
        path: `health/service/${needed('service', 'Must specify a single service to watch')}`,
        query: { tag: flags.all('tag'), passing: flags.isOn('passingonly') ? '' : undefined },
      };
    case 'checks':
      return text('service') === ''
        ? { path: `health/state/${text('state') || 'any'}` }
        : { path: `health/checks/${needed('service', '')}` };
    case 'event':
      return { path: 'event/list', query: { name: text('name') || undefined } };
    default:
      throw new ConsulFailure(`Unsupported watch type: ${text('type')}`);
  }
}

/** Runs the program with the data on its input, and waits until it has ended. */
async function runProgram(
  { flags, io }: ConsulContext,
  input: string,
  index: string,
): Promise<void> {
  const [file = '', ...args] =
    flags.switch('shell') === false ? flags.rest : ['/bin/sh', '-c', flags.rest.join(' ')];
  const child = spawn(file, args, {
    stdio: ['pipe', 'inherit', 'inherit'],
    env: { ...io.env, CONSUL_INDEX: index },
  });
  const stop = (): void => void child.kill('SIGTERM');
  io.interrupted.addEventListener('abort', stop, { once: true });
  // A program need not read its input.
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  try {
    await once(child, 'exit');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConsulFailure(`Error executing handler: ${reason}`);
  } finally {
    io.interrupted.removeEventListener('abort', stop);
  }
}
