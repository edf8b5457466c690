import type { Histogram, Labels } from '../base/metrics.ts';

/** A histogram that counts in plain numbers. Cumulated counts and text are made at a scrape. */
export class PlainHistogram implements Histogram {
  readonly #labels: Labels;
  readonly #bounds: readonly number[];
  /** Of each bucket by itself; the last one is beyond all bounds. */
  readonly #counts: number[];
  #sum = 0;

  /** `bounds` ascend. */
  constructor(bounds: readonly number[], labels: Labels) {
    this.#bounds = bounds;
    this.#labels = labels;
    this.#counts = Array.from({ length: bounds.length + 1 }, () => 0);
  }

  observe(value: number): void {
    if (!Number.isFinite(value)) throw new TypeError(`${value} cannot be observed`);
    const bounds = this.#bounds;
    let at = 0;
    while (at < bounds.length && value > (bounds[at] ?? 0)) at++;
    this.#counts[at] = (this.#counts[at] ?? 0) + 1;
    this.#sum += value;
  }

  lines(name: string): string[] {
    const own = Object.entries(this.#labels).map(
      ([label, value]) => `${label}="${escapedValue(value)}"`,
    );
    const lines: string[] = [];
    let total = 0;
    for (const [at, count] of this.#counts.entries()) {
      total += count;
      const bound = this.#bounds[at];
      const pairs = [...own, `le="${bound === undefined ? '+Inf' : bound}"`];
      lines.push(`${name}_bucket{${pairs.join(',')}} ${total}`);
    }
    const labels = own.length === 0 ? '' : `{${own.join(',')}}`;
    return [...lines, `${name}_sum${labels} ${this.#sum}`, `${name}_count${labels} ${total}`];
  }
}

/** All histograms of one name. */
export function histogramText(
  { name, help }: { readonly name: string; readonly help: string },
  histograms: Iterable<PlainHistogram>,
): string {
  const lines = [...histograms].flatMap((histogram) => histogram.lines(name));
  return `${[`# HELP ${name} ${escaped(help)}`, `# TYPE ${name} histogram`, ...lines].join('\n')}\n`;
}

function escaped(text: string): string {
  return text.replaceAll('\\', String.raw`\\`).replaceAll('\n', String.raw`\n`);
}

function escapedValue(text: string): string {
  return escaped(text).replaceAll('"', String.raw`\"`);
}
