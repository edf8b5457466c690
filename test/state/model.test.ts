import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { RegistryError } from '../../src/base/errors.ts';
import type { Steps } from '../../src/base/steps.ts';
import {
  decodeCommand,
  encodeCommand,
  isReadOnly,
  State,
  validateTxn,
} from '../../src/state/index.ts';
import type {
  Applied,
  Command,
  MemoryBounds,
  RangeRequest,
  TxnRequest,
} from '../../src/state/index.ts';
import { keyCommand, leaseIds, otherCommand, rangeRequest, txnRequest } from './arbitraries.ts';
import { MemoryEngine } from './memory-engine.ts';
import { Model, Refused } from './model.ts';
import type { KeyCommand } from './model.ts';
import { plain } from './plain.ts';
import { everything, rangeRequest as requestOf } from './requests.ts';

type Step =
  | { readonly kind: 'apply'; readonly command: KeyCommand }
  | { readonly kind: 'range'; readonly request: RangeRequest }
  | { readonly kind: 'read-txn'; readonly request: TxnRequest }
  | { readonly kind: 'compact-step'; readonly keysMax: number }
  | { readonly kind: 'reload' };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 12,
    arbitrary: keyCommand
      .filter(isSensible)
      .map((command) => ({ kind: 'apply', command }) as const),
  },
  { weight: 4, arbitrary: rangeRequest.map((request) => ({ kind: 'range', request }) as const) },
  {
    weight: 1,
    arbitrary: txnRequest
      .filter(isReadOnly)
      .map((request) => ({ kind: 'read-txn', request }) as const),
  },
  {
    weight: 2,
    arbitrary: fc
      .integer({ min: 1, max: 4 })
      .map((keysMax) => ({ kind: 'compact-step', keysMax }) as const),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'reload' } as const) },
);

/** So little memory that nearly everything is read from the engine. */
const tight: MemoryBounds = {
  cacheBytesMax: 100,
  recentRevisionsMax: 2,
  recentBytesMax: 1000,
  keysPerStep: 1,
};

test('the state answers like a model with the full history, for any commands, after a restart too', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 40, size: 'max' }),
      fc.boolean(),
      async (steps, isTight) => {
        const bounds = isTight ? tight : {};
        const engine = new MemoryEngine();
        const model = new Model();
        let state = State.create(engine, { members: [] }, bounds);
        for (const one of steps) {
          switch (one.kind) {
            case 'apply':
              expect(applied(state, one.command)).toEqual(appliedByModel(model, one.command));
              break;
            case 'range':
              expect(attempt(() => state.range(one.request))).toEqual(
                attempt(() => model.range(one.request)),
              );
              break;
            case 'read-txn':
              expect(attempt(() => state.readTxn(one.request))).toEqual(
                attempt(() => model.readTxn(one.request)),
              );
              break;
            case 'compact-step':
              state.compactStep(one.keysMax);
              break;
            case 'reload': {
              const digest = state.digest();
              state = await State.load(engine, state.appliedIndex, bounds);
              expect(state.digest()).toBe(digest);
              break;
            }
          }
        }
        expect(history(state)).toEqual(historyOfModel(model));
        while (state.compactStep(2)) expect(history(state)).toEqual(historyOfModel(model));
        expect(history(state)).toEqual(historyOfModel(model));
      },
    ),
    { numRuns: 500 },
  );
});

test('between the steps of a command readers see the state before it, whole', () => {
  let stepCount = 0;
  const command = fc.record({ command: keyCommand.filter(isSensible), compactKeysMax: fc.nat(2) });
  fc.assert(
    fc.property(fc.array(command, { maxLength: 25, size: 'max' }), (entries) => {
      const state = State.create(new MemoryEngine(), { members: [] }, tight);
      const model = new Model();
      for (const { command: next, compactKeysMax } of entries) {
        const before = history(state);
        const begun = state.begin(state.appliedIndex + 1, next, true);
        const effect = inSteps(begun, () => {
          stepCount++;
          if (compactKeysMax > 0) state.compactStep(compactKeysMax);
          expect(history(state)).toEqual(before);
        });
        expect(shown(state, effect)).toBe(appliedByModel(model, next));
        expect(history(state)).toEqual(historyOfModel(model));
      }
    }),
    { numRuns: 400 },
  );
  expect(stepCount).toBeGreaterThan(100);
});

function inSteps(begun: Applied | Steps<Applied>, between: () => void): Applied {
  if (!('next' in begun)) return begun;
  for (;;) {
    const next = begun.next();
    if (next.done === true) return next.value;
    between();
  }
}

test('members that apply the same commands have equal answers, digests and records', async () => {
  const command = fc.oneof(
    { weight: 5, arbitrary: keyCommand },
    { weight: 1, arbitrary: otherCommand },
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ command, compactKeysMax: fc.nat(3), reload: fc.nat(8) }), {
        maxLength: 40,
        size: 'max',
      }),
      async (entries) => {
        const engines = [new MemoryEngine(), new MemoryEngine()] as const;
        const steady = State.create(engines[0], { members: [] });
        let other = State.create(engines[1], { members: [] }, tight);
        for (const { command: next, compactKeysMax, reload } of entries) {
          expect(applied(other, next)).toBe(applied(steady, next));
          if (compactKeysMax > 0) other.compactStep(compactKeysMax);
          if (reload === 0) other = await State.load(engines[1], other.appliedIndex, tight);
          expect(other.digest()).toBe(steady.digest());
        }
        while (steady.compactStep(100)) continue;
        while (other.compactStep(1)) continue;
        expect(engines[1].rows()).toEqual(engines[0].rows());
        expect(other.sizeInUseBytes).toBe(steady.sizeInUseBytes);
      },
    ),
    { numRuns: 200 },
  );
});

test('a crash in the middle of a compaction leaves a store that answers the same', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(keyCommand, { minLength: 10, maxLength: 40, size: 'max' }),
      async (commands) => {
        const engine = new MemoryEngine();
        const state = State.create(engine, { members: [] });
        for (const command of commands) applied(state, command);
        applied(state, { kind: 'compact', revision: state.revision });
        const digest = state.digest();
        while (state.compactStep(1)) {
          const after = await State.load(engine.copy(), state.appliedIndex);
          expect(after.digest()).toBe(digest);
          expect(history(after)).toEqual(history(state));
        }
      },
    ),
    { numRuns: 50 },
  );
});

test('every command comes out of the log as it went in', () => {
  fc.assert(
    fc.property(fc.oneof(keyCommand, otherCommand), (command) => {
      expect(plain(decodeCommand(encodeCommand(command)))).toBe(plain(command));
    }),
    { numRuns: 500 },
  );
});

function isSensible(command: Command): boolean {
  if (command.kind !== 'txn') return true;
  return attempt(() => validateTxn(command.request, 128)) === undefined;
}

/** Applies a command as it comes from the log. */
function applied(state: State, command: Command): string {
  return shown(state, state.apply(state.appliedIndex + 1, encodeCommand(command)));
}

function shown(state: State, { result, revision, events, isLarge }: Applied): string {
  if (result.kind === 'error') return plain([result.code, revision, events]);
  const outcome = result.kind === 'lease-granted' ? { kind: result.kind } : result;
  const [large] = isLarge ? state.read({ revision, sub: 0 }, plenty).revisions : [];
  return plain([outcome, revision, large?.events ?? events]);
}

function appliedByModel(model: Model, command: KeyCommand): string {
  try {
    const { outcome, events } = model.apply(command);
    return plain([outcome, model.revision, events]);
  } catch (error) {
    if (error instanceof Refused) return plain([error.code, model.revision, []]);
    throw error;
  }
}

function attempt(read: () => unknown): string | undefined {
  try {
    return plain(read());
  } catch (error) {
    if (error instanceof RegistryError || error instanceof Refused) return error.code;
    throw error;
  }
}

const all = requestOf(everything);
const plenty = { revisionsMax: 1000, eventsMax: 1000, bytesMax: 1 << 20 };

/** All that can be read of the past and of leases. */
function history(state: State): string[] {
  const { compactedRevision, revision } = state;
  const told: string[] = [];
  for (let at = Math.max(1, compactedRevision); at <= revision; at++) {
    told.push(plain(state.range({ ...all, revision: at })));
    told.push(plain(state.read({ revision: at, sub: 0 }, plenty).revisions));
    if (at > compactedRevision) told.push(plain(state.previous('a', at)));
  }
  for (const id of leaseIds) told.push(plain(state.leases.get(id)?.keys));
  return told;
}

function historyOfModel(model: Model): string[] {
  const { compactedRevision, revision } = model;
  const told: string[] = [];
  for (let at = Math.max(1, compactedRevision); at <= revision; at++) {
    told.push(plain(model.range({ ...all, revision: at })));
    told.push(plain(model.eventsFrom(at)));
    if (at > compactedRevision) told.push(plain(model.at('a', at - 1)));
  }
  for (const id of leaseIds) {
    told.push(plain(model.leases.has(id) ? model.keysOf(id) : undefined));
  }
  return told;
}
