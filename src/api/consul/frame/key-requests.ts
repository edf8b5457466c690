import { readOf } from '../../../operations/index.ts';
import { nothingToCancel } from '../../../base/clock.ts';
import type { Cancel } from '../../../base/clock.ts';
import { RegistryError } from '../../../base/errors.ts';
import { singleKey } from '../../../base/key.ts';
import type { Key, KeyRange } from '../../../base/key.ts';
import type {
  CallOptions,
  Compare,
  KeyValue,
  LeaseId,
  Operation,
  OperationResult,
  Operations,
} from '../../../operations/index.ts';
import type { Mode } from './query.ts';

/** Operations on keys as Consul's API needs them. */

export function putOperation(key: Key, value: Uint8Array, lease: LeaseId): Operation {
  const request = { key, value, lease, prevKv: false, ignoreValue: false, ignoreLease: false };
  return { kind: 'put', request };
}

export function deleteOperation(range: KeyRange): Operation {
  return { kind: 'delete-range', request: { range, prevKv: false } };
}

/** The key is as it was read: at this revision, or missing. */
export function unchanged(key: Key, kv: KeyValue | undefined): Compare {
  return {
    range: singleKey(key),
    result: 'equal',
    against: { target: 'mod', value: kv?.modRevision ?? 0 },
  };
}

/** The key is there since the same revision as when it was read, with whatever value; or missing. */
export function notRecreated(key: Key, kv: KeyValue | undefined): Compare {
  return {
    range: singleKey(key),
    result: 'equal',
    against: { target: 'create', value: kv?.createRevision ?? 0 },
  };
}

/** No key of the range was written after this revision. */
export function nothingNewer(range: KeyRange, revision: number): Compare {
  return { range, result: 'less', against: { target: 'mod', value: revision + 1 } };
}

export function kvsOf(result: OperationResult | undefined): readonly KeyValue[] {
  return result?.kind === 'range' ? result.kvs : [];
}

/**
 * Looks at the state of this member, unless a consistent answer is asked for, and, if it finds nothing there, at all that the
 * members have acknowledged. Another one may have taken it a moment ago; a stale answer may be without it.
 */
export async function foundAt<T>(
  mode: Mode,
  look: (serializable: boolean) => Promise<T | undefined>,
): Promise<T | undefined> {
  const known = mode === 'consistent' ? undefined : await look(true);
  return known !== undefined || mode === 'stale' ? known : look(false);
}

/** An operation of Consul's API is several of ours: three keys for each entry of its store. */
export const operationsMax = 4096;

/** Key-values that were read at one revision. `release`: to be called when the answer has left. */
export interface ReadKeys {
  readonly results: readonly (readonly KeyValue[])[];
  readonly revision: number;
  readonly release: () => void;
}

/** Reads some ranges at one revision. */
export async function readRanges(
  operations: Operations,
  ranges: readonly KeyRange[],
  how: {
    readonly serializable: boolean;
    readonly options: CallOptions;
    /** The values of so many of the ranges, from the first on, are not needed. */
    readonly keysOnly?: number;
  },
): Promise<ReadKeys> {
  const { serializable, options, keysOnly = 0 } = how;
  const success = ranges.map((range, at): Operation => {
    return { kind: 'range', request: readOf(range, { keysOnly: at < keysOnly }) };
  });
  const request = { compares: [], success, failure: [], serializable, operationsMax };
  const { results, header, release = nothingToCancel } = await operations.txn(request, options);
  return { results: results.map(kvsOf), revision: header.revision, release };
}

/** A stale answer is this member's own, and so is a later one of a query that waits: it has seen a change. */
export function isLocal(mode: Mode, isFirst: boolean): boolean {
  return mode === 'stale' || !isFirst;
}

function tooMany(reason: string): RegistryError {
  return new RegistryError('too-many-requests', reason);
}

/** Calls back when a key of these ranges has changed. A refusal to watch is thrown by `check`. */
export class KeyChanges {
  readonly #operations: Operations;
  readonly #ranges: readonly KeyRange[];
  readonly #options: CallOptions;
  #refusal: RegistryError | undefined;

  constructor(operations: Operations, ranges: readonly KeyRange[], options: CallOptions) {
    this.#operations = operations;
    this.#ranges = ranges;
    this.#options = options;
  }

  onChange(changed: () => void): Cancel {
    const refused = (refusal: RegistryError): void => {
      this.#refusal = refusal;
      changed();
    };
    const stream = this.#operations.watch(
      {
        push: (message) => {
          if (message.kind === 'canceled' && message.created) {
            refused(message.refusal ?? tooMany(message.reason));
          }
          // A watcher that is canceled later fell behind, and what it missed is compacted.
          else if (message.kind === 'events' || message.kind === 'canceled') changed();
          return true;
        },
        failed: (error) => refused(tooMany(String(error))),
      },
      this.#options,
    );
    for (const range of this.#ranges) {
      stream.create({
        range,
        startRevision: 0,
        watchId: 0,
        prevKv: false,
        progressNotify: false,
        noPut: false,
        noDelete: false,
        fragment: true,
      });
    }
    return () => stream.close();
  }

  check(): void {
    if (this.#refusal !== undefined) throw this.#refusal;
  }
}
