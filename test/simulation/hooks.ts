import type { Steps } from '../../src/base/steps.ts';
import { Raft } from '../../src/raft/index.ts';
import type { Entry, MembershipChange } from '../../src/raft/index.ts';
import { Catalog } from '../../src/registry/index.ts';
import { State } from '../../src/state/index.ts';
import type { Applied, Command, Engine, StateBounds } from '../../src/state/index.ts';

/** Observations of the running product. Called in the middle of it, so they must not call into it. */
export interface Observer {
  /** The member of this `raft` took a step. */
  stepped(raft: Raft): void;
  /** Entries were delivered for applying. */
  committed(raft: Raft, entries: readonly Entry[]): void;
  applied(state: State, index: number, command: Command, applied: Applied): void;
  /** A command was not completed. */
  failed(): void;
  loaded(engine: Engine, state: State): void;
  /** The change to make instead, through a joint configuration; undefined: the requested one, directly. */
  jointly(raft: Raft, change: MembershipChange): MembershipChange | undefined;
  changedJointly(raft: Raft): void;
  /** A catalog has taken another revision. */
  cataloged(catalog: Catalog): void;
  /** See `StateBounds`. */
  readonly cacheBytesMax: number;
}

/** Fewer than the clients delete in, so that the oldest ones leave the table. */
export const directoriesMax = 5;

/** Small bounds, so that a small world reads from the disk, too. */
function boundsOf({ cacheBytesMax }: Observer): Partial<StateBounds> {
  return {
    cacheBytesMax,
    recentRevisionsMax: 8,
    recentBytesMax: 4000,
    keysPerStep: 1,
    directoriesMax,
  };
}

let observer: Observer | undefined;

/** Sets the observer; one world runs at a time. */
export function observe(next: Observer | undefined): void {
  observer = next;
}

// Wraps a few methods of the product, so that it needs no code for being tested.

const take = Reflect.get(Raft.prototype, 'take');
Raft.prototype.take = function (this: Raft) {
  const effects = take.call(this);
  observer?.stepped(this);
  if (effects.committed.length > 0) observer?.committed(this, effects.committed);
  return effects;
};

const changeMembership = Reflect.get(Raft.prototype, 'changeMembership');
Raft.prototype.changeMembership = function (this: Raft, change, data) {
  const joint = observer?.jointly(this, change);
  const result = changeMembership.call(this, joint ?? change, data, joint !== undefined);
  if (joint !== undefined && result.kind === 'accepted') observer?.changedJointly(this);
  return result;
};

const applyToCatalog = Reflect.get(Catalog.prototype, 'apply');
Catalog.prototype.apply = function (this: Catalog, events, revision) {
  applyToCatalog.call(this, events, revision);
  observer?.cataloged(this);
};

const loadCatalog = Reflect.get(Catalog.prototype, 'load');
Catalog.prototype.load = function* (this: Catalog, kvs, deletions, revision) {
  yield* loadCatalog.call(this, kvs, deletions, revision);
  observer?.cataloged(this);
};

const begin = Reflect.get(State.prototype, 'begin');
State.prototype.begin = function (this: State, index, command, isWanted) {
  const begun = carriedOut(() => begin.call(this, index, command, isWanted));
  if ('next' in begun) return inSteps(this, index, command, begun);
  observer?.applied(this, index, command, begun);
  return begun;
};

function* inSteps(
  state: State,
  index: number,
  command: Command,
  steps: Steps<Applied>,
): Steps<Applied> {
  for (;;) {
    const next = carriedOut(() => steps.next());
    if (next.done === true) {
      observer?.applied(state, index, command, withEvents(state, next.value));
      return next.value;
    }
    yield next.value;
  }
}

/** The events of a revision that has too many to be passed on. */
function withEvents(state: State, applied: Applied): Applied {
  if (!applied.isLarge) return applied;
  const bounds = { revisionsMax: 1, eventsMax: Infinity, bytesMax: Infinity };
  const { revisions } = state.read({ revision: applied.revision, sub: 0 }, bounds);
  return { ...applied, events: revisions[0]?.events ?? [] };
}

function carriedOut<T>(act: () => T): T {
  try {
    return act();
  } catch (error) {
    observer?.failed();
    throw error;
  }
}

const create = State.create.bind(State);
State.create = (engine, genesis, bounds) =>
  create(engine, genesis, observer === undefined ? bounds : boundsOf(observer));

const load = State.load.bind(State);
State.load = async (engine, appliedIndex, bounds) => {
  const state = await load(
    engine,
    appliedIndex,
    observer === undefined ? bounds : boundsOf(observer),
  );
  observer?.loaded(engine, state);
  return state;
};
