import type { Applied, Command } from '../state/index.ts';

/** Counts of what this member has done since it started, for metrics; nothing is decided by them. */
export class Counters {
  /** Commands of the log. */
  commands = 0;
  puts = 0;
  deletes = 0;
  txns = 0;
  /** Keys and values of all puts. */
  putBytes = 0;
  leasesGranted = 0;
  leasesRevoked = 0;
  learnersPromoted = 0;
  /** Turns that took longer to apply than they should. */
  slowApplies = 0;
  /** Linearizable reads that failed, and those that waited longer than they should. */
  readIndexesFailed = 0;
  slowReadIndexes = 0;
  /** Ticks that came so late that the heartbeats of this leader did too. */
  lateHeartbeats = 0;
  /** By the clock: when the last compaction was done; undefined if there was none. */
  lastCompactionMs: number | undefined;

  countCommand(command: Command, { events, result }: Applied): void {
    this.commands++;
    for (const { kind, kv } of events) {
      if (kind === 'delete') continue;
      this.puts++;
      this.putBytes += kv.key.length + kv.value.length;
    }
    if (result.kind === 'error') return;
    if (command.kind === 'delete-range') this.deletes++;
    else if (command.kind === 'txn') this.txns++;
    else if (command.kind === 'lease-grant') this.leasesGranted++;
    else if (command.kind === 'lease-revoke') this.leasesRevoked++;
  }
}

/** An applied turn, and a read that waits for the leader, are slow beyond these. */
export const slowApplyMs = 100;
export const slowReadIndexMs = 500;
