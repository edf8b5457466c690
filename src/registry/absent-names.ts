import type { Counter, Metrics } from '../base/metrics.ts';

/** APIs through which names are asked for. */
export type AskingApi = 'consul' | 'dns';

/** A name that clients asked for, and that is not there. */
export interface AbsentName {
  readonly api: AskingApi;
  readonly name: string;
  readonly count: number;
  /** Of the last question, in milliseconds since 1970. */
  readonly lastMs: number;
  /** Of the last question; empty: it is not known. */
  readonly lastAddress: string;
}

const namesMaxByDefault = 1000;
/** Longer names are cut, as nobody reads them. */
const nameMax = 255;

/**
 * Names that clients ask for and do not get: a typing error in a configuration shows here. Bounded: when there are too many,
 * the half that was asked for least often is forgotten, and among equals the elder, so that a client that makes names up
 * costs little and drives out no name that others ask for again and again.
 */
export class AbsentNames {
  readonly #wallTimeMs: () => number;
  readonly #namesMax: number;
  readonly #names = new Map<string, AbsentName>();
  readonly #asked: Readonly<Record<AskingApi, Counter>>;

  constructor({
    wallTimeMs,
    metrics,
    namesMax = namesMaxByDefault,
  }: {
    readonly wallTimeMs: () => number;
    readonly metrics: Metrics;
    readonly namesMax?: number;
  }) {
    this.#wallTimeMs = wallTimeMs;
    this.#namesMax = namesMax;
    const help = 'Questions for services or names that are not there, by API.';
    const counter = (api: AskingApi): Counter =>
      metrics.counter('rollcall_absent_names_total', help, { api });
    this.#asked = { consul: counter('consul'), dns: counter('dns') };
  }

  asked(api: AskingApi, given: string, address: string | undefined): void {
    this.#asked[api].add();
    const name = given.slice(0, nameMax);
    const id = `${api}/${name}`;
    const count = (this.#names.get(id)?.count ?? 0) + 1;
    const lastAddress = address ?? '';
    this.#names.set(id, { api, name, count, lastMs: this.#wallTimeMs(), lastAddress });
    if (this.#names.size > this.#namesMax) this.#forgetHalf();
  }

  /** The one that was asked for most often first. */
  list(): readonly AbsentName[] {
    return [...this.#names.values()].toSorted((a, b) => b.count - a.count || b.lastMs - a.lastMs);
  }

  #forgetHalf(): void {
    const kept = this.list().slice(0, Math.ceil(this.#namesMax / 2));
    this.#names.clear();
    for (const one of kept) this.#names.set(`${one.api}/${one.name}`, one);
  }
}
