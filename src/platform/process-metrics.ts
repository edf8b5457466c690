import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { performance, PerformanceObserver } from 'node:perf_hooks';
import { getHeapStatistics } from 'node:v8';
import client from 'prom-client';
import { droppedLogLines } from './log-sink.ts';

/** One set of metrics about the process, however many members run in it. */
let registry: client.Registry | undefined;

/**
 * The metrics of this process: Prometheus' `process_*`, prom-client's `nodejs_*`, and etcd's `os_fd_*` and `go_*`.
 * @internal
 */
export function processRegistry(): client.Registry {
  if (registry === undefined) {
    registry = new client.Registry();
    client.collectDefaultMetrics({ register: registry });
    declareProcessorTime(registry);
    if (process.platform === 'linux') declareLinuxMetrics(registry);
    declareGoMetrics(registry);
    declareCounter(
      registry,
      'rollcall_log_lines_dropped_total',
      'Log lines of this process that could not be written.',
      droppedLogLines,
    );
  }
  return registry;
}

/** How many files and connections this process may have open; Infinity if the system does not say. */
export function openFilesMax(): number {
  return process.platform === 'linux' ? limitOf('Max open files') : Infinity;
}

/** The part of `/debug/vars` about this process. */
export function processVars(): Readonly<Record<string, unknown>> {
  return {
    cmdline: process.argv,
    ...(process.platform === 'linux' && { file_descriptor_limit: limitOf('Max open files') }),
    memstats: { ...process.memoryUsage(), ...getHeapStatistics() },
  };
}

/** prom-client counts from its own start, which is that of the first scrape. */
function declareProcessorTime(register: client.Registry): void {
  const seconds: readonly (readonly [string, string, (used: NodeJS.CpuUsage) => number])[] = [
    ['user_', 'User', ({ user }) => user],
    ['system_', 'System', ({ system }) => system],
    ['', 'User and system', ({ user, system }) => user + system],
  ];
  for (const [kind, word, micros] of seconds) {
    const name = `process_cpu_${kind}seconds_total`;
    register.removeSingleMetric(name);
    const help = `${word} processor time of this process, in seconds.`;
    declareCounter(register, name, help, () => micros(process.cpuUsage()) / 1e6);
  }
}

/** The kernel's metrics of this process, with etcd's names where prom-client has none. */
function declareLinuxMetrics(register: client.Registry): void {
  declareGauge(register, 'os_fd_used', 'File descriptors in use.', openFiles);
  declareGauge(register, 'os_fd_limit', 'File descriptors that may be used.', () =>
    limitOf('Max open files'),
  );
  declareGauge(
    register,
    'process_virtual_memory_max_bytes',
    'Address space that this process may use.',
    () => limitOf('Max address space'),
  );
  declareCounter(
    register,
    'process_network_receive_bytes_total',
    'Bytes received over IP in the network namespace of this process.',
    () => octets('InOctets'),
  );
  declareCounter(
    register,
    'process_network_transmit_bytes_total',
    'Bytes sent over IP in the network namespace of this process.',
    () => octets('OutOctets'),
  );
}

/**
 * Dashboards and tests for etcd use metrics of Go's runtime. Each gets the nearest value that Node.js knows; one
 * without a counterpart is 0, and its help text says so.
 */
function declareGoMetrics(register: client.Registry): void {
  const heap = getHeapStatistics;
  const gauges: readonly (readonly [string, string, () => number])[] = [
    [
      'go_goroutines',
      'Node.js has no goroutines: sockets, timers and requests that its event loop waits for.',
      () => process.getActiveResourcesInfo().length,
    ],
    ['go_threads', 'Operating system threads of this process.', threads],
    ['go_sched_gomaxprocs_threads', 'CPUs that this process may use.', availableParallelism],
    ['go_gc_gomemlimit_bytes', "Limit of V8's heap.", () => heap().heap_size_limit],
    ['go_memstats_alloc_bytes', "V8's heap in use.", () => heap().used_heap_size],
    ['go_memstats_heap_alloc_bytes', "V8's heap in use.", () => heap().used_heap_size],
    ['go_memstats_heap_inuse_bytes', "V8's heap in use.", () => heap().used_heap_size],
    ['go_memstats_heap_sys_bytes', "V8's heap in all.", () => heap().total_heap_size],
    [
      'go_memstats_heap_idle_bytes',
      "V8's heap that is not in use.",
      () => heap().total_heap_size - heap().used_heap_size,
    ],
    [
      'go_memstats_heap_released_bytes',
      "V8's heap that takes no physical memory.",
      () => Math.max(0, heap().total_heap_size - heap().total_physical_size),
    ],
    ['go_memstats_other_sys_bytes', "Buffers outside V8's heap.", () => heap().external_memory],
    ['go_memstats_stack_inuse_bytes', 'Stack of the main thread.', mainStackBytes],
    ['go_memstats_stack_sys_bytes', 'Stack of the main thread.', mainStackBytes],
    ['go_memstats_sys_bytes', 'Resident memory of this process.', () => process.memoryUsage.rss()],
    ...[
      'go_gc_gogc_percent',
      'go_memstats_buck_hash_sys_bytes',
      'go_memstats_gc_sys_bytes',
      'go_memstats_heap_objects',
      'go_memstats_mcache_inuse_bytes',
      'go_memstats_mcache_sys_bytes',
      'go_memstats_mspan_inuse_bytes',
      'go_memstats_mspan_sys_bytes',
      'go_memstats_next_gc_bytes',
    ].map((name) => [name, noCounterpart, () => 0] as const),
  ];
  for (const [name, help, read] of gauges) declareGauge(register, name, help, read);
  for (const name of [
    'go_memstats_alloc_bytes_total',
    'go_memstats_frees_total',
    'go_memstats_mallocs_total',
  ]) {
    declareCounter(register, name, noCounterpart, () => 0);
  }
  new client.Gauge({
    name: 'go_info',
    help: 'The version of Node.js, which this is made with instead of Go.',
    labelNames: ['version'],
    registers: [register],
  }).set({ version: process.version }, 1);
  declareCollections(register);
}

const noCounterpart = 'Always 0: Node.js has no such figure.';

/** Garbage collections: durations, and the end of the last one. */
function declareCollections(register: client.Registry): void {
  let lastEndMs = 0;
  const durations = new client.Summary({
    name: 'go_gc_duration_seconds',
    help: "Pauses of V8's garbage collections.",
    percentiles: [0, 0.25, 0.5, 0.75, 1],
    registers: [register],
  });
  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) {
      durations.observe(duration / 1000);
      lastEndMs = performance.timeOrigin + startTime + duration;
    }
  }).observe({ entryTypes: ['gc'] });
  declareGauge(
    register,
    'go_memstats_last_gc_time_seconds',
    'When the last garbage collection ended, in seconds since 1970; 0 if there was none.',
    () => lastEndMs / 1000,
  );
}

function declareGauge(
  register: client.Registry,
  name: string,
  help: string,
  read: () => number,
): void {
  const metric = new client.Gauge({
    name,
    help,
    registers: [],
    collect() {
      this.set(read());
    },
  });
  register.registerMetric(metric);
}

function declareCounter(
  register: client.Registry,
  name: string,
  help: string,
  read: () => number,
): void {
  const metric = new client.Counter({
    name,
    help,
    registers: [],
    collect() {
      this.reset();
      this.inc(read());
    },
  });
  register.registerMetric(metric);
}

/** /proc is kernel memory, not a disk: a synchronous read does not block the event loop. */
function proc(file: string): string {
  return readFileSync(`/proc/self/${file}`, 'utf8');
}

/** One less than listed, since the listing itself uses one. */
function openFiles(): number {
  return readdirSync('/proc/self/fd').length - 1;
}

/** "Max open files   20000   20000   files": the soft limit; unlimited is the largest 64-bit number, as in Go. */
function limitOf(name: string): number {
  const line = proc('limits')
    .split('\n')
    .find((candidate) => candidate.startsWith(name));
  const soft = line?.slice(name.length).trim().split(/\s+/)[0];
  return soft === undefined || soft === 'unlimited' ? 2 ** 64 : Number(soft);
}

function threads(): number {
  return process.platform === 'linux' ? statusField('Threads') : 1;
}

function mainStackBytes(): number {
  return process.platform === 'linux' ? statusField('VmStk') * 1024 : 0;
}

/** "Threads:	11" or "VmStk:	  132 kB": the number. */
function statusField(name: string): number {
  return Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(proc('status'))?.[1] ?? 0);
}

/** netstat has pairs of lines: "IpExt: InNoRoutes … InOctets …", then "IpExt: 0 … 4711 …". */
function octets(column: 'InOctets' | 'OutOctets'): number {
  const [names, values] = proc('net/netstat')
    .split('\n')
    .filter((line) => line.startsWith('IpExt:'))
    .map((line) => line.split(' '));
  return Number(values?.[names?.indexOf(column) ?? -1] ?? 0);
}
