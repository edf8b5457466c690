import { advance, sliceWork } from '../base/steps.ts';
import type { Steps } from '../base/steps.ts';
import { hashNumber } from './hash.ts';
import type { KeyStore } from './key-store.ts';
import { ReadProgress } from './read-progress.ts';
import type { Reading } from './read-progress.ts';
import { throwIfRefused } from './refusal.ts';

/** The hash of all versions of keys that are readable at revisions up to `hashRevision`. */
export interface KvHash {
  readonly hash: number;
  /** The oldest revision that it covers; -1 if nothing was ever compacted. */
  readonly compactRevision: number;
  readonly hashRevision: number;
}

/** A compaction: before it revisions from `from` on were readable, after it from `to` on. */
interface Compacted {
  readonly from: number;
  readonly to: number;
}

/** As many as etcd remembers. */
const hashesMax = 10;

/**
 * Hashes by which members compare their data. They are equal on members of equal history, however far each member's
 * compaction got.
 *
 * The hash of a compacted revision is taken before its compaction removes anything, and remembered for the last
 * compactions. So it does not change when the revision is compacted, and members can compare what they had at the same
 * compaction. Hashes are kept in memory only, as in etcd: after a restart a member has none.
 */
export class KvHashes {
  readonly #keys: KeyStore;
  /** Oldest first; at most `hashesMax` of each. */
  readonly #known: KvHash[] = [];
  readonly #due: Compacted[] = [];
  /** The hash of `#due[0]`, under way. */
  #steps: Steps<KvHash> | undefined;

  constructor(keys: KeyStore) {
    this.#keys = keys;
  }

  /** True if a compaction waits for its hash. Until then nothing of that compaction may be removed. */
  get isPending(): boolean {
    return this.#due.length > 0;
  }

  /** Oldest first. */
  get known(): readonly KvHash[] {
    return this.#known;
  }

  onCompacted(compacted: Compacted): void {
    this.#due.push(compacted);
    // Compactions come faster than hashes are taken: keep the one under way, leave out the next.
    if (this.#due.length > hashesMax) this.#due.splice(1, 1);
  }

  /** Does one slice of the hash that is due. Returns the hash when it is complete. */
  step(): KvHash | undefined {
    const [next] = this.#due;
    if (next === undefined) return undefined;
    this.#steps ??= this.#hash(next.to, next.from);
    const step = advance(this.#steps, sliceWork);
    if (step.done !== true) return undefined;
    this.#steps = undefined;
    this.#due.shift();
    this.#known.push(step.value);
    if (this.#known.length > hashesMax) this.#known.shift();
    return step.value;
  }

  /** The hash up to `revision` (0: the newest), in steps. Throws RegistryError if it cannot be read and is not known. */
  open(revision: number): Reading<KvHash> {
    const hashRevision = revision <= 0 ? this.#keys.revision : revision;
    if (revision > 0) {
      const known = this.#known.find((hash) => hash.hashRevision === revision);
      if (known !== undefined) return reading(given(known), hashRevision);
      const due = this.#due.find(({ to }) => to === revision);
      if (due !== undefined) return reading(this.#hash(hashRevision, due.from), due.from);
      throwIfRefused(this.#keys.refusalToRead(hashRevision));
    }
    const from = this.#keys.compactedRevision;
    return reading(this.#hash(hashRevision, from), from);
  }

  /** Covers what is readable after a compaction up to `from`. */
  *#hash(hashRevision: number, from: number): Steps<KvHash> {
    const hash =
      (yield* this.#keys.hashUpTo(hashRevision, from)) ^ hashNumber(Math.max(0, from), 0);
    return { hash: hash >>> 0, compactRevision: from, hashRevision };
  }
}

function reading(steps: Steps<KvHash>, oldestRevision: number): Reading<KvHash> {
  return { steps, progress: new ReadProgress(), oldestRevision };
}

// eslint-disable-next-line require-yield
function* given(hash: KvHash): Steps<KvHash> {
  return hash;
}
