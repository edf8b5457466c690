import { unreachable } from '../../src/base/assert.ts';
import { singleKey } from '../../src/base/key.ts';
import type { KeyRange } from '../../src/base/key.ts';
import type {
  Compare as StateCompare,
  KeyValue,
  Operation,
  OperationResult,
  RangeResult,
} from '../../src/operations/index.ts';
import { callMember } from './caller.ts';
import type { Reply } from './caller.ts';
import { describeKeyValue, sameKeyValue, textOf } from './key-model.ts';
import type {
  Call,
  Compare,
  Found,
  HistoryOperation,
  Outcome,
  Step,
  StepResult,
} from './linearizability/index.ts';
import type { Machine } from './machine.ts';
import type { SeededRandom } from './random.ts';
import { clientKeys, getOf, putOf, rangeOf, valueOf } from './requests.ts';
import { Violation } from './trace.ts';
import { Session } from './users/session.ts';
import type { World } from './world.ts';
import { asUser } from './callers.ts';

/**
 * A client that puts, reads, deletes and transacts. It checks each answer at once against the history that all
 * members agree on, and records it for the linearizability check, which knows nothing of members.
 */
export class Client {
  readonly name: string;
  readonly #world: World;
  readonly #session: Session;
  readonly #random: SeededRandom;
  #machine: Machine | undefined;
  #isBound = false;
  #writes = 0;

  constructor(name: string, world: World, random: SeededRandom) {
    this.name = name;
    this.#world = world;
    this.#session = new Session(world, name, 'worker');
    this.#random = random;
  }

  async live(): Promise<void> {
    const { scheduler, settings } = this.#world;
    while (this.#world.isOpen) {
      await scheduler.sleep(this.#random.real(1, settings.thinkMsMax));
      if (!this.#world.isOpen) return;
      await this.step();
    }
  }

  /** Reads continuously, at one member while it answers. */
  async read(): Promise<void> {
    const world = this.#world;
    while (world.isOpen) {
      await world.scheduler.sleep(this.#random.real(2, 30));
      const key = this.#key();
      const floor = world.ackedRevision;
      this.#machine ??= this.#random.chance(0.7) ? world.leader() : undefined;
      const machine = (this.#machine ??= this.#random.pick(world.callable()));
      const reply = await callMember(
        this.#session,
        machine,
        (operations, as) => operations.range({ ...getOf(key), serializable: false }, as),
        400,
      );
      world.trace.count(`reader's calls ${reply.kind}`);
      if (reply.kind === 'ok') {
        const { revision } = reply.value.header;
        this.#mustBeRecent(revision, floor, `get ${key} at ${machine.name}`);
        this.#mustShow(reply.value, singleKey(key), revision);
        world.acked(revision);
      }
      // It changes its member now and then, and not at once when a member does not answer.
      if (this.#random.chance(reply.kind === 'ok' ? 0.02 : 0.2)) this.#machine = undefined;
    }
  }

  /** One call of a random kind. */
  async step(): Promise<void> {
    const dice = this.#random.unit();
    if (dice < 0.3) await this.put(this.#key());
    else if (dice < 0.55) await this.get(this.#key());
    else if (dice < 0.62) await this.#getLocally();
    else if (dice < 0.72) await this.#list();
    else if (dice < 0.79) await this.#delete();
    else await this.#transact();
  }

  /** Stays with one member. */
  use(machine: Machine): void {
    this.#machine = machine;
    this.#isBound = true;
  }

  async put(key: string): Promise<boolean> {
    const { model, settings } = this.#world;
    const value = this.#value();
    const prevKv = this.#random.chance(0.4);
    const reply = await this.#call(
      { kind: 'put', key, value },
      (operations, as) =>
        operations.put(putOf(key, value, { prevKv, valueBytes: settings.valueBytes }), asUser(as)),
      (answer): Outcome => ({
        revision: answer.header.revision,
        results: [{ kind: 'put', ...(prevKv ? { previous: foundOf(answer.previous) } : {}) }],
      }),
    );
    if (reply.kind === 'ok') {
      const { revision } = reply.value.header;
      this.#mustHaveWritten(value, revision);
      if (prevKv) {
        const [before] = model.at(singleKey(key), revision - 1);
        this.#mustEqual(reply.value.previous, before, `what put ${key} replaced at ${revision}`);
      }
      return true;
    }
    if (reply.kind !== 'unknown') this.#world.neverWritten(value, this.name);
    return false;
  }

  async get(key: string): Promise<boolean> {
    const reply = await this.#call(
      { kind: 'get', key },
      (operations, as) => operations.range({ ...getOf(key), serializable: false }, as),
      (answer): Outcome => ({
        revision: answer.header.revision,
        results: [{ kind: 'get', found: foundOf(answer.kvs[0]) }],
      }),
    );
    if (reply.kind !== 'ok') return false;
    this.#mustShow(reply.value, singleKey(key), reply.value.header.revision);
    return true;
  }

  /** A serializable read may be stale, but must show a revision. */
  async #getLocally(): Promise<void> {
    const key = this.#key();
    const machine = this.#pickMachine();
    const reply = await callMember(this.#session, machine, (operations, as) =>
      operations.range({ ...getOf(key), serializable: true }, as),
    );
    this.#afterReply(reply);
    if (reply.kind === 'ok') {
      this.#mustShow(reply.value, singleKey(key), reply.value.header.revision);
      this.#world.trace.count('serializable reads');
    }
  }

  /** Reads several keys, now or in the past. */
  async #list(): Promise<void> {
    const { model } = this.#world;
    const isPast = this.#random.chance(0.5);
    const revision = isPast ? Math.max(1, model.revision - this.#random.between(0, 30)) : 0;
    const limit = this.#random.chance(0.3) ? this.#random.between(1, 3) : 0;
    const machine = this.#pickMachine();
    const floor = this.#world.ackedRevision;
    const reply = await callMember(this.#session, machine, (operations, as) =>
      operations.range({ ...rangeOf(clientKeys, { revision, limit }), serializable: false }, as),
    );
    this.#afterReply(reply);
    if (reply.kind === 'ok') {
      this.#mustBeRecent(reply.value.header.revision, floor, 'a list');
      const shown = revision > 0 ? revision : reply.value.header.revision;
      this.#mustShow(reply.value, clientKeys, shown, limit);
      this.#world.acked(reply.value.header.revision);
    } else if (reply.kind === 'refused') {
      const { code } = reply.error;
      if (code === 'revision-compacted' && revision >= model.compactedRevision) {
        throw new Violation(`${this.name} was told that revision ${revision} is compacted`);
      }
      if (code === 'revision-in-future' && revision <= floor) {
        throw new Violation(`${this.name} was told that revision ${revision} is in the future`);
      }
    }
  }

  async #delete(): Promise<void> {
    const { model } = this.#world;
    const key = this.#key();
    const reply = await this.#call(
      { kind: 'delete', key },
      (operations, as) =>
        operations.deleteRange({ range: singleKey(key), prevKv: true }, asUser(as)),
      (answer): Outcome => ({
        revision: answer.header.revision,
        results: [
          { kind: 'delete', deleted: answer.deleted, previous: foundOf(answer.previous[0]) },
        ],
      }),
    );
    if (reply.kind !== 'ok') return;
    const { header, deleted, previous } = reply.value;
    const [before] = model.at(singleKey(key), header.revision - deleted);
    this.#mustEqual(previous[0], before, `what delete ${key} found at ${header.revision}`);
  }

  async #transact(): Promise<void> {
    const { model, settings } = this.#world;
    const key = this.#key();
    const [known] = model.at(singleKey(key), model.revision);
    const call = this.#txn(key, known);
    const { compares, success, failure } = call;
    const request = {
      compares: compares.map((compare) => stateCompareOf(compare, settings.valueBytes)),
      success: success.map((step) => operationOf(step, settings.valueBytes)),
      failure: failure.map((step) => operationOf(step, settings.valueBytes)),
      serializable: false,
    };
    const reply = await this.#call(
      call,
      (operations, as) => operations.txn(request, as),
      (answer): Outcome => ({
        revision: answer.header.revision,
        succeeded: answer.succeeded,
        results: answer.results.map(stepResultOf),
      }),
    );
    const steps = [...success, ...failure];
    if (reply.kind === 'ok') {
      const ran = reply.value.succeeded ? success : failure;
      const { revision } = reply.value.header;
      for (const step of ran) if (step.kind === 'put') this.#mustHaveWritten(step.value, revision);
      const other = reply.value.succeeded ? failure : success;
      for (const step of other) {
        if (step.kind === 'put') this.#world.neverWritten(step.value, this.name);
      }
    } else if (reply.kind !== 'unknown') {
      for (const step of steps) {
        if (step.kind === 'put') this.#world.neverWritten(step.value, this.name);
      }
    }
  }

  /** Compare-and-swap, create-if-absent, read-or-write, or just reads. */
  #txn(key: string, known: KeyValue | undefined): Extract<Call, { kind: 'txn' }> {
    const random = this.#random;
    const other = this.#key();
    const put = (of: string): Step => ({ kind: 'put', key: of, value: this.#value() });
    const compare = (
      target: Compare['target'],
      result: Compare['result'],
      against: string | number,
    ): Compare => ({ key, target, result, against });
    const reads = other === key ? [get(key)] : [get(key), get(other)];
    switch (random.between(0, 4)) {
      case 0:
        return {
          kind: 'txn',
          compares: [compare('mod', 'equal', known?.modRevision ?? 0)],
          success: [put(key), ...reads],
          failure: [get(key)],
        };
      case 1:
        return {
          kind: 'txn',
          compares: [compare('create', 'equal', 0)],
          success: [put(key)],
          failure: [get(key), { kind: 'delete', key }],
        };
      case 2:
        return {
          kind: 'txn',
          compares: [compare('value', 'equal', known === undefined ? 'none' : textOf(known.value))],
          success: other === key ? [put(key)] : [put(key), put(other)],
          failure: [put(key)],
        };
      case 3:
        return {
          kind: 'txn',
          compares: [compare('version', 'greater', random.between(0, 3))],
          success: reads,
          failure: [put(key)],
        };
      default:
        return { kind: 'txn', compares: [], success: reads, failure: [] };
    }
  }

  // Calling.

  async #call<T extends { readonly header: { readonly revision: number } }>(
    call: Call,
    operation: Parameters<typeof callMember<T>>[2],
    outcomeOf: (answer: T) => Outcome,
  ): Promise<Reply<T>> {
    const world = this.#world;
    const machine = this.#pickMachine();
    const floor = world.ackedRevision;
    const invokedAt = world.scheduler.nowMs;
    world.trace.mix(1, invokedAt * 1000);
    const open = { client: this.name, call, invokedAt };
    world.openCalls.add(open);
    const reply = await callMember(this.#session, machine, operation);
    world.openCalls.delete(open);
    world.trace.count(`calls ${reply.kind}`);
    world.trace.tell(this.name, () => `${describe(call)} at ${machine.name}: ${answerText(reply)}`);
    this.#afterReply(reply);
    if (reply.kind === 'ok' || reply.kind === 'unknown') {
      const outcome = reply.kind === 'ok' ? outcomeOf(reply.value) : 'unknown';
      const returnedAt = world.scheduler.nowMs;
      const id = world.history.length;
      const operated: HistoryOperation = {
        id,
        client: this.name,
        call,
        outcome,
        invokedAt,
        returnedAt,
      };
      world.history.push(operated);
    }
    if (reply.kind === 'ok') {
      const { revision } = reply.value.header;
      this.#mustBeRecent(revision, floor, describe(call));
      world.acked(revision);
    }
    return reply;
  }

  #afterReply(reply: Reply<unknown>): void {
    if (this.#isBound) return;
    // Without an answer the client turns to another member.
    if (reply.kind !== 'ok' && reply.kind !== 'refused') this.#machine = undefined;
    if (reply.kind === 'refused' && this.#random.chance(0.3)) this.#machine = undefined;
  }

  #pickMachine(): Machine {
    if (this.#machine === undefined || (!this.#isBound && this.#random.chance(0.1))) {
      this.#machine = this.#random.pick(this.#world.callable());
    }
    return this.#machine;
  }

  #key(): string {
    return `k${this.#random.between(1, this.#world.settings.keys)}`;
  }

  #value(): string {
    return `${this.name}-${++this.#writes}`;
  }

  // Checks.

  #mustHaveWritten(value: string, revision: number): void {
    const { model } = this.#world;
    const found = model.eventsOf(revision).some(({ kv }) => textOf(kv.value) === value);
    if (!found) {
      throw new Violation(
        `${this.name} was told that "${value}" was written at revision ${revision}, where it is not`,
      );
    }
  }

  #mustBeRecent(revision: number, floor: number, what: string): void {
    if (revision >= floor) return;
    throw new Violation(
      `${this.name} got an old answer: ${what} shows revision ${revision}, and ${floor} had been seen before it was asked`,
    );
  }

  #mustShow(answer: RangeResult, range: KeyRange, revision: number, limit = 0): void {
    const all = this.#world.model.at(range, revision);
    const expected = limit > 0 ? all.slice(0, limit) : all;
    if (answer.count !== all.length || answer.kvs.length !== expected.length) {
      throw new Violation(
        `${this.name} was shown ${answer.kvs.length} of ${answer.count} keys at revision ${revision}, where ${all.length} were`,
      );
    }
    for (const [at, kv] of answer.kvs.entries()) {
      this.#mustEqual(kv, expected[at], `what is at revision ${revision}`);
    }
  }

  #mustEqual(shown: KeyValue | undefined, is: KeyValue | undefined, what: string): void {
    if (sameKeyValue(shown, is)) return;
    throw new Violation(
      `${this.name} was shown ${describeKeyValue(shown)} as ${what}, and it is ${describeKeyValue(is)}`,
    );
  }
}

function get(key: string): Step {
  return { kind: 'get', key };
}

function operationOf(step: Step, valueBytes: number): Operation {
  switch (step.kind) {
    case 'put':
      return { kind: 'put', request: putOf(step.key, step.value, { valueBytes }) };
    case 'get':
      return { kind: 'range', request: getOf(step.key) };
    case 'delete':
      return { kind: 'delete-range', request: { range: singleKey(step.key), prevKv: true } };
    default:
      return unreachable(step);
  }
}

function stateCompareOf(
  { key, target, result, against }: Compare,
  valueBytes: number,
): StateCompare {
  const value = Number(against);
  return {
    range: singleKey(key),
    result,
    against:
      target === 'value'
        ? { target, value: valueOf(String(against), valueBytes) }
        : { target, value },
  };
}

function stepResultOf(result: OperationResult): StepResult {
  switch (result.kind) {
    case 'put':
      return { kind: 'put' };
    case 'range':
      return { kind: 'get', found: foundOf(result.kvs[0]) };
    case 'delete-range':
      return {
        kind: 'delete',
        deleted: result.deleted,
        previous: foundOf(result.previous[0]),
      };
    case 'txn':
      throw new Violation('a transaction answered with a transaction that was not in it');
    default:
      return unreachable(result);
  }
}

export function foundOf(kv: KeyValue | undefined): Found | null {
  if (kv === undefined) return null;
  const { modRevision, createRevision, version } = kv;
  return { value: textOf(kv.value), modRevision, createRevision, version };
}

function describe(call: Call): string {
  switch (call.kind) {
    case 'put':
      return `put ${call.key}=${call.value}`;
    case 'get':
    case 'delete':
      return `${call.kind} ${call.key}`;
    case 'txn': {
      const compares = call.compares.map(
        ({ key, target, result, against }) => `${target} ${key} ${result} ${against}`,
      );
      const branch = (steps: readonly Step[]): string => steps.map(describe).join(', ');
      return `if ${compares.join(' and ') || 'true'} then ${branch(call.success)} else ${branch(call.failure)}`;
    }
    default:
      return unreachable(call);
  }
}

function answerText(reply: Reply<{ readonly header: { readonly revision: number } }>): string {
  if (reply.kind === 'ok') return `done at revision ${reply.value.header.revision}`;
  return reply.kind === 'refused' ? `refused, ${reply.error.code}` : reply.kind;
}
