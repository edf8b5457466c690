import { setTimeout as wait } from 'node:timers/promises';
import { runChild } from '../child.ts';
import { parseDuration, millisecondsOf } from '../../base/go-duration.ts';
import { ConsulContext, ConsulFailure, recordOf, rowsOf, textOf } from './command.ts';
import type { ConsulCommand } from './command.ts';

/** Below the prefix; the name and the flags by which Consul's programs know a lock. */
const lockName = '.lock';
const lockFlags = '3304740253564472344';
const sessionTtlSeconds = 15;
const waitSeconds = 60;
/** The child failed, with `-child-exit-code`. */
const childFailedCode = 2;

export const lockCommand: ConsulCommand = {
  name: 'lock',
  about: 'Runs a program while it holds a lock',
  usage: '[options] PREFIX CHILD…',
  flags: [
    { name: 'child-exit-code', kind: 'switch', help: 'Exit with 2 if the program fails.' },
    { name: 'n', kind: 'number', help: 'Holders at once; Rollcall has locks of one.' },
    { name: 'name', kind: 'text', help: 'The name of the session.' },
    { name: 'monitor-retry', kind: 'number' },
    { name: 'pass-stdin', kind: 'switch' },
    { name: 'shell', kind: 'switch', help: 'Run it with a shell; by default. -shell=false: not.' },
    { name: 'timeout', kind: 'text', value: 'time', help: 'Wait so long at most for the lock.' },
    { name: 'try', kind: 'text', value: 'time', help: 'The same.' },
    { name: 'verbose', kind: 'switch' },
  ],
  run: lock,
};

async function lock(context: ConsulContext): Promise<number> {
  const { flags, io } = context;
  const [prefix, ...words] = flags.rest;
  if (prefix === undefined || words.length === 0) {
    throw new ConsulFailure('Key prefix and child command must be specified');
  }
  if (![undefined, '1'].includes(flags.text('n'))) {
    throw new ConsulFailure('-n: Rollcall has locks with one holder only');
  }
  const limitMs = durationMs(flags.text('try') ?? flags.text('timeout'));
  const path = `${prefix.replace(/\/+$/, '')}/${lockName}`;
  const say = (text: string): void => {
    if (flags.isOn('verbose')) context.line(text);
  };
  say(`Setting up lock at path: ${path}`);
  const held = new HeldLock(context, path);
  await held.begin(flags.text('name') ?? `Consul lock for '${words.join(' ')}' at '${prefix}'`);
  const lost = new AbortController();
  const renewal = held.keep(lost);
  try {
    say('Attempting lock acquisition');
    if (!(await held.acquire(limitMs, lost.signal))) {
      throw new ConsulFailure('Shutdown triggered or timeout during lock acquisition');
    }
    say('Starting handler');
    const watching = held.watch(lost);
    const argv = flags.switch('shell') === false ? words : ['/bin/sh', '-c', words.join(' ')];
    const env = { CONSUL_LOCK_HELD: 'true' };
    const code = await runChild({ io, interrupted: io.interrupted }, argv, env, lost.signal);
    if (code !== 0) context.note(`Error running handler: exit status ${code}`);
    if (lost.signal.aborted) throw new ConsulFailure('Lock lost, killed the child');
    say('Child terminated, releasing lock');
    lost.abort();
    await watching;
    return code !== 0 && flags.isOn('child-exit-code') ? childFailedCode : 0;
  } finally {
    lost.abort();
    await renewal;
    if (await held.end()) say('Cleanup succeeded');
  }
}

function durationMs(text: string | undefined): number | undefined {
  if (text === undefined || text === '0' || text === '') return undefined;
  const duration = parseDuration(text);
  if (duration === undefined) throw new ConsulFailure(`Invalid duration: "${text}"`);
  return millisecondsOf(duration);
}

const failure = 'Lock acquisition failed';

/** A session, and the entry that it holds. */
class HeldLock {
  readonly #context: ConsulContext;
  readonly #path: string;
  #session = '';

  constructor(context: ConsulContext, path: string) {
    this.#context = context;
    this.#path = `kv/${path.split('/').map(encodeURIComponent).join('/')}`;
  }

  async begin(name: string): Promise<void> {
    const body = JSON.stringify({ Name: name, TTL: `${sessionTtlSeconds}s` });
    const answer = await this.#context.call('session/create', { method: 'PUT', body, failure });
    this.#session = textOf(recordOf(ConsulContext.json(answer))['ID']);
  }

  /** Renews the session until `over`, and aborts that if it is gone. */
  async keep(over: AbortController): Promise<void> {
    const { signal } = over;
    while (!signal.aborted) {
      await wait((sessionTtlSeconds / 3) * 1000, undefined, { signal }).catch(() => {});
      if (signal.aborted) return;
      try {
        const path = `session/renew/${this.#session}`;
        const call = { method: 'PUT', mayBeMissing: true, failure } as const;
        if ((await this.#context.call(path, call)).status === 404) over.abort();
      } catch (error) {
        // The next renewal may reach it; `watch` notices the end of the lock.
        if (!(error instanceof ConsulFailure)) throw error;
      }
    }
  }

  /** Tries until it holds the entry. False: the time is over, or the session is gone. */
  async acquire(limitMs: number | undefined, over: AbortSignal): Promise<boolean> {
    const endsMs = performance.now() + (limitMs ?? Infinity);
    const query = { acquire: this.#session, flags: lockFlags };
    while (!over.aborted) {
      const taken = await this.#context.call(this.#path, {
        method: 'PUT',
        body: '',
        query,
        failure,
      });
      if (taken.text.trim() === 'true') return true;
      const leftMs = endsMs - performance.now();
      if (leftMs <= 0) return false;
      const { holder, index } = await this.#look();
      // Without a holder the delay of the former one runs.
      if (holder === '') await wait(Math.min(leftMs, 1000));
      else await this.#look({ index, waitMs: Math.min(leftMs, waitSeconds * 1000) });
    }
    return false;
  }

  /** Aborts `over` when the entry is held no more; ends with it. */
  async watch(over: AbortController): Promise<void> {
    let index: string | undefined;
    while (!over.signal.aborted) {
      try {
        const now = await this.#look({ index, waitMs: 1000 });
        if (now.holder !== this.#session) over.abort();
        ({ index } = now);
      } catch (error) {
        if (!(error instanceof ConsulFailure)) throw error;
        await wait(1000, undefined, { signal: over.signal }).catch(() => {});
      }
    }
  }

  /** Gives the entry and the session back. True: nobody else holds the entry, and it is gone. */
  async end(): Promise<boolean> {
    const failed = { failure: 'Lock release failed', evenIfInterrupted: true };
    const put = { method: 'PUT', body: '', ...failed };
    const query = { release: this.#session, flags: lockFlags };
    await this.#context.call(this.#path, { ...put, query });
    await this.#context.call(`session/destroy/${this.#session}`, put);
    const { holder, modified } = await this.#look();
    if (holder !== '' || modified === '') return false;
    const cleanup = { method: 'DELETE', query: { cas: modified }, ...failed };
    return (await this.#context.call(this.#path, cleanup)).text.trim() === 'true';
  }

  async #look(
    given: { readonly index?: string | undefined; readonly waitMs: number } = { waitMs: 0 },
  ): Promise<{ readonly holder: string; readonly modified: string; readonly index: string }> {
    const { index, waitMs } = given;
    const query = index === undefined ? {} : { index, wait: `${Math.ceil(waitMs)}ms` };
    const answer = await this.#context.call(this.#path, {
      query,
      mayBeMissing: true,
      // Also asked at the end.
      evenIfInterrupted: index === undefined,
      failure,
    });
    const [row] = answer.status === 404 ? [] : rowsOf(ConsulContext.json(answer));
    return {
      holder: textOf(row?.['Session']),
      modified: textOf(row?.['ModifyIndex']),
      index: String(answer.headers['x-consul-index'] ?? '0'),
    };
  }
}
