import { folded } from '../../registry/index.ts';

export interface TtlOptions {
  /** `web=10`, `db*=5` or `*=0`: the exact name counts first, then the longest beginning. In seconds. */
  readonly services: readonly string[];
  /** Of names of nodes, addresses and virtual addresses. */
  readonly nodeSeconds: number;
}

/** How long clients may keep the records of a service, where an operator has said so. */
export class Ttls {
  readonly nodeSeconds: number;
  readonly #exact = new Map<string, number>();
  /** Longest first. */
  readonly #beginnings: readonly (readonly [beginning: string, seconds: number])[];

  constructor({ services, nodeSeconds }: TtlOptions) {
    this.nodeSeconds = nodeSeconds;
    const beginnings: (readonly [string, number])[] = [];
    for (const rule of services) {
      const at = rule.lastIndexOf('=');
      const name = folded(rule.slice(0, at));
      const seconds = Number(rule.slice(at + 1));
      if (name.endsWith('*')) beginnings.push([name.slice(0, -1), seconds]);
      else this.#exact.set(name, seconds);
    }
    this.#beginnings = beginnings.toSorted(([a], [b]) => b.length - a.length);
  }

  /** Undefined: no rule says anything of it. */
  secondsOf(service: string): number | undefined {
    const name = folded(service);
    return (
      this.#exact.get(name) ??
      this.#beginnings.find(([beginning]) => name.startsWith(beginning))?.[1]
    );
  }
}
