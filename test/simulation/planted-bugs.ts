import { plantedLoginBugs } from './planted-login-bugs.ts';

/** A bug that could be made: a small change to one file of `src`. */
export interface PlantedBug {
  readonly name: string;
  readonly file: string;
  readonly find: string;
  readonly replace: string;
  /** Only worlds with users can show it. */
  readonly needsUsers?: boolean;
}

/** Bugs of the kinds found in etcd, hashicorp/raft, and by Jepsen elsewhere, and some of our own. */
export const plantedBugs: readonly PlantedBug[] = [
  // Elections.
  {
    name: 'a vote is not made durable',
    file: 'raft/persistent-state.ts',
    find: `    this.#vote = candidate;
    this.#hardStateDirty = true;`,
    replace: `    this.#vote = candidate;`,
  },
  {
    name: 'a vote leaves before it is durable',
    file: 'raft/election.ts',
    find: 'if (granted) this.#outbox.sendAfterPersist(response);',
    replace: 'if (granted) this.#outbox.send(response);',
  },
  {
    name: 'a member votes for everybody who asks',
    file: 'raft/election.ts',
    find: '(vote === message.from || free) &&',
    replace: '(free || vote !== undefined) &&',
  },
  {
    name: 'a candidate whose log is behind may win an election',
    file: 'raft/election.ts',
    find: 'return lastIndex >= this.#log.lastIndex;',
    replace: 'return true;',
  },
  {
    name: 'only the length of logs counts in an election',
    file: 'raft/election.ts',
    find: 'if (lastTerm !== this.#log.lastTerm) return lastTerm > this.#log.lastTerm;',
    replace: '',
  },
  {
    name: 'half of the voters count as a majority',
    file: 'raft/configuration.ts',
    find: 'return count * 2 > voters.length;',
    replace: 'return count * 2 >= voters.length;',
  },
  {
    name: 'a deposed leader does not step down',
    file: 'raft/raft.ts',
    find: `    this.#leadership?.end();
    this.#leadership = undefined;`,
    replace: `    if (this.#leadership !== undefined) {
      if (term > this.term) this.#persistent.enterTerm(term);
      return;
    }`,
  },
  // The log.
  {
    name: 'entries are acknowledged before they are durable',
    file: 'raft/receiver.ts',
    find: 'this.#outbox.sendAfterPersist({',
    replace: 'this.#outbox.send({',
  },
  {
    name: 'the disk writes without a sync',
    file: 'replica/persister.ts',
    find: 'const sync = hardState !== undefined || entries.length > 0;',
    replace: 'const sync = entries.length > 5;',
  },
  {
    name: 'entries of an older term are committed by counting',
    file: 'raft/leadership.ts',
    find: 'if (reached <= commitIndex || this.#log.termAt(reached) !== this.#term) return;',
    replace: 'if (reached <= commitIndex) return;',
  },
  {
    name: 'the leader counts its own entries before they are durable',
    file: 'raft/leadership.ts',
    find: 'id === this.#id ? durableIndex : (this.followers.find(id)?.match ?? 0),',
    replace: 'id === this.#id ? this.#log.lastIndex : (this.followers.find(id)?.match ?? 0),',
  },
  {
    name: 'a conflicting entry stays in the log of a follower',
    file: 'raft/receiver.ts',
    find: 'const firstNew = entries.findIndex(({ index, term }) => this.#log.termAt(index) !== term);',
    replace:
      'const firstNew = entries.findIndex(({ index }) => this.#log.termAt(index) === undefined);',
  },
  {
    name: 'the previous entry is not compared',
    file: 'raft/receiver.ts',
    find: 'if (this.#log.termAt(previousIndex) !== previousTerm) {',
    replace: 'if (this.#log.termAt(previousIndex) === undefined) {',
  },
  {
    name: 'heartbeats carry a commit index beyond the match index',
    file: 'raft/followers.ts',
    find: 'commit: Math.min(match, this.#log.commitIndex),',
    replace: 'commit: this.#log.commitIndex,',
  },
  {
    name: 'a majority is counted one too low',
    file: 'raft/configuration.ts',
    find: 'return numbers[Math.floor(numbers.length / 2)] ?? 0;',
    replace: 'return numbers[Math.floor((numbers.length - 1) / 2)] ?? 0;',
  },
  // Snapshots and restarts.
  {
    name: 'a snapshot is installed without its membership',
    file: 'raft/log.ts',
    find: `    this.#delivered = base.index;
    this.#configurations = [{ index: base.index, configuration: base.configuration }];`,
    replace: `    this.#delivered = base.index;
    this.#configurations = [{ index: base.index, configuration: this.configuration }];`,
  },
  {
    name: 'the applied index is written ahead of the state',
    file: 'replica/persister.ts',
    find: 'const appliedIndex = flush ? this.#applied.flushableIndex : undefined;',
    replace:
      'const index = this.#applied.flushableIndex;\n    const appliedIndex = flush && index !== undefined ? index + 1 : undefined;',
  },
  {
    name: 'the applied index is written behind the state',
    file: 'replica/persister.ts',
    find: 'const appliedIndex = flush ? this.#applied.flushableIndex : undefined;',
    replace:
      'const behind = this.#applied.flushableIndex;\n    const appliedIndex = flush && behind !== undefined ? Math.max(this.#flushedIndex, behind - 1) : undefined;',
  },
  {
    name: 'a leader whose disk cannot give its state goes on leading',
    file: 'replica/snapshot-transfer.ts',
    find: 'if (isOwnFault) this.#yieldLeadership();',
    replace: '',
  },
  {
    name: 'a disk that fails while a snapshot comes in does not end the member',
    file: 'replica/snapshot-transfer.ts',
    find: 'if (!(error instanceof RegistryError) && !this.#loop.stopped) this.#loop.fail(error);',
    replace: '',
  },
  {
    name: 'watchers keep the old history when a snapshot is installed',
    file: 'replica/applier.ts',
    find: 'this.#watch.replaceHistory(state);',
    replace: '',
  },
  {
    name: 'the leases are not loaded at a restart',
    file: 'state/state.ts',
    find: 'await state.#leases.load();',
    replace: '',
  },
  // Reads.
  {
    name: 'a read is answered without confirmation',
    file: 'raft/leadership.ts',
    find: '    this.followers.sendHeartbeats(this.#reads.last);\n    this.#confirmReads();',
    replace: '    this.#outbox.confirmReads(this.#reads.takeConfirmed(Infinity));',
  },
  {
    name: 'a new leader serves reads before it knows what is committed',
    file: 'raft/leadership.ts',
    find: '!this.#reads.isUnderWay && this.#hasCommittedOwn();',
    replace: '!this.#reads.isUnderWay;',
  },
  {
    name: 'a follower vouches for a leader that does not know yet what is committed',
    file: 'raft/leadership.ts',
    find: 'if (term !== this.#term || !this.#hasCommittedOwn()) return false;',
    replace: 'if (term !== this.#term) return false;',
  },
  {
    name: 'a read for which a follower vouches sees less than what is committed',
    file: 'raft/leadership.ts',
    find: "return { kind: 'confirmed', index: this.#log.commitIndex };",
    replace: "return { kind: 'confirmed', index: this.#log.commitIndex - 1 };",
  },
  {
    name: 'a read does not wait until its index is applied',
    file: 'replica/linearizable-reads.ts',
    find: 'this.#applied.whenApplied(index, (isApplied) => {',
    replace: 'this.#applied.whenApplied(index - 1, (isApplied) => {',
  },
  {
    name: 'reads that join a requested round replace those before them',
    file: 'replica/confirmations.ts',
    find: 'if (waiting === undefined) this.#waiting.set(read.ticket, [done]);',
    replace: 'if (read.ticket > 0) this.#waiting.set(read.ticket, [done]);',
  },
  {
    name: 'waiters for a later entry are told that it is applied',
    file: 'replica/applied-state.ts',
    find: 'while ((this.#waiting[count]?.index ?? Infinity) <= appliedIndex) count++;',
    replace: 'while ((this.#waiting[count]?.index ?? Infinity) <= appliedIndex + 1) count++;',
  },
  {
    name: 'a read of several keys is not linearizable',
    file: 'operations/kv.ts',
    find: "if (!isReadOnly(request)) return 'log';\n          return request.serializable ? 'serializable' : 'linearizable';",
    replace: "return isReadOnly(request) ? 'serializable' : 'log';",
  },
  {
    name: 'a read in slices does not keep what it reads',
    file: 'operations/long-reads.ts',
    find: 'this.#unpin = this.#replica.pin(this.#reading.oldestRevision);',
    replace: '',
  },
  {
    name: 'a command names its origin before all members know that',
    file: 'state/auth/origin.ts',
    find: 'featureLevel >= authLevel ? ownOrigin : undefined',
    replace: 'ownOrigin',
  },
  // Users and roles.
  {
    name: 'a start forgets the roles',
    file: 'state/auth/auth-state.ts',
    find: '    await this.#roles.load();\n',
    replace: '',
  },
  {
    name: 'the revision of users is not written',
    file: 'state/auth/auth-state.ts',
    find: '    this.#revision += 1;\n    this.#saveSettings();',
    replace: '    this.#revision += 1;',
  },
  {
    name: 'a role that is deleted stays in the store',
    file: 'state/auth/named-rows.ts',
    find: 'this.#engine.delete(',
    replace: 'void (',
  },
  // Proposals.
  {
    name: 'a proposal of unknown fate is retried',
    file: 'replica/forwarder.ts',
    find: "const error =\n          outcome.kind === 'lost' ? connectionLost() : this.#leaderObserver.timeoutError();\n        this.#proposals.fail(batch, error);",
    replace: 'this.#proposals.putBack(batch);',
  },
  {
    name: 'an answer goes to the proposer at this index, in any term',
    file: 'replica/proposals.ts',
    find: 'if (batch.term !== term) this.putBack(',
    replace: 'if (batch.term < 0) this.putBack(',
  },
  {
    name: 'an unknown fate is reported as a refusal',
    file: 'replica/refusals.ts',
    find: "    'timeout-connection-lost',",
    replace: "    'no-leader',",
  },
  {
    name: 'requests to the leader never time out',
    file: 'replica/ticks.ts',
    find: '    requests.expire(nowMs);\n',
    replace: '',
  },
  // Leases.
  {
    name: 'a lease is revoked at its first deadline, renewed or not',
    file: 'replica/lease-clock.ts',
    find: 'if (lease.deadlineMs > nowMs) {',
    replace: 'if (lease.deadlineMs < 0) {',
  },
  {
    name: 'a new leader continues with deadlines of its former term',
    file: 'replica/lease-clock.ts',
    find: 'this.#add(id, ttlSeconds, nowMs + seconds * 1000, nowMs, remainingSeconds > 0);',
    replace: 'this.#add(id, ttlSeconds, nowMs + seconds * 500, nowMs, remainingSeconds > 0);',
  },
  {
    name: 'a renewal is answered, and the deadline stays',
    file: 'replica/lease-clock.ts',
    find: '    lease.deadlineMs = nowMs + lease.ttlSeconds * 1000;\n',
    replace: '',
  },
  {
    name: 'a deposed leader keeps its deadlines, and a new one has none',
    file: 'replica/applier.ts',
    find: 'this.#lessor.promote();',
    replace: '',
  },
  {
    name: 'a lease holder is told the full TTL before its checkpoint is cleared',
    file: 'replica/lessor.ts',
    find: '    if (this.#deadlines.takeOutdated(id)) {',
    replace: '    if (!this.#promoted && this.#deadlines.takeOutdated(id)) {',
  },
  {
    name: 'a revoked lease leaves its keys',
    file: 'state/execution.ts',
    find: '      for (const key of keys) this.#keys.delete(key);\n      yield keys.length;',
    replace: '      yield keys.length;',
  },
  {
    name: 'a put keeps the key on its former lease, too',
    file: 'state/execution.ts',
    find: '    this.#leases.move(key, leaseBefore, lease);',
    replace: '    this.#leases.move(key, 0n, lease);',
  },
  // Keys and their past.
  {
    name: 'compaction takes the newest version',
    file: 'state/key-versions.ts',
    find: 'if (version.revision < revision) return version.isLive ? last : last + 1;',
    replace: 'if (version.revision < revision) return last + 1;',
  },
  {
    name: 'the hash of a compaction covers what was written until it is taken',
    file: 'state/kv-hashes.ts',
    find: '(yield* this.#keys.hashUpTo(hashRevision, from))',
    replace: '(yield* this.#keys.hashUpTo(this.#keys.revision, from))',
  },
  {
    name: 'compaction loses a tombstone that may still be watched',
    file: 'state/key-versions.ts',
    find: 'if (version.revision < revision) return version.isLive ? last : last + 1;',
    replace: 'if (version.revision <= revision) return version.isLive ? last : last + 1;',
  },
  {
    name: 'a key that was removed from the index is still found where it was found last',
    file: 'state/key-index.ts',
    find: '    this.#lastKey = undefined;\n',
    replace: '',
  },
  {
    name: 'the slots behind a removed key belong to their neighbours',
    file: 'state/key-index.ts',
    find: '    block.slots.splice(at, 1);\n',
    replace: '',
  },
  {
    name: 'the slot of a key is free while its tombstone can still be read',
    file: 'state/key-store.ts',
    find: '    this.#cache.drop(slot);\n    const directory',
    replace: '    this.#cache.drop(slot);\n    this.#versions.free(slot);\n    const directory',
  },
  {
    name: 'a slot keeps the lease of the key that had it before',
    file: 'state/key-versions.ts',
    find: '  leases[row + leaseField] = version.lease;',
    replace: '  if (version.lease !== 0n) leases[row + leaseField] = version.lease;',
  },
  {
    name: 'a start forgets which lease a key has',
    file: 'state/key-versions.ts',
    find: '    leases[row + leaseField] = fromLeases[start + leaseField] ?? 0n;\n',
    replace: '    void [leases, fromLeases];\n',
  },
  {
    name: 'a start keeps the value of a version that another one follows',
    file: 'state/key-store.ts',
    find: '      this.#cache.drop(slot);\n      at = keyEnd;',
    replace: '      at = keyEnd;',
  },
  {
    name: 'a key that comes back keeps a former create revision',
    file: 'state/key-store.ts',
    find: 'const isNew = before === undefined || !this.#versions.isLive(before);\n    const createRevision = isNew ? modRevision',
    replace:
      'const isNew = before === undefined || !this.#versions.isLive(before);\n    const createRevision = before === undefined ? modRevision',
  },
  {
    name: 'a former value of a record passes for the newest one',
    file: 'state/key-store.ts',
    find: 'peeked !== undefined && hashBytes(peeked, 0) === hash',
    replace: 'peeked !== undefined',
  },
  {
    name: 'a list of versions that gets a longer block leaves its versions behind',
    file: 'state/older-versions.ts',
    find: '    this.#copy(this.list(block, count), to);\n',
    replace: '',
  },
  {
    name: 'a block that was freed goes to two keys',
    file: 'state/older-versions.ts',
    find: '} else arena.free = arena.numbers[offset * versionFields] ?? noBlock;',
    replace: '}',
  },
  {
    name: 'versions that a compaction removes are written over before they are told',
    file: 'state/key-versions.ts',
    find: 'const release = (): void => this.#older.free(block, older.count);',
    replace: 'const release = (): void => {};\n    this.#older.free(block, older.count);',
  },
  {
    name: 'a revision that is read from memory has the first event of the next one, too',
    file: 'state/recent-events.ts',
    find: 'return at < this.#firstOf(revision + 1) ?',
    replace: 'return at <= this.#firstOf(revision + 1) ?',
  },
  {
    name: 'a value that moved in memory is written over by the next one',
    file: 'state/value-cache.ts',
    find: 'to.used += from.bytes.copy(',
    replace: 'from.bytes.copy(',
  },
  {
    name: 'a value goes into a slab whose rest is shorter',
    file: 'state/value-cache.ts',
    find: 'open.used + length <= open.bytes.length',
    replace: 'open.used <= open.bytes.length',
  },
  // Watches.
  {
    name: 'a watcher that catches up skips a revision',
    file: 'watch/hub.ts',
    find: 'watcher.nextRevision = Math.max(watcher.nextRevision, next.revision);',
    replace: 'watcher.nextRevision = Math.max(watcher.nextRevision, next.revision + 1);',
  },
  {
    name: 'a slow watcher does not get what it missed',
    file: 'watch/hub.ts',
    find: 'else for (const watcher of some) this.#fallBehind(watcher, first);',
    replace: 'else for (const watcher of some) this.#fallBehind(watcher, first + 1);',
  },
  {
    name: 'a slow watcher gets only the last of the revisions that one turn published',
    file: 'watch/hub.ts',
    find: "const first = present(events[0], 'an event')",
    replace: "const first = present(events.at(-1), 'an event')",
  },
  {
    name: 'a watcher of the past gets the newest revision twice',
    file: 'watch/selection.ts',
    find: 'if (!watcher.synced || watcher.nextRevision > modRevision || isFiltered(watcher, event))',
    replace: 'if (isFiltered(watcher, event))',
  },
  {
    name: 'watchers of one stream that want different events get the same',
    file: 'watch/selection.ts',
    find: 'group?.selection === selection &&',
    replace: 'group !== undefined &&',
  },
  {
    name: 'of the watchers of one stream that want the same, one gets nothing',
    file: 'watch/hub.ts',
    find: 'const watchIds = watchers.map(({ id }) => id);',
    replace: 'const watchIds = watchers.slice(0, 1).map(({ id }) => id);',
  },
  {
    name: 'watchers that catch up together get what the first of them wants',
    file: 'watch/catch-up.ts',
    find: 'if (run.length === togetherMax || !continueAlike(first, watcher)) break;',
    replace:
      'if (run.length === togetherMax || first.nextRevision !== watcher.nextRevision) break;',
  },
  {
    name: 'a watcher that catches up gets what another one read from another place on',
    file: 'watch/catch-up.ts',
    find: 'this.from.revision === revision &&',
    replace: '',
  },
  {
    name: 'progress is sent to watchers that are behind',
    file: 'watch/hub.ts',
    find: 'if (stream.behind.size > 0) return;',
    replace: '',
  },
  {
    name: 'a sink that fails takes its member with it',
    file: 'watch/stream.ts',
    find: '      this.#fail(error);\n      return;',
    replace: '      throw error;',
  },
  {
    name: 'a watcher does not get the previous version',
    file: 'watch/catch-up.ts',
    find: 'if (!known.has(event)) known.set(event, history.previous(key, modRevision));',
    replace: 'if (!known.has(event)) known.set(event, undefined);',
  },
  // Membership.
  {
    name: 'a member that was removed still has a vote',
    file: 'raft/configuration.ts',
    find: '.filter((id) => !leaving.has(id)));',
    replace: '.filter((id) => !leaving.has(id) || change.remove.includes(id)));',
  },
  {
    name: 'while joint, the new voters commit alone',
    file: 'raft/configuration.ts',
    find: ': Math.min(incoming, reachedByMajority(outgoing, reached));',
    replace: ': incoming;',
  },
  {
    name: 'while joint, the new voters elect alone',
    file: 'raft/configuration.ts',
    find: 'return majorityOf(voters, holds) && (outgoing.length === 0 || majorityOf(outgoing, holds));',
    replace: 'return majorityOf(voters, holds);',
  },
  {
    name: 'a joint configuration is left before it is committed',
    file: 'raft/leadership.ts',
    find: '    if (this.#log.configurationIndex > this.#log.commitIndex) return;\n',
    replace: '',
  },
  {
    name: 'a truncated log forgets the configurations before its base',
    file: 'raft/log.ts',
    find: 'while (this.configurationIndex >= index && this.#configurations.length > 1) {',
    replace: 'while (this.#configurations.length > 1) {',
  },
  {
    name: 'a compacted log loses the entry after its base',
    file: 'raft/log.ts',
    find: '      this.#entries[this.#start] = goneEntry;',
    replace: '      this.#entries[this.#start + 1] = goneEntry;',
  },
  {
    name: 'learners count for the commit',
    file: 'raft/configuration.ts',
    find: `  { voters, outgoing }: Configuration,
  reached: (id: MemberId) => number,
): number {
  const incoming = reachedByMajority(voters, reached);`,
    replace: `  { voters, outgoing, learners }: Configuration,
  reached: (id: MemberId) => number,
): number {
  const incoming = reachedByMajority([...voters, ...learners], reached);`,
  },
  {
    name: 'turns continue while a snapshot replaces the state',
    file: 'replica/turn.ts',
    find: 'if (this.#applied.isInstalling || !applier.canGoOn) return false;',
    replace: 'if (!applier.canGoOn) return false;',
  },
  {
    name: 'the log is truncated on the disk only',
    file: 'replica/log-truncation.ts',
    find: '    this.#raft.compact(target);\n',
    replace: '',
  },
  // Commands in steps.
  {
    name: 'a reader sees half of a command',
    file: 'state/state.ts',
    find: 'const steps = readRange(this.#keys, request, revision, progress);',
    replace:
      'const steps = readRange(this.#keys, request, request.revision > 0 ? revision : newest, progress);',
  },
  {
    name: 'a lease shows its keys after half of a command',
    file: 'state/lease-table.ts',
    find: '    if (this.#inSteps) {',
    replace: '    if (this.#inSteps && from === to) {',
  },
  {
    name: 'half of a command is written with the applied index before it',
    file: 'replica/applied-state.ts',
    find: 'return this.#isInstalling || this.isHalfway ? undefined : this.#state.appliedIndex;',
    replace: 'return this.#isInstalling && !this.isHalfway ? undefined : this.#state.appliedIndex;',
  },
  {
    name: 'a part of a revision is sent as if it were the whole',
    file: 'watch/catch-up.ts',
    find: 'this.isPart = next.sub > 0;',
    replace: 'this.isPart = false;',
  },
  {
    name: 'a leader answers about leases before it has applied committed entries',
    file: 'replica/confirmations.ts',
    find: 'this.#applied.whenApplied(index, (isApplied) => done(isApplied ? index : undefined));',
    replace: 'done(index);',
  },
  {
    name: 'removals of a compaction block the command under way',
    file: 'storage/engine-buffer.ts',
    find: 'return appended.count > partsMax * recordsMax ||',
    replace: 'return appended.count + this.#waiting.changed.size > partsMax * recordsMax ||',
  },
  {
    name: 'a part that is written ahead leaves out its last record',
    file: 'storage/engine-buffer.ts',
    find: 'records.#keys = this.#keys.slice(0, count);',
    replace: 'records.#keys = this.#keys.slice(0, count - 1);',
  },
  {
    name: 'a record on the disk is read as one that waits to be written',
    file: 'storage/engine-buffer.ts',
    find: 'return this.#keys[low] === key ? this.#values[low] : undefined;',
    replace: 'return this.#values[low];',
  },
  // Last deletions in directories.
  {
    name: 'last deletions are not written with the command',
    file: 'state/state.ts',
    find: '      if (this.#deletions.hasChanges) yield* this.#deletions.write();\n',
    replace: '',
  },
  {
    name: 'only the first floor of the last deletions is written',
    file: 'state/deletion-revisions.ts',
    find: `    this.#floor = floor;
    this.#engine.put(`,
    replace: `    const isFirst = this.#floor === undefined;
    this.#floor = floor;
    if (isFirst) this.#engine.put(`,
  },
  {
    name: 'the last deletion of a key with a lease is not noted',
    file: 'state/key-store.ts',
    find: `    const slot = this.#write('delete', kv, encodeDelete(key));
    this.#cache.drop(slot);`,
    replace: `    const isAttached = this.leaseOf(key) !== 0n;
    const slot = this.#write('delete', kv, encodeDelete(key));
    this.#cache.drop(slot);
    if (isAttached) return;`,
  },
  {
    name: 'directories of one revision come back in another order',
    file: 'state/deletion-revisions.ts',
    find: 'a.revision - b.revision || a.ordinal - b.ordinal',
    replace: 'a.revision - b.revision || b.ordinal - a.ordinal',
  },
  {
    name: 'the table of last deletions begins before all members know it',
    file: 'state/state.ts',
    find: '!this.#deletions.isOn && this.featureLevel >= deletionsLevel',
    replace: '!this.#deletions.isOn',
  },
  {
    name: 'the floor does not cover what was deleted before the table began',
    file: 'state/state.ts',
    find: 'this.#deletions.begin(this.revision);',
    replace: 'this.#deletions.begin(1);',
  },
  {
    name: 'a catalog is read without the last deletions',
    file: 'operations/follow.ts',
    find: 'this.#follower.load(kvs, deleted, revision)',
    replace: 'this.#follower.load(kvs, [], revision)',
  },
  {
    name: 'a deletion does not move the revision of its service',
    file: 'registry/tables.ts',
    find: 'if (directory !== undefined) this.touch(',
    replace: "if (directory !== undefined && event.kind === 'put') this.touch(",
  },
  {
    name: 'a follower that starts again misses a revision',
    file: 'operations/follow.ts',
    find: 'this.#watch(revision + 1);',
    replace: 'this.#watch(revision + 2);',
  },
  {
    name: 'an instance that goes is still found by its ID',
    file: 'registry/tables.ts',
    find: 'removeFrom(this.instancesCalled, id, entry)',
    replace: 'removeFrom(this.instancesCalled, id, undefined as never)',
  },
  // Bounds.
  {
    name: "entries that the leader's disk has not written do not count as open",
    file: 'raft/leadership.ts',
    find: 'if (this.#log.bytesAfter(settled) > this.#options.openBytesMax)',
    replace: 'if (this.#log.bytesAfter(this.#log.commitIndex) > this.#options.openBytesMax)',
  },
  {
    name: 'a leader whose disk hangs continues to lead',
    file: 'raft/leadership.ts',
    find: 'return diskHangs && this.#log.commitIndex > durableIndex;',
    replace: 'return false;',
  },
  {
    name: 'what the leader refused is sent again at once',
    file: 'replica/backoff.ts',
    find: "    if (this.#waitMs === 0) return 'all';\n",
    replace: "    if (this.#waitMs >= 0) return 'all';\n",
  },
  // Users and logins.
  ...plantedLoginBugs,
];
