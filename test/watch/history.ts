import { keyOfText, prefixRange, singleKey } from '../../src/base/key.ts';
import type { KeyRange } from '../../src/base/key.ts';
import { createMemoryStore } from '../../src/storage/index.ts';
import { State } from '../../src/state/index.ts';
import type { Applied, Command, KeyEvent, Operation } from '../../src/state/index.ts';
import type { WatchRequest } from '../../src/watch/index.ts';

/** A real state as the history of watchers, with little of it in memory. */
export class Past {
  readonly state: State = State.create(
    createMemoryStore().engine,
    { members: [] },
    { recentRevisionsMax: 4, recentBytesMax: 2000 },
  );

  apply(command: Command): Applied {
    const applied = this.state.apply(this.state.appliedIndex + 1, command);
    while (this.state.compactionPending) this.state.compactStep(3);
    return applied;
  }

  /** Also of a revision that is too large to be kept in memory. */
  eventsOf(revision: number): readonly KeyEvent[] {
    const bounds = { revisionsMax: 1, eventsMax: Infinity, bytesMax: Infinity };
    return this.state.read({ revision, sub: 0 }, bounds).revisions[0]?.events ?? [];
  }

  compact(revision: number): Applied {
    return this.apply({ kind: 'compact', revision });
  }

  txn(operations: readonly Operation[]): Applied {
    return this.apply({
      kind: 'txn',
      request: { compares: [], success: operations, failure: [] },
    });
  }
}

export function putOf(key: string, value: string): Operation {
  return {
    kind: 'put',
    request: {
      key: keyOfText(key),
      value: Buffer.from(value),
      lease: 0n,
      prevKv: false,
      ignoreValue: false,
      ignoreLease: false,
    },
  };
}

export function deleteOf(key: string): Operation {
  return { kind: 'delete-range', request: { range: rangeOf(key), prevKv: false } };
}

/** "a" is one key, "a..c" a range, "a.." everything from there on, "a*" what begins so. */
export function rangeOf(text: string): KeyRange {
  const [start = '', end] = text.split('..');
  if (end !== undefined) {
    return { start: keyOfText(start), end: end === '' ? undefined : keyOfText(end) };
  }
  return text.endsWith('*')
    ? prefixRange(keyOfText(text.slice(0, -1)))
    : singleKey(keyOfText(text));
}

export function requestOf(range: KeyRange, parts: Partial<WatchRequest> = {}): WatchRequest {
  return {
    range,
    startRevision: 0,
    watchId: 0,
    prevKv: false,
    progressNotify: false,
    noPut: false,
    noDelete: false,
    fragment: false,
    ...parts,
  };
}
