import { advance, sliceWork } from '../base/steps.ts';
import type { Steps } from '../base/steps.ts';

/** The hash of all that can be read up to a revision. */
export interface KvHash {
  readonly hash: number;
  /** The oldest revision that it covers; -1 if nothing was ever compacted. */
  readonly compactRevision: number;
  readonly hashRevision: number;
}

/** A compaction: readable from `from` on before it, from `to` on after it. */
interface Compacted {
  readonly from: number;
  readonly to: number;
}

/** As many as etcd remembers. */
const hashesMax = 10;

/**
 * The hashes of the revisions of the last compactions, each taken before its compaction removes anything. So the hash of
 * a revision stays the same number when that revision is compacted, and members can compare what they had at the same
 * compaction, whenever each of them removed its records. In memory only, as in etcd: a member that restarts begins
 * without them.
 */
export class CompactionHashes {
  readonly #hash: (compacted: Compacted) => Steps<KvHash>;
  /** Oldest first; at most `hashesMax` of each. */
  readonly #known: KvHash[] = [];
  readonly #due: Compacted[] = [];
  #steps: Steps<KvHash> | undefined;

  constructor(hash: (compacted: Compacted) => Steps<KvHash>) {
    this.#hash = hash;
  }

  /** Of the compactions whose hash is still to be taken, nothing may be removed. */
  get isPending(): boolean {
    return this.#due.length > 0;
  }

  /** Oldest first. */
  get known(): readonly KvHash[] {
    return this.#known;
  }

  compacted(compacted: Compacted): void {
    this.#due.push(compacted);
    // Compactions that come faster than hashes are taken: the one under way goes on, the next one is left out.
    if (this.#due.length > hashesMax) this.#due.splice(1, 1);
  }

  /** Does a slice of what is due; gives a hash that is complete by it. */
  step(): KvHash | undefined {
    const [next] = this.#due;
    if (next === undefined) return undefined;
    this.#steps ??= this.#hash(next);
    const step = advance(this.#steps, sliceWork);
    if (step.done !== true) return undefined;
    this.#steps = undefined;
    this.#due.shift();
    this.#known.push(step.value);
    if (this.#known.length > hashesMax) this.#known.shift();
    return step.value;
  }

  /** The hash of a compacted revision, or the compaction of which it is still to be taken. */
  at(revision: number): KvHash | Compacted | undefined {
    return (
      this.#known.find(({ hashRevision }) => hashRevision === revision) ??
      this.#due.find(({ to }) => to === revision)
    );
  }
}
