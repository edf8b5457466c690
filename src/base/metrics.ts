/** Counts up, never down. */
export interface Counter {
  add(amount?: number): void;
}

/** Takes samples, in seconds unless the name of the metric ends in another unit. */
export interface Histogram {
  observe(value: number): void;
}

/** Fixed labels of one series. */
export type Labels = Readonly<Record<string, string>>;

/**
 * Where parts declare their metrics. The same name and labels give the same series again. A part that counts often keeps
 * the series that it got.
 */
export interface Metrics {
  counter(name: string, help: string, labels?: Labels): Counter;
  histogram(
    name: string,
    help: string,
    bucketsSeconds: readonly number[],
    labels?: Labels,
  ): Histogram;
  /**
   * A counter that its owner keeps itself: each scrape calls `read`, which never returns less than before. A second one
   * of the same name and labels replaces the first.
   */
  total(name: string, help: string, read: () => number, labels?: Labels): void;
  /** Each scrape calls `read`. A second gauge of the same name and labels replaces the first. */
  gauge(name: string, help: string, read: () => number, labels?: Labels): void;
  /** Facts in labels, such as a version; each series has the value 1. */
  facts(
    name: string,
    help: string,
    labelNames: readonly string[],
    read: () => readonly Labels[],
  ): void;
}

const nothing = { add() {}, observe() {} };

/** Discards all samples. */
export const silentMetrics: Metrics = {
  counter: () => nothing,
  histogram: () => nothing,
  total() {},
  gauge() {},
  facts() {},
};
