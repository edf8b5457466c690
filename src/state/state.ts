import { assert, unreachable } from '../base/assert.ts';
import { finish } from '../base/steps.ts';
import type { Steps } from '../base/steps.ts';
import type { Key, KeyRange } from '../base/key.ts';
import type { MemberId } from '../base/member-id.ts';
import { AuthState } from './auth/auth-state.ts';
import { refusalToApply, RightsTable } from './auth/rights.ts';
import type { AuthView } from './auth/view.ts';
import { corruptRefusal, refusalByAlarm } from './alarm-rules.ts';
import { defaultBounds } from './bounds.ts';
import type { StateBounds } from './bounds.ts';
import { ClusterState } from './cluster-state.ts';
import { decodeCommand } from './command-codec.ts';
import { decide } from './compare.ts';
import type { Alarm, Applied, Command, CommandResult, Member } from './command.ts';
import { DeletionRevisions } from './deletion-revisions.ts';
import type { Deletions } from './deletion-revisions.ts';
import type { Engine } from './engine.ts';
import { Execution } from './execution.ts';
import { deletionsLevel } from './feature-levels.ts';
import {
  checkFormat,
  readCompactedRevision,
  writeCompactedRevision,
  writeFormat,
} from './format.ts';
import { KeyStore, newest } from './key-store.ts';
import type {
  KeyEvent,
  KeyValue,
  LeaseId,
  Position,
  ReadBounds,
  RevisionEvents,
} from './key-value.ts';
import { KvHashes } from './kv-hashes.ts';
import type { KvHash } from './kv-hashes.ts';
import { LeaseTable } from './lease-table.ts';
import type { Leases } from './lease-table.ts';
import { ReadProgress } from './read-progress.ts';
import type { Reading } from './read-progress.ts';
import { readRange } from './range.ts';
import { readTxn } from './read-txn.ts';
import { throwIfRefused } from './refusal.ts';
import type { Refusal } from './refusal.ts';
import type { RangeRequest, RangeResult, TxnRequest, TxnResult } from './requests.ts';
import { isReadOnly } from './txn-rules.ts';

/**
 * The replicated state: keys with their history, leases, members, alarms, users and roles. Only applied commands change it, and they do so
 * equally on every member. All of it can be loaded again from the engine.
 */
export class State {
  readonly #engine: Engine;
  readonly #keys: KeyStore;
  readonly #leases: LeaseTable;
  readonly #deletions: DeletionRevisions;
  readonly #cluster: ClusterState;
  readonly #auth: AuthState;
  readonly #rights: RightsTable;
  readonly #hashes: KvHashes;
  readonly #execution: Execution;
  #appliedIndex: number;
  /** A command is under way. Reads see the revision before it. */
  #isHalfway = false;
  /** A command failed half-way: the state may hold half of its effect, so it serves no reads and takes no commands. */
  #hasFailed = false;

  private constructor(engine: Engine, bounds: StateBounds, appliedIndex: number) {
    this.#engine = engine;
    this.#deletions = new DeletionRevisions(engine, bounds.directoriesMax);
    this.#keys = new KeyStore(engine, this.#deletions, bounds);
    this.#leases = new LeaseTable(engine);
    this.#cluster = new ClusterState(engine);
    this.#auth = new AuthState(engine);
    this.#rights = new RightsTable(this.#auth);
    this.#execution = new Execution(this.#keys, this.#leases, bounds.keysPerStep);
    this.#hashes = new KvHashes(this.#keys);
    this.#appliedIndex = appliedIndex;
  }

  /** The state of a cluster before its first command. Writes its first records to the empty engine. */
  static create(
    engine: Engine,
    genesis: { readonly members: readonly Member[] },
    bounds: Partial<StateBounds> = {},
  ): State {
    const state = new State(engine, { ...defaultBounds, ...bounds }, 0);
    writeFormat(engine);
    state.#cluster.begin(genesis.members);
    return state;
  }

  /**
   * Loads the state from the engine: after a restart, or after a snapshot. With many keys this takes seconds; `pause`
   * yields to the event loop in between.
   */
  static async load(
    engine: Engine,
    appliedIndex: number,
    { pause, ...bounds }: Partial<StateBounds> & { readonly pause?: () => Promise<void> } = {},
  ): Promise<State> {
    checkFormat(engine);
    const state = new State(engine, { ...defaultBounds, ...bounds }, appliedIndex);
    state.#cluster.load();
    await state.#auth.load();
    await state.#leases.load();
    await state.#deletions.load();
    await state.#keys.load(
      readCompactedRevision(engine),
      (key, lease) => state.#leases.move(key, 0n, lease),
      pause ?? noPause,
    );
    return state;
  }

  /** Index of the last entry that was applied. */
  get appliedIndex(): number {
    return this.#appliedIndex;
  }

  /** Revision of the newest write; 1 for the empty store. */
  get revision(): number {
    return this.#keys.revision;
  }

  /** The oldest revision that can be read; 0 before the first compaction. */
  get compactedRevision(): number {
    return Math.max(0, this.#keys.compactedRevision);
  }

  /** Number of keys that exist. */
  get keyCount(): number {
    return this.#keys.keyCount;
  }

  /**
   * Bytes of leases and of all records that compaction has not removed yet: what the quota limits. Differs a little
   * between members, because their compactions proceed at their own pace.
   */
  get sizeInUseBytes(): number {
    return this.#keys.recordBytes + this.#leases.bytes;
  }

  get leases(): Leases {
    return this.#leases;
  }

  /** The last deletions in directories. */
  get deletions(): Deletions {
    return this.#deletions;
  }

  /** Users and roles. */
  get auth(): AuthView & Pick<AuthState, 'login' | 'logins' | 'loginsEndedAt' | 'forget'> {
    return this.#auth;
  }

  /** The rights of each user. */
  get rights(): RightsTable {
    return this.#rights;
  }

  get members(): readonly Member[] {
    return this.#cluster.members;
  }

  get removedMembers(): readonly MemberId[] {
    return this.#cluster.removedMembers;
  }

  get alarms(): readonly Alarm[] {
    return this.#cluster.alarms;
  }

  get clusterVersion(): string | undefined {
    return this.#cluster.version;
  }

  /** The level that all members know. Commands of a higher level must not be proposed. Never falls. */
  get featureLevel(): number {
    return this.#cluster.levels.cluster;
  }

  featureLevelOf(member: MemberId): number {
    return this.#cluster.levels.of(member);
  }

  // Reading.

  /** Reads a range at once. Throws RegistryError if the revision cannot be read. */
  range(request: RangeRequest): RangeResult {
    return finish(this.openRange(request).steps);
  }

  /** Executes a read-only transaction at once, without a command. */
  readTxn(txn: TxnRequest): TxnResult {
    return finish(this.openTxn(txn).steps);
  }

  /** Reads a range in steps, at the revision asked for or at the newest one of now. See `pin` for reading in slices. */
  openRange(request: RangeRequest): Reading<RangeResult> {
    this.#checkReadable();
    const progress = new ReadProgress();
    const revision = request.revision > 0 ? request.revision : this.revision;
    throwIfRefused(this.#keys.refusalToRead(revision));
    const steps = readRange(this.#keys, request, revision, progress);
    return { steps, progress, oldestRevision: revision };
  }

  /** The same for a read-only transaction. */
  openTxn(txn: TxnRequest): Reading<TxnResult> {
    assert(isReadOnly(txn), 'only a read-only transaction runs without a command');
    this.#checkReadable();
    const progress = new ReadProgress();
    const steps = this.#readTxn(txn, this.revision, progress);
    return { steps, progress, oldestRevision: this.compactedRevision };
  }

  *#readTxn(request: TxnRequest, revision: number, progress: ReadProgress): Steps<TxnResult> {
    const decision = yield* decide(this.#keys, request, revision);
    throwIfRefused(this.#execution.checkTxn(request, decision));
    return yield* readTxn(this.#keys, { request, decision }, revision, progress);
  }

  /**
   * Compaction removes nothing that is readable from `revision` on until the returned function is called. For reads that
   * take more than one turn.
   */
  pin(revision: number): () => void {
    return this.#keys.pin(revision);
  }

  /** Past events, for watchers; see `History` in `watch`. */
  read(
    from: Position,
    bounds: ReadBounds,
    withPrevious = false,
  ): { readonly revisions: readonly RevisionEvents[]; readonly next: Position } {
    return this.#keys.readEvents(from, bounds, withPrevious);
  }

  /** True if `revision` or a later one changed a key in `range`. */
  isChangedSince(range: KeyRange, revision: number): boolean {
    return this.#keys.isChangedSince(range, revision);
  }

  /** The version of `key` just before `revision`; undefined if there was none, or it was compacted. */
  previous(key: Key, revision: number): KeyValue | undefined {
    if (revision - 1 < this.compactedRevision) return undefined;
    return this.#keys.get(key, revision - 1);
  }

  /** About the bytes of the version before an event; see `History` in `watch`. */
  bytesBefore(event: KeyEvent): number {
    return this.#keys.bytesBefore(event);
  }

  // Applying.

  /**
   * Applies the entry at `index`, which must be `appliedIndex + 1`. Throws UnknownCommand, or RegistryError if the cluster
   * has reached a feature level that this release does not know (it was downgraded). After any throw the entry does not
   * count as applied, and neither this state nor what it wrote to the engine may be used.
   */
  apply(index: number, command: Command | Uint8Array | undefined): Applied {
    if (command === undefined || (command instanceof Uint8Array && command.length === 0)) {
      this.applySkip(index);
      return { result: done, revision: this.revision, events: [], isLarge: false };
    }
    const decoded = command instanceof Uint8Array ? decodeCommand(command) : command;
    const begun = this.begin(index, decoded, true);
    return 'next' in begun ? finish(begun) : begun;
  }

  /**
   * The same for a command that may take long: returns its effect, or the steps that lead to it. Until the steps are done
   * nothing else may be applied, and reads see the whole revision before the command. Without `isWanted` the result may
   * lack data that it would show, such as previous values and what a range found.
   */
  begin(index: number, command: Command, isWanted: boolean): Applied | Steps<Applied> {
    this.#checkNext(index);
    this.#isHalfway = true;
    try {
      const outcome =
        refusalToApply(this, command) ??
        refusalByAlarm(this.#cluster, command) ??
        this.#carryOut(index, command, isWanted);
      return 'next' in outcome ? this.#inSteps(index, outcome) : this.#end(index, outcome);
    } catch (error) {
      this.#hasFailed = true;
      throw error;
    }
  }

  *#inSteps(index: number, steps: Steps<CommandResult>): Steps<Applied> {
    try {
      this.#leases.beginSteps();
      const result = yield* steps;
      if (this.#deletions.hasChanges) yield* this.#deletions.write();
      return this.#end(index, result);
    } catch (error) {
      this.#hasFailed = true;
      throw error;
    }
  }

  #end(index: number, result: CommandResult): Applied {
    const { events, isLarge } = this.#keys.commit();
    this.#leases.commit();
    this.#deletions.commit();
    if (!this.#deletions.isOn && this.featureLevel >= deletionsLevel) {
      this.#deletions.begin(this.revision);
    }
    this.#isHalfway = false;
    this.#appliedIndex = index;
    return { result, revision: this.revision, events, isLarge };
  }

  /** A command is half done. The engine then does not hold the state of any index. */
  get isHalfway(): boolean {
    return this.#isHalfway;
  }

  /** The entry at `index` has no command for the state. */
  applySkip(index: number): void {
    this.#checkNext(index);
    this.#appliedIndex = index;
  }

  #checkNext(index: number): void {
    assert(
      index === this.#appliedIndex + 1,
      `entry ${index} cannot be applied after ${this.#appliedIndex}`,
    );
    assert(!this.#hasFailed, 'nothing can be applied after a command that failed');
    assert(!this.#isHalfway, 'nothing can be applied before the command under way is done');
  }

  #carryOut(
    index: number,
    command: Command,
    isWanted: boolean,
  ): CommandResult | Steps<CommandResult> {
    switch (command.kind) {
      case 'put': {
        const { request } = command;
        return this.#execution.checkPut(request) ?? this.#execution.put(request, isWanted);
      }
      case 'delete-range':
        return this.#execution.deleteRange(command.request, isWanted);
      case 'txn': {
        const { request } = command;
        const decision = this.#execution.decide(request, newest);
        return (
          this.#execution.checkTxn(request, decision) ??
          this.#execution.txn(request, decision, { at: newest, isWanted })
        );
      }
      case 'compact':
        return this.#compact(command.revision);
      case 'lease-grant':
        return this.#grant(command);
      case 'lease-revoke':
        return this.#revoke(command.id);
      case 'lease-checkpoint':
        for (const { id, remainingSeconds } of command.leases) {
          this.#leases.checkpoint(id, remainingSeconds);
        }
        return done;
      case 'alarm':
        return this.#cluster.applyAlarm(command);
      case 'member-add':
      case 'member-remove':
      case 'member-promote':
      case 'member-update':
      case 'member-publish':
      case 'member-level':
        return this.#cluster.applyMember(command);
      case 'cluster-version':
        this.#cluster.setVersion(command.version);
        return done;
      case 'auth-enable':
      case 'auth-disable':
      case 'user-add':
      case 'user-delete':
      case 'user-password':
      case 'user-grant-role':
      case 'user-revoke-role':
      case 'role-add':
      case 'role-delete':
      case 'role-grant':
      case 'role-revoke':
      case 'login':
        return this.#auth.apply(command, index);
      default:
        return unreachable(command);
    }
  }

  #checkReadable(): void {
    if (this.#hasFailed) throwIfRefused(failedRefusal);
    if (this.#cluster.isAlarmed('corrupt')) throwIfRefused(corruptRefusal);
  }

  #compact(revision: number): CommandResult {
    if (revision > this.revision) {
      const message = `revision ${revision} is in the future; the newest is ${this.revision}`;
      return { kind: 'error', code: 'revision-in-future', message };
    }
    // Before the first compaction even revision 0 can be compacted, once, as in etcd.
    if (revision <= this.#keys.compactedRevision) {
      const message = `everything before revision ${this.compactedRevision} was compacted already`;
      return { kind: 'error', code: 'revision-compacted', message };
    }
    writeCompactedRevision(this.#engine, revision);
    this.#hashes.onCompacted({ from: this.#keys.compactedRevision, to: revision });
    this.#keys.compact(revision);
    return done;
  }

  *#revoke(id: LeaseId): Steps<CommandResult> {
    return (yield* this.#execution.revoke(id)) ?? done;
  }

  #grant({ id, ttlSeconds }: Extract<Command, { kind: 'lease-grant' }>): CommandResult {
    if (this.#leases.has(id)) {
      const message = `there is a lease ${id.toString(16)} already`;
      return { kind: 'error', code: 'lease-exists', message };
    }
    this.#leases.grant(id, ttlSeconds);
    return { kind: 'lease-granted', id, ttlSeconds };
  }

  /** Makes a restored backup the state of another cluster: these are its only members. */
  replaceMembers(members: readonly Member[]): void {
    this.#cluster.begin(members);
  }

  /** Makes a member whose cluster has lost its majority the only one of the same cluster; the others count as removed. */
  keepOnly(member: Member): void {
    this.#cluster.keepOnly(member);
  }

  /**
   * Makes a restored backup continue `amount` revisions later, with everything before compacted. The state must then be
   * loaded again from the engine.
   */
  bumpRevision(amount: number): void {
    const revision = this.revision + amount;
    assert(Number.isSafeInteger(revision + 1), 'a revision is a safe integer');
    writeCompactedRevision(this.#engine, revision);
    // What was deleted in the revisions that the backup lacks is unknown.
    this.#deletions.raiseFloor(revision);
  }

  // Compaction.

  /** True if this member still has compacted records to remove. */
  get compactionPending(): boolean {
    return this.#hashes.isPending || this.#keys.compactionPending;
  }

  /** True if their removal waits for a read that has pinned them. */
  get compactionWaits(): boolean {
    return this.#keys.compactionWaits;
  }

  /** Versions of keys that this member's compactions removed since its start. */
  get compactedVersions(): number {
    return this.#keys.compactedVersions;
  }

  /**
   * Removes some compacted records, visiting at most `keysMax` keys; true if more are left. The removal for a compaction
   * begins once the hash of what was readable before it is taken: a slice of that is done here, too.
   */
  compactStep(keysMax: number): boolean {
    const hashed = this.#hashes.step();
    if (hashed !== undefined) this.#keys.beginRemoval(hashed.hashRevision);
    const isMoreLeft = this.#keys.compactionPending && this.#keys.compactStep(keysMax);
    return isMoreLeft || this.#hashes.isPending;
  }

  /** The hashes taken at the last compactions, oldest first. */
  get compactionHashes(): readonly KvHash[] {
    return this.#hashes.known;
  }

  // Comparing members.

  /** The hash of all versions of keys that are readable at revisions up to `revision` (0: the newest); see `KvHashes`. */
  hashKv(revision: number): KvHash {
    return finish(this.openHash(revision).steps);
  }

  /** The same, in steps. */
  openHash(revision: number): Reading<KvHash> {
    return this.#hashes.open(revision);
  }

  /** The whole state in one line; equal on members that have applied the same entries. */
  digest(): string {
    const { hash, hashRevision } = this.hashKv(0);
    const [keys, leases, deletions, cluster, auth] = [
      hash,
      this.#leases.hash(),
      this.#deletions.hash(),
      this.#cluster.hash(),
      this.#auth.hash(),
    ].map((part) => part.toString(16).padStart(8, '0'));
    return (
      `revision ${hashRevision} compacted ${this.compactedRevision} keys ${keys} leases ${leases} ` +
      `deletions ${deletions} cluster ${cluster} auth ${auth}`
    );
  }
}

const noPause = (): Promise<void> => Promise.resolve();

const done: CommandResult = { kind: 'done' };

const failedRefusal: Refusal = {
  kind: 'error',
  code: 'stopped',
  message: 'this member stops, because a command failed in the middle',
};
