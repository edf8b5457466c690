import { createServer } from 'node:net';
import { expect, test, vi } from 'vitest';
import { silentMetrics } from '../../src/base/metrics.ts';
import { systemClock } from '../../src/platform/index.ts';
import { Slots } from '../../src/probe/slots.ts';
import { limits, listening, proberOf, soon } from './targets.ts';

test('no more probes run at once than there are slots; the others wait', async () => {
  await using silent = await listening(createServer());
  const gauges = new Map<string, () => number>();
  const metrics = {
    ...silentMetrics,
    gauge: (name: string, _: string, read: () => number) => void gauges.set(name, read),
  };
  const prober = proberOf({ probesMax: 4, metrics });
  const { signal } = new AbortController();
  const probe = { kind: 'h2ping', target: silent.at, tls: undefined, ...soon } as const;
  const runs = Array.from({ length: 9 }, () => prober.run(probe, signal));
  expect(gauges.get('rollcall_probes_running')?.()).toBe(4);
  expect(gauges.get('rollcall_probes_waiting')?.()).toBe(5);
  await Promise.all(runs);
  expect(gauges.get('rollcall_probes_running')?.()).toBe(0);
});

test('targets that hang hold half of the slots, and those that answer have the others', async () => {
  const slots = new Slots(4, systemClock());
  const begun: string[] = [];
  const take = (name: string, isSlow: boolean): Promise<number> =>
    slots.take(isSlow).then(() => begun.push(name));
  for (const name of ['slow 1', 'slow 2', 'slow 3']) void take(name, true);
  for (const name of ['quick 1', 'quick 2', 'quick 3']) void take(name, false);
  await vi.waitFor(() => expect(begun).toHaveLength(4));
  expect(begun).toEqual(['slow 1', 'slow 2', 'quick 1', 'quick 2']);
  slots.release(false);
  slots.release(true);
  await vi.waitFor(() => expect(begun).toHaveLength(6));
  expect(begun.slice(4)).toEqual(['quick 3', 'slow 3']);
  expect(slots).toMatchObject({ busy: 4, waiting: 0 });
});

test('a probe that nobody wants any more has no result, and its connection is closed', async () => {
  let connected = 0;
  let closed = 0;
  const server = createServer((socket) => {
    connected++;
    socket.on('close', () => closed++).resume();
  });
  await using silent = await listening(server);
  const prober = proberOf({ probesMax: 1 });
  const end = new AbortController();
  const probe = { kind: 'h2ping', target: silent.at, tls: undefined, ...limits } as const;
  const runs = [prober.run(probe, end.signal), prober.run(probe, end.signal)];
  await vi.waitFor(() => expect(connected).toBe(1));
  end.abort();
  expect(await Promise.all(runs)).toEqual([undefined, undefined]);
  await vi.waitFor(() => expect(closed).toBe(1));
  expect(connected).toBe(1);
});

test('a burst of probes begins over several turns of the event loop', async () => {
  const turns: (() => void)[] = [];
  const clock = { ...systemClock(), endOfTurn: (turn: () => void) => void turns.push(turn) };
  const slots = new Slots(1000, clock);
  for (let at = 0; at < 40; at++) void slots.take(false);
  expect(slots).toMatchObject({ busy: 16, waiting: 24 });
  turns.shift()?.();
  expect(slots).toMatchObject({ busy: 32, waiting: 8 });
  turns.shift()?.();
  expect(slots).toMatchObject({ busy: 40, waiting: 0 });
});
