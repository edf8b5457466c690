import type { RollcallError } from '../client/index.ts';

const start =
  'Start a cluster with "npm start" or a member with "rollcall serve", or name others with --endpoints.';

/**
 * What to do about a refusal, where the message does not say it and the command can take the advice. `command` is its
 * words, as in `lease grant`.
 */
export function hintFor(error: RollcallError, command: string): string | undefined {
  const [first = ''] = command.split(' ');
  switch (error.code as string) {
    case 'unavailable':
      return addressHint(error.message) ?? start;
    case 'deadline-exceeded':
      return first === 'endpoint'
        ? 'Give it longer with --timeout.'
        : 'Give it longer with --timeout, or look with "rollcall endpoint status".';
    case 'no-space':
      return 'Compact old revisions, delete keys, then "rollcall alarm disarm".';
    case 'revision-compacted':
      return compactedHint(command);
    case 'revision-in-future':
      return '"rollcall endpoint status --json" shows the newest revision.';
    case 'not-leader':
      return 'Name the leader with --endpoints; "rollcall endpoint status --cluster" shows it.';
    case 'lease-not-found':
      return first === 'lease' ? undefined : '"rollcall lease grant" makes a lease.';
    case 'member-not-found':
      return '"rollcall member list" shows the members and their ids.';
    default:
      return undefined;
  }
}

function compactedHint(command: string): string | undefined {
  switch (command) {
    case 'compact':
      return 'There is nothing to do: this revision, or a later one, was compacted before.';
    case 'watch':
    case 'get':
    case 'endpoint hashkv':
      return 'Leave out --rev to start from what there is now.';
    case 'txn':
      return 'Leave out --rev in the line that has it.';
    default:
      return undefined;
  }
}

/** What is probably wrong with an address that does not answer as a member would. */
export function addressHint(message: string): string | undefined {
  if (/wrong version number|packet length too long|ECONNRESET.*TLS|SSL routines/i.test(message)) {
    return 'This member does not speak TLS: write http:// or no scheme, and leave out --cacert, --cert and --key.';
  }
  if (/self[- ]signed|unable to (?:verify|get)|certificate|altname/i.test(message)) {
    return 'Name the authority that signed the certificate of the member with --cacert.';
  }
  if (/ENOTFOUND|EAI_AGAIN|Name resolution/i.test(message)) {
    return 'There is no such host; compare with "rollcall member list" of a member that runs.';
  }
  return undefined;
}
