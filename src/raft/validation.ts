import { bytesOf, countOf, fieldsOf, listOf, textOf, unsound } from '../base/fields.ts';
import type { MemberId } from '../base/member-id.ts';
import type { Configuration, Entry, HardState, SnapshotPosition } from './messages.ts';

/**
 * Checks of values that come from a wire or a disk, before raft takes them: one number that is none would get into its
 * arithmetic, from there to the disk, and the member would never start again. All throw TypeError.
 */

/** 64 bits have 16 hexadecimal digits. */
const idLengthMax = 16;
/** No cluster comes near this. */
const membersMax = 1000;

export function memberIdOf(value: unknown, what: string): MemberId {
  const id = textOf(value, what);
  if (id === '' || id.length > idLengthMax) throw unsound(what);
  return id;
}

export function configurationOf(value: unknown): Configuration {
  const { voters, outgoing, learners } = fieldsOf(value, 'configuration');
  return {
    voters: membersOf(voters, 'voters'),
    outgoing: membersOf(outgoing, 'outgoing voters'),
    learners: membersOf(learners, 'learners'),
  };
}

export function positionOf(value: unknown): SnapshotPosition {
  const { index, term, configuration } = fieldsOf(value, 'position');
  return {
    index: countOf(index, 'index of a position'),
    term: countOf(term, 'term of a position'),
    configuration: configurationOf(configuration),
  };
}

export function hardStateOf(value: unknown): HardState {
  const { term, vote, commit } = fieldsOf(value, 'hard state');
  return {
    term: countOf(term, 'term'),
    vote: vote === undefined || vote === null ? undefined : memberIdOf(vote, 'vote'),
    commit: countOf(commit, 'commit index'),
  };
}

/** `data` is taken as it is: a view of something larger has to be copied if the entry is kept. */
export function entryOf(
  index: unknown,
  term: unknown,
  kind: Entry['kind'],
  data: unknown,
  configuration: unknown,
): Entry {
  const entry = {
    index: countOf(index, 'index of an entry'),
    term: countOf(term, 'term of an entry'),
    kind,
    data: bytesOf(data, 'data of an entry'),
  };
  if (kind === 'membership') {
    const whole = configurationOf(configuration);
    if (whole.voters.length === 0) throw unsound('a configuration without voters');
    return { ...entry, configuration: whole };
  }
  if (configuration !== undefined) throw unsound('a configuration in an ordinary entry');
  return entry;
}

function membersOf(value: unknown, what: string): MemberId[] {
  const ids = listOf(value, what, (id) => memberIdOf(id, what));
  if (ids.length > membersMax || new Set(ids).size !== ids.length) throw unsound(what);
  return ids;
}
