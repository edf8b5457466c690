import type { KeyRange } from '../../src/base/key.ts';
import type { KeyValue, LeaseId, CallOptions, Operations } from '../../src/operations/index.ts';
import { callMember } from './caller.ts';
import type { Reply } from './caller.ts';
import { describeKeyValue, sameKeyValue } from './key-model.ts';
import type { SeededRandom } from './random.ts';
import { putOf, rangeOf } from './requests.ts';
import { Violation } from './trace.ts';
import { Session } from './users/session.ts';
import type { World } from './world.ts';

/** Keys of its own, which the history of calls does not cover. */
const bulkKeys: KeyRange = { start: 'load/', end: 'load0' };
const leaseSeconds = 4;
/** More than the number of answers that are built at a time. */
const readsAtOnce = 8;

/**
 * A client whose commands touch many keys: it writes them, sometimes with a lease, deletes all of them, revokes the
 * lease, compacts, and reads keys and leases meanwhile. Each read must show the keys as of one revision.
 */
export class BulkClient {
  readonly name: string;
  readonly #world: World;
  readonly #session: Session;
  readonly #random: SeededRandom;
  #lease: LeaseId | undefined;
  #writes = 0;

  constructor(name: string, world: World, random: SeededRandom) {
    this.name = name;
    this.#world = world;
    this.#session = new Session(world, name, 'operator');
    this.#random = random;
  }

  async live(): Promise<void> {
    const { scheduler, settings } = this.#world;
    while (this.#world.isOpen) {
      await scheduler.sleep(this.#random.real(1, settings.thinkMsMax));
      if (!this.#world.isOpen) return;
      const dice = this.#random.unit();
      if (dice < 0.35) await this.#fill();
      else if (dice < 0.5) await this.#deleteAll();
      else if (dice < 0.7) await this.#look();
      else if (dice < 0.75) await this.#lookBehindCompaction();
      else if (dice < 0.9) await this.#lookAtLease();
      else await this.#revoke();
    }
  }

  async #fill(): Promise<void> {
    if (this.#lease === undefined && this.#random.chance(0.6)) await this.#grant();
    const lease = this.#random.chance(0.7) ? (this.#lease ?? 0n) : 0n;
    const success = Array.from({ length: this.#world.settings.bulkKeys }, (_, at) => {
      // Values of others tell who wrote them; these may be empty.
      const value = at % 3 === 2 ? '' : `${this.name}-${++this.#writes}`;
      const request = putOf(`load/${String(at).padStart(2, '0')}`, value, { lease });
      return { kind: 'put', request } as const;
    });
    const request = { compares: [], success, failure: [], serializable: false };
    const reply = await this.#call('fills', (operations, as) => operations.txn(request, as));
    // The lease may have expired.
    if (reply.kind === 'refused') this.#lease = undefined;
  }

  async #grant(): Promise<void> {
    const request = { id: 0n, ttlSeconds: leaseSeconds };
    const reply = await this.#call('grants', (operations, as) =>
      operations.leaseGrant(request, as),
    );
    if (reply.kind !== 'ok') return;
    this.#lease = reply.value.id;
    this.#world.leases.mayEnd(this.#lease);
  }

  async #deleteAll(): Promise<void> {
    const request = { range: bulkKeys, prevKv: true };
    const reply = await this.#call('deletes all', (operations, as) =>
      operations.deleteRange(request, as),
    );
    if (reply.kind !== 'ok') return;
    const { header, deleted, previous } = reply.value;
    const before = deleted === 0 ? header.revision : header.revision - 1;
    this.#mustBe(previous, before, 'deleted');
    if (deleted > 1) this.#world.trace.count('commands that deleted many keys');
  }

  /** A serializable read, perhaps between the steps of a command. */
  async #look(): Promise<void> {
    const request = { ...rangeOf(bulkKeys), serializable: true };
    const reply = await this.#call('looks', (operations, as) => operations.range(request, as));
    if (reply.kind === 'ok') {
      this.#mustBe(reply.value.kvs, reply.value.header.revision, 'was shown');
    }
  }

  /** Reads of the past at one member, while a compaction removes that past. */
  async #lookBehindCompaction(): Promise<void> {
    const { ackedRevision, model, scheduler } = this.#world;
    const oldest = Math.max(1, model.compactedRevision, ackedRevision - 5);
    if (oldest >= ackedRevision) return;
    const machine = this.#random.pick(this.#world.callable());
    const request = { ...rangeOf(bulkKeys), serializable: true };
    const read = async (): Promise<void> => {
      const revision = this.#random.between(oldest, ackedRevision - 1);
      await scheduler.sleep(this.#random.real(0, 3));
      const reply = await callMember(this.#session, machine, (operations, as) =>
        operations.range({ ...request, revision }, as),
      );
      if (reply.kind !== 'ok') return;
      this.#mustBe(reply.value.kvs, revision, 'was shown');
      this.#world.trace.count('reads of many keys in the past');
    };
    const compaction = { revision: ackedRevision, physical: false };
    const reads = Array.from({ length: readsAtOnce }, read);
    await Promise.all([
      ...reads,
      this.#call('compacts', (operations, as) => operations.compact(compaction, as)),
    ]);
  }

  async #lookAtLease(): Promise<void> {
    const id = this.#lease;
    if (id === undefined) return;
    const reply = await this.#call('looks at its lease', (operations, as) =>
      operations.leaseTimeToLive({ id, keys: true }, as),
    );
    if (reply.kind !== 'ok' || reply.value.ttlSeconds < 0) return;
    const { header, keys } = reply.value;
    const found = this.#world.model.at(bulkKeys, header.revision);
    const expected = found.filter(({ lease }) => lease === id).map(({ key }) => key);
    // The remaining time was read before the keys; the lease and its keys may have expired in between.
    if (keys.length === 0) return;
    if (keys.join() !== expected.join()) {
      const what = `the keys ${keys.join()} of its lease at ${header.revision}`;
      throw new Violation(`${this.name} was shown ${what}, which were ${expected.join()}`);
    }
  }

  async #revoke(): Promise<void> {
    const id = this.#lease;
    if (id === undefined) return;
    this.#lease = undefined;
    await this.#call('revokes', (operations, as) => operations.leaseRevoke(id, as));
  }

  #mustBe(kvs: readonly KeyValue[], revision: number, what: string): void {
    const expected = this.#world.model.at(bulkKeys, revision);
    for (let at = 0; at < Math.max(kvs.length, expected.length); at++) {
      if (sameKeyValue(kvs[at], expected[at])) continue;
      const [found, true_] = [describeKeyValue(kvs[at]), describeKeyValue(expected[at])];
      throw new Violation(`${this.name} ${what} ${found} at ${revision}, and it was ${true_}`);
    }
  }

  async #call<T>(
    what: string,
    operation: (operations: Operations, as: CallOptions) => Promise<T>,
  ): Promise<Reply<T>> {
    const machine = this.#random.pick(this.#world.callable());
    const reply = await callMember(this.#session, machine, operation);
    this.#world.trace.count(`bulk calls ${reply.kind}`);
    this.#world.trace.tell(this.name, () => `${what} at ${machine.name}: ${reply.kind}`);
    return reply;
  }
}
