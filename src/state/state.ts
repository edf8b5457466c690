import { assert, unreachable } from '../base/assert.ts';
import { RegistryError } from '../base/errors.ts';
import { finish } from '../base/steps.ts';
import type { Steps } from '../base/steps.ts';
import type { Key, KeyRange } from '../base/key.ts';
import type { MemberId } from '../base/member-id.ts';
import { CompactionHashes } from './compaction-hashes.ts';
import type { KvHash } from './compaction-hashes.ts';
import { ClusterState } from './cluster-state.ts';
import { decodeCommand } from './command-codec.ts';
import { decide } from './compare.ts';
import type { Alarm, Applied, Command, CommandResult, Member } from './command.ts';
import type { Engine } from './engine.ts';
import { Execution } from './execution.ts';
import type { Refusal } from './execution.ts';
import { hashNumber } from './hash.ts';
import { KeyStore, neverCompacted, newest } from './key-store.ts';
import type { MemoryBounds } from './key-store.ts';
import type { KeyValue, LeaseId, Position, ReadBounds, RevisionEvents } from './key-value.ts';
import { LeaseTable } from './lease-table.ts';
import type { Leases } from './lease-table.ts';
import { ReadProgress } from './read-progress.ts';
import type { Reading } from './read-progress.ts';
import { readRange } from './range.ts';
import { readTxn } from './read-txn.ts';
import type { RangeRequest, RangeResult, TxnRequest, TxnResult } from './requests.ts';
import { RowFormat } from './row.ts';
import { hasPut, isReadOnly } from './txn-rules.ts';

const formatKey = 'sformat';
/** Of the records in the engine; a newer one is refused. */
const formatVersion = 1;
const compactedKey = 'scompacted';
const numberRow = new RowFormat<[number]>();

const defaultBounds: MemoryBounds = {
  cacheBytesMax: 128 << 20,
  recentRevisionsMax: 10_000,
  recentBytesMax: 16 << 20,
  keysPerStep: 128,
};

/**
 * The replicated state: keys with their history, leases, members, alarms. It changes by `apply` alone, and equally on
 * every member; everything in it can be read back from the engine.
 */
export class State {
  readonly #engine: Engine;
  readonly #keys: KeyStore;
  readonly #leases: LeaseTable;
  readonly #cluster: ClusterState;
  readonly #hashes: CompactionHashes;
  readonly #execution: Execution;
  #appliedIndex: number;
  /** A command is being carried out. Readers see the revision before it. */
  #isHalfway = false;
  /** A command failed in the middle: half of it may be in here, and nothing is right. */
  #hasFailed = false;

  private constructor(engine: Engine, bounds: MemoryBounds, appliedIndex: number) {
    this.#engine = engine;
    this.#keys = new KeyStore(engine, bounds);
    this.#leases = new LeaseTable(engine);
    this.#cluster = new ClusterState(engine);
    this.#execution = new Execution(this.#keys, this.#leases, bounds.keysPerStep);
    this.#hashes = new CompactionHashes(({ from, to }) => this.#hashKv(to, from));
    this.#appliedIndex = appliedIndex;
  }

  /** The state of a cluster before its first command; its first records go to the empty engine. */
  static create(
    engine: Engine,
    genesis: { readonly members: readonly Member[] },
    bounds: Partial<MemoryBounds> = {},
  ): State {
    const state = new State(engine, { ...defaultBounds, ...bounds }, 0);
    engine.put(formatKey, numberRow.encode([formatVersion]));
    state.#cluster.begin(genesis.members);
    return state;
  }

  /**
   * The state that the engine holds: after a restart, or when a snapshot has come. `pause` resolves when others had their
   * turn: with many keys this takes seconds.
   */
  static async load(
    engine: Engine,
    appliedIndex: number,
    { pause, ...bounds }: Partial<MemoryBounds> & { readonly pause?: () => Promise<void> } = {},
  ): Promise<State> {
    checkFormat(engine);
    const state = new State(engine, { ...defaultBounds, ...bounds }, appliedIndex);
    const compacted = engine.get(compactedKey);
    const [compactedRevision] =
      compacted === undefined ? [neverCompacted] : numberRow.decode(compacted);
    state.#cluster.load();
    await state.#leases.load();
    await state.#keys.load(
      compactedRevision,
      (key, lease) => state.#leases.move(key, 0n, lease),
      pause ?? noPause,
    );
    return state;
  }

  /** The index of the last entry whose effect is in here. */
  get appliedIndex(): number {
    return this.#appliedIndex;
  }

  /** Of the newest write; 1 for the empty store. */
  get revision(): number {
    return this.#keys.revision;
  }

  /** Revisions below this one cannot be read any more; 0 before the first compaction. */
  get compactedRevision(): number {
    return Math.max(0, this.#keys.compactedRevision);
  }

  /** Keys that exist now. */
  get keyCount(): number {
    return this.#keys.keyCount;
  }

  /**
   * Bytes of all records that are not removed yet, and of leases: what the quota is about. Differs a little between
   * members.
   */
  get sizeInUseBytes(): number {
    return this.#keys.recordBytes + this.#leases.bytes;
  }

  get leases(): Leases {
    return this.#leases;
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

  /**
   * What all members know, and what may therefore be proposed: commands of a higher level would stop some of them. It
   * never sinks.
   */
  get featureLevel(): number {
    return this.#cluster.levels.cluster;
  }

  featureLevelOf(member: MemberId): number {
    return this.#cluster.levels.of(member);
  }

  // Reading.

  /** A range, at one go. Throws RegistryError if the revision cannot be read. */
  range(request: RangeRequest): RangeResult {
    return finish(this.openRange(request).steps);
  }

  /** A transaction that writes nothing, without a command, at one go. */
  readTxn(txn: TxnRequest): TxnResult {
    return finish(this.openTxn(txn).steps);
  }

  /** A range at the revision that is the newest now, or at the one asked for; see `pin` for reading it in slices. */
  openRange(request: RangeRequest): Reading<RangeResult> {
    this.#refuseIfWrong();
    const progress = new ReadProgress();
    const revision = request.revision > 0 ? request.revision : this.revision;
    orThrow(this.#keys.refusalToRead(revision));
    const steps = readRange(this.#keys, request, revision, progress);
    return { steps, progress, oldestRevision: revision };
  }

  /** The same for a transaction that writes nothing. */
  openTxn(txn: TxnRequest): Reading<TxnResult> {
    assert(isReadOnly(txn), 'what writes is a command');
    this.#refuseIfWrong();
    const progress = new ReadProgress();
    const steps = this.#readTxn(txn, this.revision, progress);
    return { steps, progress, oldestRevision: this.compactedRevision };
  }

  *#readTxn(request: TxnRequest, revision: number, progress: ReadProgress): Steps<TxnResult> {
    const decision = yield* decide(this.#keys, request, revision);
    orThrow(this.#execution.checkTxn(request, decision));
    return yield* readTxn(this.#keys, { request, decision }, revision, progress);
  }

  /**
   * Keeps what a read needs that takes more than one turn: all that can be read from a revision on, whatever is
   * compacted meanwhile. The returned function lets go of it.
   */
  pin(revision: number): () => void {
    return this.#keys.pin(revision);
  }

  /** The past for watchers; see `History` in `watch`. */
  read(
    from: Position,
    bounds: ReadBounds,
  ): { readonly revisions: readonly RevisionEvents[]; readonly next: Position } {
    return this.#keys.readEvents(from, bounds);
  }

  /** True if a key in `range` was changed by `revision` or a later one. */
  isChangedSince(range: KeyRange, revision: number): boolean {
    return this.#keys.isChangedSince(range, revision);
  }

  /** The version of `key` just before `revision`; undefined if there was none or it was compacted. */
  previous(key: Key, revision: number): KeyValue | undefined {
    if (revision - 1 < this.compactedRevision) return undefined;
    return this.#keys.get(key, revision - 1);
  }

  // Applying.

  /**
   * Takes the entry at `index` in; indexes come one after the other. Throws UnknownCommand, or RegistryError if all
   * members have gone beyond what this release knows, the newer release included that this one ran before. Whatever it
   * throws, the entry was not applied, and neither this state nor what it left in the engine may be used any more.
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
   * The same for a command that may take long: what is returned is either its effect or the steps that lead to it. Until
   * they are done nothing else may be applied, and readers see the revision before the command, whole. Without
   * `isWanted` the result may lack what it would show of the data, such as former values and what a range found.
   */
  begin(index: number, command: Command, isWanted: boolean): Applied | Steps<Applied> {
    this.#checkNext(index);
    this.#isHalfway = true;
    try {
      const outcome = this.#refusalByAlarm(command) ?? this.#carryOut(command, isWanted);
      return 'next' in outcome ? this.#inSteps(index, outcome) : this.#end(index, outcome);
    } catch (error) {
      this.#hasFailed = true;
      throw error;
    }
  }

  *#inSteps(index: number, steps: Steps<CommandResult>): Steps<Applied> {
    try {
      this.#leases.beginSteps();
      return this.#end(index, yield* steps);
    } catch (error) {
      this.#hasFailed = true;
      throw error;
    }
  }

  #end(index: number, result: CommandResult): Applied {
    const { events, isLarge } = this.#keys.commit();
    this.#leases.commit();
    this.#isHalfway = false;
    this.#appliedIndex = index;
    return { result, revision: this.revision, events, isLarge };
  }

  /** A command is half done. What is in the engine then may not count as the state of any index. */
  get isHalfway(): boolean {
    return this.#isHalfway;
  }

  /** The entry at `index` has nothing for the state. */
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

  #carryOut(command: Command, isWanted: boolean): CommandResult | Steps<CommandResult> {
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
      default:
        return unreachable(command);
    }
  }

  /** While space is short nothing may grow; while members differ nothing may be written. */
  #refusalByAlarm(command: Command): Refusal | undefined {
    if (this.#cluster.alarms.length === 0) return undefined;
    if (this.#cluster.isAlarmed('corrupt') && touchesKeys(command)) return corrupt;
    if (this.#cluster.isAlarmed('no-space') && growsData(command)) {
      const message = 'the data has reached its quota; compact, then disarm the alarm';
      return { kind: 'error', code: 'no-space', message };
    }
    return undefined;
  }

  #refuseIfWrong(): void {
    if (this.#hasFailed) orThrow(halfway);
    if (this.#cluster.isAlarmed('corrupt')) orThrow(corrupt);
  }

  #compact(revision: number): CommandResult {
    if (revision > this.revision) {
      const message = `revision ${revision} is not there yet; the newest is ${this.revision}`;
      return { kind: 'error', code: 'revision-in-future', message };
    }
    // The empty past before the first revision can be compacted too, once, as in etcd.
    if (revision <= this.#keys.compactedRevision) {
      const message = `everything before revision ${this.compactedRevision} was compacted already`;
      return { kind: 'error', code: 'revision-compacted', message };
    }
    this.#engine.put(compactedKey, numberRow.encode([revision]));
    this.#hashes.compacted({ from: this.#keys.compactedRevision, to: revision });
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

  /** Gives a backup to another cluster: these are its members, and nothing is left of the old ones. */
  replaceMembers(members: readonly Member[]): void {
    this.#cluster.begin(members);
  }

  /**
   * Gives a backup to a cluster that goes on `amount` revisions later, with everything before that compacted. What the
   * engine holds then is to be loaded again.
   */
  bumpRevision(amount: number): void {
    const revision = this.revision + amount;
    assert(Number.isSafeInteger(revision + 1), 'revisions can be counted');
    this.#engine.put(compactedKey, numberRow.encode([revision]));
  }

  // Compaction.

  /** True if compacted records are still to be removed here. */
  get compactionPending(): boolean {
    return this.#hashes.isPending || this.#keys.compactionPending;
  }

  /** They cannot be removed yet, because somebody reads them. */
  get compactionWaits(): boolean {
    return this.#keys.compactionWaits;
  }

  /** Versions of keys that compactions have removed here since the start. */
  get compactedVersions(): number {
    return this.#keys.compactedVersions;
  }

  /**
   * Removes some of them, looking at no more than `keysMax` keys; true if more are left. What one compaction left over
   * goes when the hash of what could be read before it is taken, which is done here too, a slice each time.
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

  /**
   * One number for all versions of keys that can be read at revisions up to `revision` (0: the newest), values
   * included. Equal on members of equal history, however far their compaction got. For the revisions of the last
   * compactions it is the number that it was before them.
   */
  hashKv(revision: number): KvHash {
    return finish(this.openHash(revision).steps);
  }

  /** The same, to be taken in slices. */
  openHash(revision: number): Reading<KvHash> {
    const hashRevision = revision <= 0 ? this.revision : revision;
    const taken = revision <= 0 ? undefined : this.#hashes.at(revision);
    if (taken !== undefined && 'hash' in taken) return reading(given(taken), hashRevision);
    if (taken === undefined) orThrow(this.#keys.refusalToRead(hashRevision));
    const from = taken?.from ?? this.#keys.compactedRevision;
    return reading(this.#hashKv(hashRevision, from), from);
  }

  /** Over what is readable after a compaction up to `from`. */
  *#hashKv(hashRevision: number, from: number): Steps<KvHash> {
    const hash =
      (yield* this.#keys.hashUpTo(hashRevision, from)) ^ hashNumber(Math.max(0, from), 0);
    return { hash: hash >>> 0, compactRevision: from, hashRevision };
  }

  /** The whole state in a line: two members that have applied the same entries give the same one. */
  digest(): string {
    const { hash, hashRevision } = this.hashKv(0);
    const parts = [hash, this.#leases.hash(), this.#cluster.hash()];
    const [keys, leases, cluster] = parts.map((part) => part.toString(16).padStart(8, '0'));
    return `revision ${hashRevision} compacted ${this.compactedRevision} keys ${keys} leases ${leases} cluster ${cluster}`;
  }
}

function reading(steps: Steps<KvHash>, oldestRevision: number): Reading<KvHash> {
  return { steps, progress: new ReadProgress(), oldestRevision };
}

// eslint-disable-next-line require-yield
function* given(hash: KvHash): Steps<KvHash> {
  return hash;
}

const noPause = (): Promise<void> => Promise.resolve();

const done: CommandResult = { kind: 'done' };

const corrupt: Refusal = {
  kind: 'error',
  code: 'cluster-corrupt',
  message: 'the members of the cluster differ; find out which is wrong before anything is written',
};

const halfway: Refusal = {
  kind: 'error',
  code: 'stopped',
  message: 'this member stops, because a command failed in the middle',
};

function checkFormat(engine: Engine): void {
  const row = engine.get(formatKey);
  const [version] = row === undefined ? [undefined] : numberRow.decode(row);
  if (version === formatVersion) return;
  throw new RegistryError(
    'invalid-request',
    version === undefined
      ? 'the store holds no state: it was never created'
      : `the data has format ${version}, and this release knows ${formatVersion}; run a newer one`,
  );
}

function touchesKeys({ kind }: Command): boolean {
  return (
    kind === 'put' ||
    kind === 'delete-range' ||
    kind === 'txn' ||
    kind === 'compact' ||
    kind === 'lease-grant' ||
    kind === 'lease-revoke'
  );
}

function growsData(command: Command): boolean {
  if (command.kind === 'txn') return hasPut(command.request);
  return command.kind === 'put' || command.kind === 'lease-grant';
}

function orThrow(refusal: Refusal | undefined): void {
  if (refusal !== undefined) throw new RegistryError(refusal.code, refusal.message);
}
