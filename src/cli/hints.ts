import type { RollcallError } from '../client/index.ts';

export const startHint =
  'Start a cluster with "npm start" or a member with "rollcall serve", or name others with --endpoints.';

/**
 * Advice for a refusal, if its message has none and the command can follow it. `command` is its words, as in
 * `lease grant`.
 */
export function hintFor(error: RollcallError, command: string): string | undefined {
  const [first = ''] = command.split(' ');
  switch (error.code as string) {
    case 'not-supported':
    case 'unknown':
      return addressHint(error.message);
    case 'unavailable':
      return addressHint(error.message) ?? startHint;
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

/** The probable mistake in an address where no member answers, by the text of the failure. */
function addressHint(message: string): string | undefined {
  return addressHints.find(([pattern]) => pattern.test(message))?.[1];
}

const addressHints: readonly (readonly [RegExp, string])[] = [
  [
    /does not implement the method|there is no method|unknown service|unknown method/i,
    'This is probably a port for other members; clients are served at --listen-client-urls, port 2379 if nothing was said.',
  ],
  [
    /wrong version number|packet length too long/i,
    'This member does not speak TLS: write http:// or no scheme, and leave out --cacert, --cert and --key.',
  ],
  [
    /alert (?:certificate required|bad certificate|unknown ca)|handshake failure/i,
    'The member wants a certificate that its authority signed: give it with --cert and --key.',
  ],
  [
    /self[- ]signed|unable to (?:verify|get)|certificate|altname/i,
    'Name the authority that signed the certificate of the member with --cacert.',
  ],
  [
    /ENOTFOUND|EAI_AGAIN|Name resolution/i,
    'There is no such host; compare with "rollcall member list" of a member that runs.',
  ],
  [
    /Protocol error|ECONNRESET|EPIPE|hang up|Parse Error|HTTP status|content-type/i,
    'Something else than a member listens there, or a member that speaks TLS: look at the port, or try https:// with --cacert.',
  ],
  [
    /no answer to the attempt to connect|no connection|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH/i,
    'Nothing answers at this address: a firewall, a machine that is off, or a wrong address.',
  ],
];
