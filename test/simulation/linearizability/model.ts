import type {
  Call,
  Compare,
  Found,
  HistoryOperation,
  Outcome,
  Step,
  StepResult,
} from './history.ts';
import { branchOf, keysOf } from './history.ts';
import { describeFound } from './describe.ts';

/** A call that the search can order. */
export interface Candidate {
  readonly operation: HistoryOperation;
  /** Positions of its keys in a state. */
  readonly keys: readonly number[];
  /** Its revision, from its answer or from other calls. */
  readonly revision: number | undefined;
  /** It happened for sure: it was answered, or its effect was seen. */
  readonly happened: boolean;
  /** It has a step that is not a get. */
  readonly writes: boolean;
  /** It made a revision, as far as known beforehand. */
  readonly changes: boolean;
  /** `Infinity` without an answer. */
  readonly returnedAt: number;
  /** A negative number that stands for its revision while that is unknown. */
  readonly symbol: number;
}

/** A key as the model has it. A negative revision is a symbol. Equal contents have the equal `id`. */
interface Entry {
  readonly id: number;
  readonly value: string;
  readonly mod: number;
  readonly create: number;
  readonly version: number;
}

/** Stands for a create revision or version that is never read: the key exists, and that is all. */
const uncounted = 1;

/** The knowledge about a symbol: its revision is between these two, exclusive. */
interface SymbolRange {
  readonly symbol: number;
  readonly after: number;
  readonly before: number;
}

export interface State {
  readonly entries: readonly (Entry | undefined)[];
  /** The store has at least this revision; writes of other keys may have advanced it. */
  readonly revision: number;
  readonly symbols: readonly SymbolRange[];
}

type Draft = {
  -readonly [Field in keyof State]: State[Field] extends readonly (infer Item)[]
    ? Item[]
    : State[Field];
};

/** Receives the reason why a call cannot be next. */
export type Explain = (why: string) => void;

/** A sequential store of a group of keys. */
export class Model {
  readonly #keys: readonly string[];
  readonly #places: ReadonlyMap<string, number>;
  /** Numbers that are never read would only distinguish states that are the same. */
  readonly #withCreate: readonly boolean[];
  readonly #withVersion: readonly boolean[];
  readonly #comparesCounts: boolean;
  readonly #ids = new Map<string, number>();

  /**
   * Keys that may have been written by calls of unknown outcome are `uncertainKeys`. The number of writes of such a
   * key matters only if a transaction compares it; otherwise too many orders would have to be distinguished.
   */
  constructor(operations: readonly HistoryOperation[], uncertainKeys: ReadonlySet<string>) {
    this.#keys = [...new Set(operations.flatMap(({ call }) => keysOf(call)))];
    this.#places = new Map(this.#keys.map((key, place) => [key, place]));
    const counts = (target: 'create' | 'version'): boolean[] => {
      const compared = operations.some((operation) => compares(operation, target));
      const told = operations.some((operation) => tells(operation, target));
      return this.#keys.map((key) => compared || (told && !uncertainKeys.has(key)));
    };
    this.#withCreate = counts('create');
    this.#withVersion = counts('version');
    this.#comparesCounts = operations.some(
      (operation) => compares(operation, 'create') || compares(operation, 'version'),
    );
  }

  get empty(): State {
    return { entries: this.#keys.map(() => undefined), revision: 1, symbols: [] };
  }

  placesOf(call: Call): readonly number[] {
    return keysOf(call).map((key) => this.#place(key));
  }

  /** A text that is equal for indistinguishable states. */
  fingerprint({ entries, revision, symbols }: State): string {
    let text = `${revision}|`;
    for (const entry of entries) text += `${entry === undefined ? '' : entry.id},`;
    for (const { symbol, after, before } of symbols) text += `;${symbol}:${after}-${before}`;
    return text;
  }

  /** Positions of the keys that determine what a call does. */
  sensitiveKeys({ operation: { call }, keys }: Candidate): readonly number[] {
    if (this.#comparesCounts) return keys;
    return call.kind === 'txn' ? call.compares.map(({ key }) => this.#place(key)) : [];
  }

  /** Whether the keys are the same in both. */
  isSame(a: State, b: State): boolean {
    return a.entries.every((entry, place) => entry?.id === b.entries[place]?.id);
  }

  /** The states a call may lead to: none if its answer contradicts the state; two if an unknown revision decides. */
  apply(state: State, candidate: Candidate, explain?: Explain): State[] {
    const { operation } = candidate;
    const { call } = operation;
    if (call.kind !== 'txn') return this.#run(state, candidate, [call], explain);
    const told = operation.outcome === 'unknown' ? undefined : operation.outcome.succeeded;
    const states: State[] = [];
    for (const [succeeded, after] of this.#decide(state, call.compares)) {
      if (told !== undefined && told !== succeeded) {
        explain?.(`its compares ${succeeded ? 'hold' : 'do not hold'}, and it told otherwise`);
        continue;
      }
      states.push(...this.#run(after, candidate, branchOf(call, succeeded), explain));
    }
    return states;
  }

  /** Whether compares hold; both if that depends on an unknown revision. */
  #decide(state: State, all: readonly Compare[]): [boolean, State][] {
    let undecided = false;
    let bound: State | undefined = state;
    for (const compare of all) {
      const place = this.#place(compare.key);
      const holds = compareEntry(state.entries[place], compare);
      if (holds === false) return [[false, state]];
      if (holds !== undefined) continue;
      undecided = true;
      if (bound === undefined) continue;
      // An earlier compare may have determined the number that this one needs, too.
      const entry: Entry | undefined = bound.entries[place];
      const holdsThen = compareEntry(entry, compare);
      const { target, result, against } = compare;
      if (holdsThen === false) {
        bound = undefined;
        continue;
      }
      if (holdsThen === true || result !== 'equal' || entry === undefined) continue;
      const draft: Draft = draftOf(bound);
      const symbol: number = target === 'mod' ? entry.mod : entry.create;
      bound = this.#bind(draft, symbol, Number(against)) ? draft : undefined;
    }
    if (!undecided) return [[true, state]];
    return bound === undefined
      ? [[false, state]]
      : [
          [true, bound],
          [false, state],
        ];
  }

  #run(state: State, candidate: Candidate, steps: readonly Step[], explain?: Explain): State[] {
    const { operation, revision, symbol } = candidate;
    const outcome = operation.outcome === 'unknown' ? undefined : operation.outcome;
    if (outcome !== undefined && outcome.results.length !== steps.length) {
      explain?.(`it has ${steps.length} steps to run, and answered ${outcome.results.length}`);
      return [];
    }
    const draft = draftOf(state);
    if (revision === undefined) {
      const after = candidate.happened ? state.revision : this.#newestOf(state, candidate.keys);
      draft.symbols.push({ symbol, after, before: Infinity });
    }
    let changed = false;
    for (const [at, step] of steps.entries()) {
      const place = this.#place(step.key);
      const wrong = this.#check(draft, step, outcome?.results[at]);
      if (wrong !== undefined) {
        explain?.(wrong);
        return [];
      }
      if (step.kind === 'get') continue;
      const entry = draft.entries[place];
      if (step.kind === 'delete' && entry === undefined) continue;
      changed = true;
      draft.entries[place] =
        step.kind === 'put' ? this.#put(place, entry, step.value, revision ?? symbol) : undefined;
    }
    return this.#settle(draft, candidate, changed, explain) ? [draft] : [];
  }

  /**
   * A call that may not have happened is ordered late, when it makes a difference to the next one. Writes of other
   * keys in between say nothing about its revision; it is newer than what its own keys had.
   */
  #newestOf({ entries, symbols }: State, keys: readonly number[]): number {
    let newest = 1;
    for (const key of keys) {
      const mod = entries[key]?.mod ?? 0;
      const after = symbols.find(({ symbol }) => symbol === mod)?.after ?? 0;
      newest = Math.max(newest, mod, after + 1);
    }
    return newest;
  }

  /** Draws the conclusions from the revision of a call that has run. */
  #settle(draft: Draft, candidate: Candidate, changed: boolean, explain?: Explain): boolean {
    const { operation, revision, symbol } = candidate;
    if (!changed && candidate.happened && operation.outcome === 'unknown') {
      explain?.('somebody has seen what it wrote, and it would change nothing');
      return false;
    }
    if (revision === undefined) {
      const after = draft.symbols.find((range) => range.symbol === symbol)?.after ?? 0;
      if (changed) draft.revision = Math.max(draft.revision, after + 1);
      draft.symbols = draft.symbols.filter(
        (range) => range.symbol !== symbol || (changed && isUsed(draft, symbol)),
      );
      return true;
    }
    if (changed ? revision <= draft.revision : revision < draft.revision) {
      explain?.(`it tells revision ${revision}, and the store is at ${draft.revision} already`);
      return false;
    }
    draft.revision = revision;
    const before = changed ? revision : revision + 1;
    draft.symbols = draft.symbols
      .filter((range) => isUsed(draft, range.symbol))
      .map((range) => ({ ...range, before: Math.min(range.before, before) }));
    return true;
  }

  /** Why the answer of one operation is wrong. */
  #check(draft: Draft, step: Step, result: StepResult | undefined): string | undefined {
    if (result === undefined) return undefined;
    if (result.kind !== step.kind) return `it answered a ${step.kind} with a ${result.kind}`;
    const place = this.#place(step.key);
    const entry = draft.entries[place];
    if (result.kind === 'delete' && result.deleted !== (entry === undefined ? 0 : 1)) {
      return `it deleted ${result.deleted}, and ${step.key} is ${entry === undefined ? 'absent' : 'there'}`;
    }
    const found = result.kind === 'get' ? result.found : result.previous;
    if (found === undefined || this.#agrees(draft, place, found)) return undefined;
    const is = entry === undefined ? null : this.#shown(place, entry);
    return `it saw ${step.key} as ${describeFound(found)}, and the key is ${describeFound(is)}`;
  }

  #shown(place: number, { value, mod, create, version }: Entry): Found {
    return {
      value,
      ...(mod > 0 && { modRevision: mod }),
      ...(create > 0 && this.#withCreate[place] === true && { createRevision: create }),
      ...(this.#withVersion[place] === true && { version }),
    };
  }

  #agrees(draft: Draft, place: number, found: Found | null): boolean {
    const entry = draft.entries[place];
    if (entry === undefined || found === null) return entry === undefined && found === null;
    if (entry.value !== found.value) return false;
    const { version, createRevision: create } = found;
    const countsVersion = this.#withVersion[place] === true && version !== undefined;
    if (countsVersion && version !== entry.version) return false;
    return (
      this.#sameRevision(draft, entry.mod, found.modRevision) &&
      // Binding the first may have bound the second.
      (this.#withCreate[place] !== true ||
        this.#sameRevision(draft, draft.entries[place]?.create ?? 0, create))
    );
  }

  #sameRevision(draft: Draft, is: number, told: number | undefined): boolean {
    if (told === undefined || is === told) return true;
    return is < 0 && this.#bind(draft, is, told);
  }

  /** A symbol's revision has become known. */
  #bind(draft: Draft, symbol: number, revision: number): boolean {
    const range = draft.symbols.find((other) => other.symbol === symbol);
    if (range === undefined || revision <= range.after || revision >= range.before) return false;
    draft.symbols = draft.symbols.filter((other) => other !== range);
    draft.revision = Math.max(draft.revision, revision);
    for (const [place, entry] of draft.entries.entries()) {
      if (entry === undefined || (entry.mod !== symbol && entry.create !== symbol)) continue;
      const mod = entry.mod === symbol ? revision : entry.mod;
      const create = entry.create === symbol ? revision : entry.create;
      draft.entries[place] = this.#entry(entry.value, mod, create, entry.version);
    }
    return true;
  }

  #put(place: number, before: Entry | undefined, value: string, mod: number): Entry {
    const create = this.#withCreate[place] === true ? (before?.create ?? mod) : uncounted;
    const version = this.#withVersion[place] === true ? (before?.version ?? 0) + 1 : uncounted;
    return this.#entry(value, mod, create, version);
  }

  #entry(value: string, mod: number, create: number, version: number): Entry {
    const content = `${mod} ${create} ${version} ${value}`;
    let id = this.#ids.get(content);
    if (id === undefined) this.#ids.set(content, (id = this.#ids.size + 1));
    return { id, value, mod, create, version };
  }

  #place(key: string): number {
    return this.#places.get(key) ?? -1;
  }
}

function draftOf({ entries, revision, symbols }: State): Draft {
  return { entries: [...entries], revision, symbols: [...symbols] };
}

function isUsed({ entries }: Draft, symbol: number): boolean {
  return entries.some((entry) => entry?.mod === symbol || entry?.create === symbol);
}

/** `undefined`: it depends on an unknown revision. */
function compareEntry(
  entry: Entry | undefined,
  { target, result, against }: Compare,
): boolean | undefined {
  if (target === 'value') {
    return (
      entry !== undefined &&
      agreesWith(Buffer.compare(Buffer.from(entry.value), Buffer.from(String(against))), result)
    );
  }
  const is = entry?.[target] ?? 0;
  return is < 0 ? undefined : agreesWith(is - Number(against), result);
}

function agreesWith(order: number, result: Compare['result']): boolean {
  return { equal: order === 0, 'not-equal': order !== 0, greater: order > 0, less: order < 0 }[
    result
  ];
}

function compares({ call }: HistoryOperation, target: Compare['target']): boolean {
  if (call.kind !== 'txn') return false;
  return call.compares.some((compare) => compare.target === target && !asksForPresence(compare));
}

function tells({ outcome }: HistoryOperation, target: 'create' | 'version'): boolean {
  if (outcome === 'unknown') return false;
  const number = target === 'create' ? 'createRevision' : 'version';
  return foundsOf(outcome).some((found) => found[number] !== undefined);
}

/** Compares that hold for all numbers but 0, or for 0 only: they ask whether the key exists. */
function asksForPresence({ result, against }: Compare): boolean {
  if (result === 'less') return Number(against) <= 1;
  return Number(against) === 0 || (result === 'greater' && Number(against) < 0);
}

/** All that an answer shows of existing keys. */
function foundsOf({ results }: Outcome): readonly Found[] {
  return results
    .map((result) => (result.kind === 'get' ? result.found : result.previous))
    .filter((found) => found !== undefined && found !== null);
}
