import type { Call, Compare, Found, Outcome, Step, StepResult } from './history.ts';
import { branchOf } from './history.ts';

interface Kept {
  readonly value: string;
  readonly modRevision: number;
  readonly createRevision: number;
  readonly version: number;
}

/** A sequential reference store; tests make correct histories with it. */
export class SequentialStore {
  readonly #kept = new Map<string, Kept>();
  #revision = 1;

  get revision(): number {
    return this.#revision;
  }

  run(call: Call): Outcome {
    const succeeded = call.kind !== 'txn' || call.compares.every((compare) => this.#holds(compare));
    const revision = this.#revision + 1;
    let changed = false;
    const results = branchOf(call, succeeded).map((step) => {
      const result = this.#step(step, revision);
      changed ||= result.kind === 'put' || (result.kind === 'delete' && result.deleted > 0);
      return result;
    });
    if (changed) this.#revision = revision;
    return { revision: this.#revision, ...(call.kind === 'txn' && { succeeded }), results };
  }

  #step(step: Step, revision: number): StepResult {
    const before = this.#kept.get(step.key);
    const found: Found | null = before ?? null;
    if (step.kind === 'get') return { kind: 'get', found };
    if (step.kind === 'delete') {
      return { kind: 'delete', deleted: this.#kept.delete(step.key) ? 1 : 0, previous: found };
    }
    const createRevision = before?.createRevision ?? revision;
    const version = (before?.version ?? 0) + 1;
    const { key, value } = step;
    this.#kept.set(key, { value, modRevision: revision, createRevision, version });
    return { kind: 'put', previous: found };
  }

  #holds({ key, target, result, against }: Compare): boolean {
    const kept = this.#kept.get(key);
    if (target === 'value' && kept === undefined) return false;
    const is = {
      value: Buffer.from(kept?.value ?? ''),
      mod: kept?.modRevision ?? 0,
      create: kept?.createRevision ?? 0,
      version: kept?.version ?? 0,
    }[target];
    const order =
      typeof is === 'number'
        ? is - Number(against)
        : Buffer.compare(is, Buffer.from(String(against)));
    return { equal: order === 0, 'not-equal': order !== 0, greater: order > 0, less: order < 0 }[
      result
    ];
  }
}
