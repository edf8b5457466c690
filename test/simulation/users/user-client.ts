import { singleKey } from '../../../src/base/key.ts';
import type { KeyRange } from '../../../src/base/key.ts';
import type { WatchStream } from '../../../src/operations/index.ts';
import type { Reply } from '../caller.ts';
import type { Machine } from '../machine.ts';
import type { SeededRandom } from '../random.ts';
import { clientKeys, getOf, putOf, rangeOf } from '../requests.ts';
import type { World } from '../world.ts';
import { freshOf } from '../callers.ts';
import { Session } from './session.ts';
import { ownKeys } from './user-administrator.ts';
import type { Users } from './users.ts';

const keysMax = 3;
const leaseSeconds = 4;
/** Tokens of former logins that it keeps and tries. */
const formerMax = 3;

/**
 * A user with rights to few keys. It tries everything: keys that it may not read or write, tokens whose time is over, calls
 * without one, wrong passwords. As soon as it has lost a right it calls all members at once, of which some do not know that
 * yet. `Users` judges each answer and each refusal.
 */
export class UserClient {
  readonly name: string;
  readonly #world: World;
  readonly #users: Users;
  readonly #random: SeededRandom;
  readonly #session: Session;
  /** Tokens, the newest first. */
  #tokens: readonly string[] = [];
  #writes = 0;
  #lease = 0n;

  constructor(name: string, world: World, users: Users, random: SeededRandom) {
    this.name = name;
    this.#world = world;
    this.#users = users;
    this.#random = random;
    this.#session = new Session(world, name, name);
  }

  async live(): Promise<void> {
    const { scheduler, settings } = this.#world;
    this.#users.onTaking.add((user) => {
      if (this.#world.isOpen && (user === undefined || user === this.name)) this.#lookMeanwhile();
    });
    this.#users.onTaken.add((user) => {
      if (this.#world.isOpen && (user === undefined || user === this.name)) this.#tryEverywhere();
    });
    while (this.#world.isOpen) {
      await scheduler.sleep(this.#random.real(1, settings.thinkMsMax));
      if (!this.#world.isOpen) return;
      const machine = this.#random.pick(this.#world.callable());
      const dice = this.#random.unit();
      if (dice < 0.12) await this.#logIn(machine);
      else if (dice < 0.16) await this.#guess(machine);
      else if (dice < 0.5) await this.#put(machine, this.#token(), this.#key());
      else if (dice < 0.78) await this.#read(machine, this.#token());
      else if (dice < 0.86) await this.#useLease(machine, this.#token());
      else if (dice < 0.93) await this.#watch(machine, this.#token());
      else await this.#delete(machine, this.#token());
    }
  }

  /** The newest token, an older one, or none. */
  #token(): string | undefined {
    const dice = this.#random.unit();
    if (dice < 0.75) return this.#tokens[0];
    return dice < 0.9 && this.#tokens.length > 0 ? this.#random.pick(this.#tokens) : undefined;
  }

  async #logIn(machine: Machine): Promise<void> {
    if (!(await this.#session.logIn(machine))) return;
    const { token } = this.#session;
    if (token !== undefined) this.#tokens = [token, ...this.#tokens].slice(0, formerMax + 1);
  }

  /** A password that the user never had. */
  async #guess(machine: Machine): Promise<void> {
    const address = `${this.name}-guess-${++this.#writes}`;
    await this.#users.authenticate(machine, { user: this.name, password: 'wrong', address });
  }

  /** It has lost a right: nobody may honour it any more. */
  #tryEverywhere(): void {
    const attempts = this.#world.callable().flatMap((machine) => {
      const token = this.#tokens[0];
      return [
        this.#readKey(machine, token, this.#key(), false),
        this.#put(machine, token, this.#key()),
      ];
    });
    Promise.all(attempts).catch((error: unknown) => this.#world.failed(error));
  }

  /** It is about to lose a right: its calls are under way when that happens. */
  #lookMeanwhile(): void {
    const look = async (machine: Machine): Promise<void> => {
      await this.#world.scheduler.sleep(this.#random.real(0, 60));
      if (this.#lease !== 0n) await this.#lookAtLease(machine, this.#tokens[0]);
    };
    Promise.all(this.#world.callable().map(look)).catch((error: unknown) =>
      this.#world.failed(error),
    );
  }

  async #put(machine: Machine, token: string | undefined, key: string): Promise<void> {
    const value = `${this.name}-${++this.#writes}`;
    this.#users.writes(value, token);
    const need = { reads: [], writes: [singleKey(key)] };
    const reply = await this.#users.call(
      { token, name: this.name },
      machine,
      (operations, as) => operations.put(putOf(key, value), as),
      { need, kind: 'put' },
    );
    this.#tell(`puts ${key}=${value}`, machine, token, reply);
    if (reply.kind === 'ok') this.#world.acked(reply.value.header.revision);
    else if (reply.kind !== 'unknown') this.#world.neverWritten(value, this.name);
  }

  async #delete(machine: Machine, token: string | undefined): Promise<void> {
    const range = singleKey(this.#key());
    const need = { reads: [range], writes: [range] };
    const reply = await this.#users.call(
      { token, name: this.name },
      machine,
      (operations, as) => operations.deleteRange({ range, prevKv: true }, as),
      { need, kind: 'any' },
    );
    this.#tell(`deletes ${range.start}`, machine, token, reply);
  }

  async #read(machine: Machine, token: string | undefined): Promise<void> {
    const serializable = this.#random.chance(0.3);
    if (this.#random.chance(0.5)) await this.#readKey(machine, token, this.#key(), serializable);
    else await this.#readRange(machine, token, this.#range(), serializable);
  }

  async #readKey(
    machine: Machine,
    token: string | undefined,
    key: string,
    serializable: boolean,
  ): Promise<void> {
    const reply = await this.#users.call(
      { token, name: this.name },
      machine,
      (operations, as) => operations.range({ ...getOf(key), serializable }, as),
      {
        need: { reads: [singleKey(key)], writes: [] },
        kind: serializable ? 'serializable' : 'linearizable',
      },
    );
    this.#tell(`reads ${key}`, machine, token, reply);
  }

  /** By a transaction or a range. */
  async #readRange(
    machine: Machine,
    token: string | undefined,
    range: KeyRange,
    serializable: boolean,
  ): Promise<void> {
    const success = [{ kind: 'range', request: rangeOf(range) }] as const;
    const isTxn = this.#random.chance(0.5);
    const reply = await this.#users.call<{ readonly header: object }>(
      { token, name: this.name },
      machine,
      (operations, as) =>
        isTxn
          ? operations.txn({ compares: [], success, failure: [], serializable }, as)
          : operations.range({ ...rangeOf(range), serializable }, as),
      {
        need: { reads: [range], writes: [] },
        kind: serializable ? 'serializable' : 'linearizable',
      },
    );
    this.#tell(`lists ${range.start}`, machine, token, reply);
  }

  async #useLease(machine: Machine, token: string | undefined): Promise<void> {
    if (this.#lease === 0n || this.#random.chance(0.3)) await this.#putOnLease(machine, token);
    else await this.#lookAtLease(machine, token);
  }

  async #putOnLease(machine: Machine, token: string | undefined): Promise<void> {
    const key = `u/${this.name}/lease`;
    const id = this.#random.positiveInt63();
    const value = `${this.name}-${++this.#writes}`;
    this.#users.writes(value, token);
    const reply = await this.#users.call(
      { token, name: this.name },
      machine,
      async (operations, as) => {
        const granted = await operations.leaseGrant({ id, ttlSeconds: leaseSeconds }, as);
        await operations.put(putOf(key, value, { lease: id }), freshOf(as));
        return granted;
      },
      { need: { reads: [], writes: [singleKey(key)] }, kind: 'any' },
    );
    this.#tell(`puts ${key} on a lease`, machine, token, reply);
    if (reply.kind === 'ok') this.#lease = id;
  }

  /** Its keys are listed while the leader says how long it lives. */
  async #lookAtLease(machine: Machine, token: string | undefined): Promise<void> {
    const range = singleKey(`u/${this.name}/lease`);
    const reply = await this.#users.call(
      { token, name: this.name },
      machine,
      (operations, as) => operations.leaseTimeToLive({ id: this.#lease, keys: true }, as),
      { need: { reads: [range], writes: [] }, kind: 'linearizable' },
    );
    this.#tell('looks at its lease', machine, token, reply);
    if (reply.kind === 'ok' && reply.value.ttlSeconds < 0) this.#lease = 0n;
  }

  /** Leaves a stream open until its member ends it or its process ends. */
  async #watch(machine: Machine, token: string | undefined): Promise<void> {
    const range = this.#range();
    const { name } = this;
    const world = this.#world;
    machine.run((process) => {
      const { operations, replica } = process;
      if (operations === undefined || replica === undefined) return;
      const openedAt = replica.state.appliedIndex;
      const callerNow = () => this.#users.callerAt(machine, process, operations, token, name);
      let stream: WatchStream | undefined;
      try {
        stream = operations.watch(
          {
            push: (message) => {
              world.check(() => {
                if (message.kind === 'events') this.#users.mayHear(name, token, range, process);
                if (message.kind === 'canceled' && message.refusal !== undefined) {
                  const { code } = message.refusal;
                  world.trace.count(`watches of users refused`);
                  this.#users.explainCancel(name, token, range, code, openedAt);
                }
              });
              return true;
            },
            failed: (error) => world.failed(error),
          },
          { caller: callerNow(), callerNow },
        );
      } catch {
        // A learner.
        return;
      }
      stream.create({
        range,
        startRevision: 0,
        watchId: 0,
        prevKv: false,
        progressNotify: false,
        noPut: false,
        noDelete: false,
        fragment: false,
      });
      world.scheduler.after(this.#random.real(500, 8000), () => {
        machine.run((now) => {
          if (now === process) stream.close();
        });
      });
    });
  }

  #tell(what: string, machine: Machine, token: string | undefined, reply: Reply<unknown>): void {
    this.#world.trace.tell(this.name, () => {
      const answer = reply.kind === 'refused' ? `refused, ${reply.error.code}` : reply.kind;
      return `${what} at ${machine.name} with ${token ?? 'no token'}: ${answer}`;
    });
  }

  /** Mostly one of its own. */
  #key(): string {
    const dice = this.#random.unit();
    if (dice < 0.8) return `u/${this.name}/${this.#random.between(1, keysMax)}`;
    return dice < 0.9 ? `u/u${this.#random.between(1, 3)}/1` : 'x/1';
  }

  #range(): KeyRange {
    return this.#random.pick([
      ownKeys(this.name),
      ownKeys(this.name),
      clientKeys,
      { start: 'u/', end: 'u0' },
    ]);
  }
}
