import {
  bytesOf,
  countOf,
  fieldsOf,
  flagOf,
  int64Of,
  listOf,
  textOf,
  unsound,
} from '../base/fields.ts';
import type { Fields } from '../base/fields.ts';
import { entryOf, memberIdOf, positionOf } from '../raft/index.ts';
import type { Entry, Message } from '../raft/index.ts';
import type {
  PeerResponse,
  MembershipRequest,
  PeerMessage,
  PeerRequest,
  SnapshotHeader,
} from '../replica/index.ts';
import { isPeerErrorCode } from '../replica/index.ts';

/**
 * Decoders of peers' messages, one for each kind. A message is validated whole before it is used: a missing field, or
 * one of another type or range, makes it invalid (TypeError); unknown fields are dropped. A request of an unknown
 * kind is valid: a newer member may send it, and gets the response that it is not supported.
 *
 * On the wire a peer request is a `question` and its response an `answer`; these names stay, because older members
 * read them.
 */

export const entryKinds = ['command', 'empty', 'membership'] as const;

/** `isKept`: see `isMostlyKept`. */
export function peerMessageOf(value: unknown, isKept: boolean): PeerMessage {
  if (Array.isArray(value)) return { kind: 'raft', message: appendRequestOf(value, isKept) };
  const { kind, id, term, message, question, answer } = fieldsOf(value, 'message');
  switch (kind) {
    case 'raft':
      return { kind, message: raftMessageOf(message) };
    case 'question':
      return {
        kind,
        id: countOf(id, 'id of a request'),
        // Older members do not say it.
        term: term === undefined ? 0 : countOf(term, 'term'),
        question: requestOf(question, isKept),
      };
    case 'answer':
      return { kind, id: countOf(id, 'id of a response'), answer: responseOf(answer) };
    default:
      throw unsound('kind of a message');
  }
}

export function snapshotHeaderOf(value: unknown): SnapshotHeader {
  const { term, position } = fieldsOf(value, 'header of a snapshot');
  const whole = positionOf(position);
  if (whole.configuration.voters.length === 0) throw unsound('a configuration without voters');
  return { term: countOf(term, 'term'), position: whole };
}

// Raft's own messages.

function appendRequestOf(packed: readonly unknown[], isKept: boolean): Message {
  const [from, to, term, previousIndex, previousTerm, commit, entries, isUnanswered] = packed;
  if (packed.length > 7 && isUnanswered !== true) throw unsound('flag of an append request');
  const after = {
    term: countOf(term, 'term'),
    previousIndex: countOf(previousIndex, 'previous index'),
    previousTerm: countOf(previousTerm, 'previous term'),
  };
  // Written out, because V8 takes microseconds to spread several objects into one.
  const message: Extract<Message, { readonly kind: 'append-request' }> = {
    kind: 'append-request',
    from: memberIdOf(from, 'from'),
    to: memberIdOf(to, 'to'),
    term: after.term,
    previousIndex: after.previousIndex,
    previousTerm: after.previousTerm,
    commit: countOf(commit, 'commit index'),
    entries: entriesOf(entries, after, isKept),
  };
  return isUnanswered === true ? { ...message, isUnanswered } : message;
}

/** Their indexes are consecutive, and their terms do not decrease, nor exceed the leader's. */
function entriesOf(
  value: unknown,
  after: { readonly previousIndex: number; readonly previousTerm: number; readonly term: number },
  isKept: boolean,
): Entry[] {
  let { previousIndex: index, previousTerm: term } = after;
  return listOf(value, 'entries', (packed) => {
    if (!Array.isArray(packed)) throw unsound('entry');
    const [ownIndex, ownTerm, kindNumber, data, configuration]: unknown[] = packed;
    const kind = entryKinds[countOf(kindNumber, 'kind of an entry')];
    if (kind === undefined) throw unsound('kind of an entry');
    const view = bytesOf(data, 'data of an entry');
    const own = isKept ? view : Buffer.from(view);
    const entry = entryOf(ownIndex, ownTerm, kind, own, configuration);
    index++;
    if (entry.index !== index || entry.term < term || entry.term > after.term) {
      throw unsound('order of entries');
    }
    term = entry.term;
    return entry;
  });
}

/**
 * True if a batch has little else than the data of entries and commands. They stay views of it then: the log lets go of them
 * together. Otherwise each is copied, because a view keeps the whole batch in memory.
 */
export function isMostlyKept(messages: unknown): boolean {
  if (!Array.isArray(messages)) return false;
  let bytes = 0;
  let batchBytes = 0;
  const count = (data: unknown): void => {
    if (!(data instanceof Uint8Array)) return;
    bytes += data.length;
    batchBytes = data.buffer.byteLength;
  };
  for (const message of messages as unknown[]) {
    const isAppend = Array.isArray(message);
    const items: unknown = isAppend ? message[6] : commandsIn(message);
    if (!Array.isArray(items)) continue;
    for (const item of items as unknown[]) {
      count(isAppend && Array.isArray(item) ? item[3] : item);
    }
  }
  return bytes * keptShare >= batchBytes;
}

/** The commands that a message proposes, if it does. */
function commandsIn(message: unknown): unknown {
  const question = Reflect.get(Object(message), 'question');
  return Reflect.get(Object(question), 'commands');
}

/** Views of a message keep at most so many times their bytes in memory. */
const keptShare = 1.25;

function raftMessageOf(value: unknown): Message {
  const fields = fieldsOf(value, 'message of raft');
  const { kind } = fields;
  const envelope = {
    from: memberIdOf(fields['from'], 'from'),
    to: memberIdOf(fields['to'], 'to'),
    term: countOf(fields['term'], 'term'),
  };
  switch (kind) {
    case 'pre-vote-request':
      return { kind, ...envelope, ...endOfLogOf(fields) };
    case 'vote-request':
      return {
        kind,
        ...envelope,
        ...endOfLogOf(fields),
        transfer: flagOf(fields['transfer'], 'transfer'),
      };
    case 'pre-vote-response':
    case 'vote-response':
      return { kind, ...envelope, granted: flagOf(fields['granted'], 'granted') };
    case 'append-response':
      return {
        kind,
        from: envelope.from,
        to: envelope.to,
        term: envelope.term,
        success: flagOf(fields['success'], 'success'),
        index: countOf(fields['index'], 'index'),
        conflictTerm: countOf(fields['conflictTerm'], 'conflict term'),
        conflictIndex: countOf(fields['conflictIndex'], 'conflict index'),
      };
    case 'heartbeat-request':
      return {
        kind,
        ...envelope,
        commit: countOf(fields['commit'], 'commit index'),
        round: countOf(fields['round'], 'round'),
      };
    case 'heartbeat-response':
      return { kind, ...envelope, round: countOf(fields['round'], 'round') };
    case 'timeout-now':
      return { kind, ...envelope };
    default:
      // The receiver's own replica makes install-snapshot messages; a peer may not send one.
      throw unsound('kind of a message of raft');
  }
}

function endOfLogOf(fields: Fields): { readonly lastIndex: number; readonly lastTerm: number } {
  return {
    lastIndex: countOf(fields['lastIndex'], 'last index'),
    lastTerm: countOf(fields['lastTerm'], 'last term'),
  };
}

// Requests and responses.

function requestOf(value: unknown, isKept: boolean): PeerRequest {
  const { kind, commands, ids, id, request, revision } = fieldsOf(value, 'request');
  switch (kind) {
    case 'propose': {
      // They become entries of the log.
      const own = (one: unknown): Uint8Array => {
        const view = bytesOf(one, 'command');
        return isKept ? view : Buffer.from(view);
      };
      return { kind, commands: listOf(commands, 'commands', own) };
    }
    case 'read-index':
      return { kind };
    case 'lease-keep-alive':
      return { kind, ids: listOf(ids, 'leases', (one) => int64Of(one, 'lease')) };
    case 'lease-time-to-live':
      return { kind, id: int64Of(id, 'lease') };
    case 'hash':
      return { kind, revision: countOf(revision, 'revision') };
    case 'change-membership':
      return { kind, request: membershipRequestOf(request) };
    default:
      return { kind: 'unsupported', asked: textOf(kind, 'kind of a request').slice(0, 100) };
  }
}

function membershipRequestOf(value: unknown): MembershipRequest {
  const { kind, id, member } = fieldsOf(value, 'change of membership');
  switch (kind) {
    case 'add': {
      const added = fieldsOf(member, 'member');
      return {
        kind,
        member: {
          id: memberIdOf(added['id'], 'id of a member'),
          name: textOf(added['name'], 'name of a member'),
          peerUrls: textsOf(added['peerUrls'], 'peer URLs'),
          clientUrls: textsOf(added['clientUrls'], 'client URLs'),
          isLearner: flagOf(added['isLearner'], 'learner'),
        },
      };
    }
    case 'remove':
    case 'promote':
      return { kind, id: memberIdOf(id, 'id of a member') };
    default:
      throw unsound('kind of a change of membership');
  }
}

function responseOf(value: unknown): PeerResponse {
  const fields = fieldsOf(value, 'response');
  const { kind, code, message, ttlSeconds } = fields;
  switch (kind) {
    case 'proposed':
      return {
        kind,
        index: countOf(fields['index'], 'index'),
        term: countOf(fields['term'], 'term'),
      };
    case 'read-index':
      return { kind, index: countOf(fields['index'], 'index') };
    case 'lease-keep-alive':
      return { kind, ttlSeconds: listOf(ttlSeconds, 'TTLs', (one) => countOf(one, 'TTL')) };
    case 'lease-time-to-live':
      return {
        kind,
        ttlSeconds: ttlSeconds === -1 ? -1 : countOf(ttlSeconds, 'TTL'),
        grantedSeconds: countOf(fields['grantedSeconds'], 'granted TTL'),
      };
    case 'hash': {
      const { compactRevision } = fields;
      return {
        kind,
        hash: countOf(fields['hash'], 'hash'),
        compactRevision:
          compactRevision === -1 ? -1 : countOf(compactRevision, 'compacted revision'),
        hashRevision: countOf(fields['hashRevision'], 'revision of a hash'),
        revision: countOf(fields['revision'], 'revision'),
      };
    }
    case 'refused': {
      const text = textOf(code, 'code of a refusal');
      // A newer member may send an unknown code. In any case nothing was done.
      return {
        kind,
        code: isPeerErrorCode(text) ? text : 'not-supported',
        message: textOf(message, 'message of a refusal'),
      };
    }
    default:
      throw unsound('kind of a response');
  }
}

function textsOf(value: unknown, what: string): string[] {
  return listOf(value, what, (one) => textOf(one, what));
}
