import client from 'prom-client';
import { assert } from '../base/assert.ts';
import type { Counter, Histogram, Labels, Metrics } from '../base/metrics.ts';
import { histogramText, PlainHistogram } from './plain-histogram.ts';
import { processRegistry } from './process-metrics.ts';

/** Metrics in Prometheus' text format. */
export interface PrometheusMetrics extends Metrics {
  /** The current values of all metrics and of those of this process. */
  text(): Promise<string>;
  readonly contentType: string;
}

export function createPrometheusMetrics(): PrometheusMetrics {
  return new PromClientMetrics();
}

/** A series whose value is read at each scrape. */
interface ReadSeries {
  readonly labels: Labels;
  readonly read: () => number;
  /** The counter that `read` reads, if one was returned for it. */
  readonly counter?: Counter;
}

interface HistogramFamily {
  readonly name: string;
  readonly help: string;
  readonly series: Map<string, { readonly labels: Labels; readonly histogram: PlainHistogram }>;
}

/**
 * prom-client keeps names, kinds and texts; values stay with their owners until a scrape. Histograms are our own:
 * prom-client looks up their series by hashed labels for each observation, which took 6 % of a member's time.
 */
class PromClientMetrics implements PrometheusMetrics {
  readonly #registry = new client.Registry();
  /** By name, and then by labels. */
  readonly #counters = new Map<string, Map<string, ReadSeries>>();
  readonly #gauges = new Map<string, Map<string, ReadSeries>>();
  readonly #histograms = new Map<string, HistogramFamily>();

  get contentType(): string {
    return this.#registry.contentType;
  }

  counter(name: string, help: string, labels: Labels = {}): Counter {
    const series = this.#countersOf(name, help, labels);
    const key = keyOf(name, series, labels);
    const kept = series.get(key)?.counter;
    if (kept !== undefined) return kept;
    const counter = new SimpleCounter();
    series.set(key, { labels, counter, read: () => counter.total });
    return counter;
  }

  total(name: string, help: string, read: () => number, labels: Labels = {}): void {
    const series = this.#countersOf(name, help, labels);
    series.set(keyOf(name, series, labels), { labels, read });
  }

  gauge(name: string, help: string, read: () => number, labels: Labels = {}): void {
    const series = this.#gaugesOf(name, help, labels);
    series.set(keyOf(name, series, labels), { labels, read });
  }

  facts(
    name: string,
    help: string,
    labelNames: readonly string[],
    read: () => readonly Labels[],
  ): void {
    const metric = new client.Gauge({
      name,
      help,
      labelNames: [...labelNames],
      registers: [],
      collect() {
        this.reset();
        for (const labels of read()) this.set(labels, 1);
      },
    });
    this.#register(name, metric);
  }

  histogram(
    name: string,
    help: string,
    bucketsSeconds: readonly number[],
    labels: Labels = {},
  ): Histogram {
    const { series } = getOrCreate(this.#histograms, name, () => {
      const isOther = this.#registry.getSingleMetric(name) !== undefined;
      assert(!isOther, `a metric of another kind has already been registered as ${name}`);
      return { name, help, series: new Map() };
    });
    // A series without observations is exposed, too: "never" differs from "not measured".
    return getOrCreate(series, keyOf(name, series, labels), () => ({
      labels,
      histogram: new PlainHistogram([...bucketsSeconds], labels),
    })).histogram;
  }

  async text(): Promise<string> {
    const texts = await Promise.all([this.#registry.metrics(), processRegistry().metrics()]);
    const histograms = [...this.#histograms.values()].map((family) => {
      const of = [...family.series.values()].map(({ histogram }) => histogram);
      return histogramText(family, of);
    });
    return inGoOrder([...texts, ...histograms].join('\n'));
  }

  #register(name: string, metric: client.Counter | client.Gauge): void {
    assert(!this.#histograms.has(name), `a histogram has already been registered as ${name}`);
    this.#registry.registerMetric(metric);
  }

  /** The series of one name; prom-client refuses a name that is already of another kind. */
  #countersOf(name: string, help: string, labels: Labels): Map<string, ReadSeries> {
    return getOrCreate(this.#counters, name, () => {
      const series = new Map<string, ReadSeries>();
      const metric = new client.Counter({
        name,
        help,
        labelNames: Object.keys(labels),
        registers: [],
        collect() {
          this.reset();
          for (const one of series.values()) this.inc(one.labels, one.read());
        },
      });
      this.#register(name, metric);
      return series;
    });
  }

  #gaugesOf(name: string, help: string, labels: Labels): Map<string, ReadSeries> {
    return getOrCreate(this.#gauges, name, () => {
      const series = new Map<string, ReadSeries>();
      const metric = new client.Gauge({
        name,
        help,
        labelNames: Object.keys(labels),
        registers: [],
        collect() {
          this.reset();
          for (const one of series.values()) this.set(one.labels, one.read());
        },
      });
      this.#register(name, metric);
      return series;
    });
  }
}

/**
 * A counter for its owner: one addition. prom-client's own looks up its series by hashed labels at each call; here it
 * gets the total at a scrape.
 */
class SimpleCounter implements Counter {
  total = 0;

  add(amount = 1): void {
    this.total += amount;
  }
}

const labelPair = /[a-zA-Z_]\w*="(?:[^"\\]|\\.)*"/g;

/** Sorts labels as Go's library does, which scripts rely on: by name, with `le` last. */
function inGoOrder(text: string): string {
  return text.replaceAll(/^([a-zA-Z_]\w*)\{(.*)\}/gm, (line, name: string, labels: string) => {
    const pairs = labels.match(labelPair);
    if (pairs === null || pairs.length < 2) return line;
    const sorted = pairs.toSorted((one, other) => (rankOf(one) < rankOf(other) ? -1 : 1));
    return `${name}{${sorted.join(',')}}`;
  });
}

/** The sort key of a label: its name, with `le` last. */
function rankOf(pair: string): string {
  const name = pair.slice(0, pair.indexOf('='));
  return name === 'le' ? '~' : name;
}

/**
 * The key of a series within its name; independent of the order of labels. All series of a name must have the same
 * label names.
 */
function keyOf(
  name: string,
  series: ReadonlyMap<string, { readonly labels: Labels }>,
  labels: Labels,
): string {
  const names = Object.keys(labels).toSorted();
  const [first] = series.values();
  assert(
    first === undefined || Object.keys(first.labels).toSorted().join() === names.join(),
    `the series of ${name} have different label names`,
  );
  return JSON.stringify(names.map((label) => labels[label]));
}

function getOrCreate<K, V>(map: Map<K, V>, key: K, create: () => V): V {
  let value = map.get(key);
  if (value === undefined) {
    value = create();
    map.set(key, value);
  }
  return value;
}
