import type { Cancel } from '../base/clock.ts';
import { folded, serviceIdOf } from './keys.ts';
import type { ServiceName } from './keys.ts';

/** A part of the catalog whose changes can be waited for. */
export type Topic = string;

export const topics = {
  /** Registrations of any service. */
  services: 'services',
  /** Checks of any instance or node. */
  checks: 'checks',
  /** Registrations of any node. */
  nodes: 'nodes',
  /** Registrations of one service, and of the nodes that it is on. */
  registrations: (name: ServiceName): Topic => `registrations/${serviceIdOf(name)}`,
  /** The same with all checks that count for its instances. */
  health: (name: ServiceName): Topic => `health/${serviceIdOf(name)}`,
  /** The registration of a node, its checks, and the instances on it with theirs. */
  node: (node: string): Topic => `node/${folded(node)}`,
} as const;

interface Waiter {
  readonly wake: () => void;
}

/** Waiters by topic. A change wakes those of its topics, and nobody else. */
export class Waiters {
  readonly #byTopic = new Map<Topic, Set<Waiter>>();
  #wakeUps = 0;

  /** How often a waiter was woken. */
  get wakeUps(): number {
    return this.#wakeUps;
  }

  /** Calls `wake` once after each batch of changes to one of the topics, until it is canceled. */
  on(waited: readonly Topic[], wake: () => void): Cancel {
    const waiter = { wake };
    for (const topic of waited) {
      const waiters = this.#byTopic.get(topic);
      if (waiters === undefined) this.#byTopic.set(topic, new Set([waiter]));
      else waiters.add(waiter);
    }
    return () => {
      for (const topic of waited) {
        const waiters = this.#byTopic.get(topic);
        waiters?.delete(waiter);
        if (waiters?.size === 0) this.#byTopic.delete(topic);
      }
    };
  }

  /** Wakes the waiters of these topics, each once. */
  wake(changed: Iterable<Topic>): void {
    const woken = new Set<Waiter>();
    for (const topic of changed) {
      for (const waiter of this.#byTopic.get(topic) ?? []) woken.add(waiter);
    }
    this.#wakeAll(woken);
  }

  /** After a new reading of everything. */
  wakeEverybody(): void {
    this.#wakeAll(new Set([...this.#byTopic.values()].flatMap((waiters) => [...waiters])));
  }

  #wakeAll(waiters: ReadonlySet<Waiter>): void {
    for (const { wake } of waiters) {
      this.#wakeUps++;
      wake();
    }
  }
}
