import { expect, test } from 'vitest';
import { createPrometheusMetrics } from '../../src/platform/prometheus-metrics.ts';

/** The lines of one metric, comments included. */
async function linesOf(metrics: { text(): Promise<string> }, name: string): Promise<string[]> {
  const text = await metrics.text();
  return text
    .split('\n')
    .filter((line) => new RegExp(`^(# (HELP|TYPE) )?${name}(_bucket|_sum|_count)?[ {]`).test(line));
}

test('a counter shows the sum of its additions, and 0 before the first', async () => {
  const metrics = createPrometheusMetrics();
  const counter = metrics.counter('puts_total', 'Puts.');
  expect(await linesOf(metrics, 'puts_total')).toEqual([
    '# HELP puts_total Puts.',
    '# TYPE puts_total counter',
    'puts_total 0',
  ]);

  counter.add();
  counter.add(41);

  expect(await linesOf(metrics, 'puts_total')).toContain('puts_total 42');
  expect(await linesOf(metrics, 'puts_total')).toContain('puts_total 42');
});

test('labels are written in the order of their names, and le behind all others', async () => {
  const metrics = createPrometheusMetrics();
  metrics.gauge('g', 'G.', () => 1, { zone: 'a,b="c"', a1: '}', a: String.raw`\"` });
  metrics.facts('f', 'F.', ['y', 'x'], () => [{ y: '1', x: '2' }]);
  metrics.histogram('h', 'H.', [1], { name: 'n', kind: 'k' }).observe(0.5);

  const lines = (await metrics.text()).split('\n');
  expect(lines).toContain(String.raw`g{a="\\\"",a1="}",zone="a,b=\"c\""} 1`);
  expect(lines).toContain('f{x="2",y="1"} 1');
  expect(lines).toContain('h_bucket{kind="k",name="n",le="1"} 1');
  expect(lines).toContain('h_bucket{kind="k",name="n",le="+Inf"} 1');
});

test('the same name and labels give the same series, other labels another', async () => {
  const metrics = createPrometheusMetrics();
  const help = 'Calls.';
  metrics.counter('calls_total', help, { method: 'Put', code: 'OK' }).add();
  metrics.counter('calls_total', help, { code: 'OK', method: 'Put' }).add();
  metrics.counter('calls_total', help, { method: 'Range', code: 'OK' }).add(5);

  expect(await linesOf(metrics, 'calls_total')).toEqual([
    '# HELP calls_total Calls.',
    '# TYPE calls_total counter',
    'calls_total{code="OK",method="Put"} 2',
    'calls_total{code="OK",method="Range"} 5',
  ]);
});

test('totals and gauges are read at a scrape; the last one declared counts', async () => {
  const metrics = createPrometheusMetrics();
  let value = 1;
  metrics.gauge('depth', 'Depth.', () => -1);
  metrics.gauge('depth', 'Depth.', () => value);
  metrics.total('seen_total', 'Seen.', () => value * 10);
  value = 7;

  expect(await linesOf(metrics, 'depth')).toEqual([
    '# HELP depth Depth.',
    '# TYPE depth gauge',
    'depth 7',
  ]);
  expect(await linesOf(metrics, 'seen_total')).toEqual([
    '# HELP seen_total Seen.',
    '# TYPE seen_total counter',
    'seen_total 70',
  ]);
});

test('facts are read at a scrape', async () => {
  const metrics = createPrometheusMetrics();
  let facts: { local: string; remote: string }[] = [];
  metrics.facts('peers', 'Peers.', ['local', 'remote'], () => facts);
  expect(await linesOf(metrics, 'peers')).toHaveLength(2);

  facts = [{ local: 'a', remote: 'b' }];
  await metrics.text();
  facts = [
    { local: 'a', remote: 'c' },
    { local: 'a', remote: 'd' },
  ];

  expect(await linesOf(metrics, 'peers')).toEqual([
    '# HELP peers Peers.',
    '# TYPE peers gauge',
    'peers{local="a",remote="c"} 1',
    'peers{local="a",remote="d"} 1',
  ]);
});

test('a histogram counts observations up to each bound', async () => {
  const metrics = createPrometheusMetrics();
  const histogram = metrics.histogram('wait_seconds', 'Waits.', [0.5, 1], { op: 'put' });
  expect(await linesOf(metrics, 'wait_seconds')).toContain('wait_seconds_count{op="put"} 0');

  for (const seconds of [0.25, 0.5, 0.75, 9]) histogram.observe(seconds);
  metrics.histogram('wait_seconds', 'Waits.', [0.5, 1], { op: 'put' }).observe(0.5);

  expect(await linesOf(metrics, 'wait_seconds')).toEqual([
    '# HELP wait_seconds Waits.',
    '# TYPE wait_seconds histogram',
    'wait_seconds_bucket{op="put",le="0.5"} 3',
    'wait_seconds_bucket{op="put",le="1"} 4',
    'wait_seconds_bucket{op="put",le="+Inf"} 5',
    'wait_seconds_sum{op="put"} 11',
    'wait_seconds_count{op="put"} 5',
  ]);
});

test('one name cannot be two kinds of metric, nor have two sets of labels', () => {
  const metrics = createPrometheusMetrics();
  metrics.counter('mixed', 'Mixed.', { a: '1' });

  expect(() => metrics.gauge('mixed', 'Mixed.', () => 0)).toThrow('already been registered');
  expect(() => metrics.histogram('mixed', 'Mixed.', [1])).toThrow('already been registered');
  expect(() => metrics.counter('mixed', 'Mixed.', { b: '1' })).toThrow('different label names');
  metrics.histogram('times', 'Times.', [1]);
  expect(() => metrics.counter('times', 'Times.')).toThrow('already been registered');
});

test('label values are escaped', async () => {
  const metrics = createPrometheusMetrics();
  metrics.counter('odd_total', 'Odd.', { name: 'a"b\\c\nd' }).add();

  expect(await linesOf(metrics, 'odd_total')).toContain('odd_total{name="a\\"b\\\\c\\nd"} 1');
  metrics.histogram('odd', 'Odd.', [], { name: 'a"b\\c\nd' }).observe(1);
  expect(await linesOf(metrics, 'odd')).toContain('odd_sum{name="a\\"b\\\\c\\nd"} 1');
});

test('the process is measured with plausible figures, once for several meters', async () => {
  const used = process.cpuUsage();
  const first = createPrometheusMetrics();
  const second = createPrometheusMetrics();
  for (const metrics of [first, second]) {
    const text = await metrics.text();
    const value = (name: string): number =>
      Number(new RegExp(`^${name} (.*)$`, 'm').exec(text)?.[1] ?? Number.NaN);

    expect(value('process_resident_memory_bytes')).toBeGreaterThan(10e6);
    // Since the start of the process, not since the first scrape.
    expect(value('process_cpu_user_seconds_total')).toBeGreaterThanOrEqual(used.user / 1e6);
    expect(value('process_cpu_seconds_total')).toBeGreaterThanOrEqual(
      (used.user + used.system) / 1e6,
    );
    expect(value('go_memstats_heap_sys_bytes')).toBeGreaterThan(value('go_memstats_alloc_bytes'));
    expect(value('go_threads')).toBeGreaterThanOrEqual(1);
    expect(value('go_memstats_mallocs_total')).toBe(0);
    expect(text).toContain('# HELP go_memstats_mallocs_total Always 0');
    expect(text).toContain(`go_info{version="${process.version}"} 1`);
    expect(text.match(/^# TYPE go_goroutines gauge$/gm)).toHaveLength(1);
  }
});

test.runIf(process.platform === 'linux')(
  'open files and their limit are those of the kernel',
  async () => {
    const text = await createPrometheusMetrics().text();
    const value = (name: string): number =>
      Number(new RegExp(`^${name} (.*)$`, 'm').exec(text)?.[1] ?? Number.NaN);

    expect(value('os_fd_used')).toBeGreaterThan(2);
    expect(value('os_fd_limit')).toBeGreaterThan(value('os_fd_used'));
    expect(value('process_max_fds')).toBe(value('os_fd_limit'));
    expect(value('process_virtual_memory_max_bytes')).toBeGreaterThan(0);
    expect(value('process_network_receive_bytes_total')).toBeGreaterThan(0);
  },
);
