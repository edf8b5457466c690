import { prefixRange, singleKey } from '../../src/base/key.ts';
import type { LeaseId, CallOptions, Operations } from '../../src/operations/index.ts';
import { callMember } from './caller.ts';
import type { Reply } from './caller.ts';
import type { SeededRandom } from './random.ts';
import { putOf } from './requests.ts';
import { Session } from './users/session.ts';
import type { World } from './world.ts';

const services = 6;
const instances = 3;
const leaseSeconds = 3;

/**
 * Registers instances of services and their checks, and removes them in every way: one by one, a service at once, by
 * revoking a lease, and by letting it expire. `KeyModel` compares the table of last deletions,
 * `CatalogLedger` the catalogs that members make of these keys.
 */
export class Registrar {
  readonly name: string;
  readonly #world: World;
  readonly #session: Session;
  readonly #random: SeededRandom;
  #lease: LeaseId | undefined;
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
      const dice = this.#random.unit();
      if (dice < 0.5) await this.#register();
      else if (dice < 0.75) await this.#deregister();
      else if (dice < 0.85) await this.#removeService();
      else if (dice < 0.95) await this.#revoke();
      else this.#lease = undefined;
    }
  }

  async #register(): Promise<void> {
    if (this.#lease === undefined && this.#random.chance(0.5)) await this.#grant();
    const lease = this.#random.chance(0.5) ? (this.#lease ?? 0n) : 0n;
    const [instance, check] = this.#keys();
    const host = `${this.name}-${++this.#writes}`;
    const status = this.#random.chance(0.5) ? 'passing' : 'critical';
    const success = [
      [instance, this.#value(host)] as const,
      [check, JSON.stringify({ status, notes: host })] as const,
    ].map(([key, value]) => {
      const request = putOf(key, value, { lease });
      return { kind: 'put', request } as const;
    });
    const range = singleKey(departureOf(instance));
    const back = { kind: 'delete-range', request: { range, prevKv: false } } as const;
    const request = { compares: [], success: [...success, back], failure: [], serializable: false };
    const reply = await this.#call('registers', (operations, as) => operations.txn(request, as));
    // The lease may have expired.
    if (reply.kind === 'refused') this.#lease = undefined;
  }

  /** Some are on a node of their own, where another instance may have the same ID. */
  #value(host: string): string {
    if (this.#random.chance(0.5)) return `${host}:80`;
    const id = `i${this.#random.between(1, instances)}`;
    const node = `n${this.#random.between(1, 2)}`;
    return JSON.stringify({ address: host, port: 80, node, id });
  }

  async #deregister(): Promise<void> {
    const [instance, check] = this.#keys();
    const deletes = [instance, check].map((key) => {
      const request = { range: singleKey(key), prevKv: false };
      return { kind: 'delete-range', request } as const;
    });
    const member = `${this.name}-${++this.#writes}`;
    const reason = { reason: 'deregistered', member, time: '2026-01-02T03:04:05.000Z' };
    const left = putOf(departureOf(instance), JSON.stringify(reason), { lease: this.#lease ?? 0n });
    const success = [...deletes, { kind: 'put', request: left } as const];
    const request = { compares: [], success, failure: [], serializable: false };
    await this.#call('deregisters', (operations, as) => operations.txn(request, as));
  }

  async #removeService(): Promise<void> {
    const range = prefixRange(`/services/${this.#service()}/`);
    await this.#call('removes a service', (operations, as) =>
      operations.deleteRange({ range, prevKv: false }, as),
    );
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

  async #revoke(): Promise<void> {
    const id = this.#lease;
    if (id === undefined) return;
    this.#lease = undefined;
    await this.#call('revokes', (operations, as) => operations.leaseRevoke(id, as));
  }

  #service(): string {
    return `s${this.#random.between(1, services)}`;
  }

  #keys(): [instance: string, check: string] {
    const instance = `${this.#service()}/i${this.#random.between(1, instances)}`;
    return [`/services/${instance}`, `/checks/${instance}/c`];
  }

  async #call<T>(
    what: string,
    operation: (operations: Operations, as: CallOptions) => Promise<T>,
  ): Promise<Reply<T>> {
    const machine = this.#random.pick(this.#world.callable());
    const reply = await callMember(this.#session, machine, operation);
    this.#world.trace.count(`registrar's calls ${reply.kind}`);
    this.#world.trace.tell(this.name, () => `${what} at ${machine.name}: ${reply.kind}`);
    return reply;
  }
}

/** The key that an instance leaves behind. */
function departureOf(instance: string): string {
  return `/consul/departures/${instance.slice('/services/'.length).replace('/', '%2F')}`;
}
