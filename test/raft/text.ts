import { unreachable } from '../../src/base/assert.ts';
import type { Configuration, Entry, Message } from '../../src/raft/index.ts';
import { textOf } from './network.ts';
import type { Pairs, TestMember } from './network.ts';

/** How scripts write things: `t2` is term 2, `3@t2` is the entry of term 2 at index 3. */
export function messageText(message: Message): string {
  return `${message.from}->${message.to} t${message.term} ${contentText(message)}`;
}

function contentText(message: Message): string {
  switch (message.kind) {
    case 'pre-vote-request':
      return `would you vote for me? my log ends at ${place(message.lastIndex, message.lastTerm)}`;
    case 'pre-vote-response':
      return message.granted ? 'I would' : 'I would not';
    case 'vote-request': {
      const why = message.transfer ? ', and the leader sent me' : '';
      return `vote for me! my log ends at ${place(message.lastIndex, message.lastTerm)}${why}`;
    }
    case 'vote-response':
      return message.granted ? 'you have my vote' : 'you do not get my vote';
    case 'append-request': {
      const entries = message.entries.map(entryText).join(' ') || 'nothing';
      const after = place(message.previousIndex, message.previousTerm);
      return `append ${entries} after ${after}, committed: ${message.commit}`;
    }
    case 'append-response':
      return message.success
        ? `I have everything up to ${message.index}`
        : `no, we differ at ${message.index}, try ${place(message.conflictIndex, message.conflictTerm)}`;
    case 'heartbeat-request':
      return `heartbeat, round ${message.round}, committed: ${message.commit}`;
    case 'heartbeat-response':
      return `heard, round ${message.round}`;
    case 'install-snapshot':
      return `the state at ${place(message.position.index, message.position.term)}`;
    case 'timeout-now':
      return 'take over!';
    default:
      return unreachable(message);
  }
}

export function entryText({ kind, term, data, configuration }: Entry): string {
  if (configuration !== undefined) return `t${term}:${configurationText(configuration)}`;
  return `t${term}:${kind === 'empty' ? '-' : textOf(data)}`;
}

/** `{1,2,3}`; with a learner `{1,2,3}+4`; while joint, the old voters first: `{1,2}and{1,2,3,4}`. */
export function configurationText({ voters, outgoing, learners }: Configuration): string {
  const old = outgoing.length > 0 ? `{${outgoing.join()}}and` : '';
  return `${old}{${voters.join()}}${learners.map((id) => `+${id}`).join('')}`;
}

/**
 * One row: role, term, log, state. In the log `|` stands behind what is known to be committed, and `~` behind what the
 * disk does not hold yet; `..3@t1` stands for what was compacted.
 */
export function memberText(member: TestMember): string {
  const { id, isUp, raft, disk, pairs } = member;
  const { hardState, snapshot, entries } = isUp ? member.diskToBe : disk;
  const base = snapshot.position;
  const commit = isUp ? raft.commitIndex : Math.max(base.index, hardState.commit);
  const log = base.index === 0 ? [] : [`..${place(base.index, base.term)}`];
  if (commit === base.index) log.push('|');
  for (const entry of entries) {
    log.push(`${entryText(entry)}${isDurable(member, entry) ? '' : '~'}`);
    if (entry.index === commit) log.push('|');
  }
  const head = `${id} ${(isUp ? raft.role : 'down').padEnd(13)} t${hardState.term}`;
  return [head, log.join(' '), pairsText(isUp ? pairs : snapshot.pairs)]
    .filter((part) => part !== '')
    .join('   ');
}

export function pairsText(pairs: Pairs): string {
  return [...pairs]
    .map(([key, value]) => `${key}=${value}`)
    .toSorted()
    .join(' ');
}

export function place(index: number, term: number): string {
  return `${index}@t${term}`;
}

function isDurable({ disk }: TestMember, { index, term }: Entry): boolean {
  return disk.entries.some((entry) => entry.index === index && entry.term === term);
}
