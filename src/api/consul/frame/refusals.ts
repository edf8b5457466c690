import { RegistryError } from '../../../base/errors.ts';
import type { ErrorCode } from '../../../base/errors.ts';

/** A refusal with Consul's own status and text, which clients read. */
export class ConsulRefusal extends Error {
  override readonly name = 'ConsulRefusal';
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, text: string, headers: Readonly<Record<string, string>> = {}) {
    super(text);
    this.status = status;
    this.headers = headers;
  }
}

/** The request itself is wrong. */
export function badRequest(text: string): ConsulRefusal {
  return new ConsulRefusal(400, text);
}

/** Consul answers most refusals that follow from the data with 500, and clients look for that. */
export function failed(text: string): ConsulRefusal {
  return new ConsulRefusal(500, text);
}

export const noLeaderText = 'No cluster leader';

/** For codes of which Consul has no text: the error's own message is sent. */
const ownWords = undefined;

/**
 * Status and text of each refusal. Clients repeat what failed with 500 or 429: those of circumstances have one of these.
 * Consul's lock library repeats after exactly 500 and after nothing else, so 503 is not used.
 */
const wireErrors: Readonly<Record<ErrorCode, readonly [status: number, text: string | undefined]>> =
  {
    // The request.
    'invalid-request': [400, ownWords],
    'key-not-provided': [400, 'Missing key name'],
    'value-provided': [400, ownWords],
    'lease-provided': [400, ownWords],
    'duplicate-key': [400, ownWords],
    'not-supported': [400, ownWords],
    'too-many-operations': [413, ownWords],
    'request-too-large': [413, ownWords],
    'lease-ttl-too-large': [400, ownWords],
    'invalid-member-urls': [400, ownWords],
    'invalid-downgrade-version': [400, ownWords],
    'wrong-downgrade-version-format': [400, ownWords],
    'invalid-auth-management': [400, ownWords],
    // Rights.
    'permission-denied': [403, 'Permission denied'],
    'invalid-auth-token': [403, 'ACL not found'],
    'auth-revision-old': [403, 'ACL not found'],
    'auth-failed': [403, 'ACL not found'],
    'auth-not-enabled': [401, 'ACL support disabled'],
    'root-user-missing': [500, ownWords],
    'root-role-missing': [500, ownWords],
    'user-exists': [500, ownWords],
    'user-empty': [403, 'Permission denied'],
    'user-not-found': [403, 'ACL not found'],
    'role-exists': [500, ownWords],
    'role-not-found': [500, ownWords],
    'role-empty': [400, ownWords],
    'role-not-granted': [500, ownWords],
    'password-too-long': [400, ownWords],
    'token-cannot-be-signed': [500, ownWords],
    'permission-not-given': [400, ownWords],
    'permission-not-granted': [500, ownWords],
    // The data.
    'key-not-found': [404, ownWords],
    'revision-compacted': [500, ownWords],
    'revision-in-future': [500, ownWords],
    'lease-not-found': [500, ownWords],
    'lease-exists': [500, ownWords],
    'member-not-found': [500, ownWords],
    'member-exists': [500, ownWords],
    'peer-url-exists': [500, ownWords],
    'not-a-learner': [500, ownWords],
    'no-downgrade-in-progress': [500, ownWords],
    'bad-leader-transferee': [500, ownWords],
    'election-no-leader': [500, ownWords],
    'election-not-leader': [500, ownWords],
    'election-leader-not-provided': [400, ownWords],
    'session-expired': [500, ownWords],
    'session-lease-not-found': [500, ownWords],
    // The cluster.
    'no-leader': [500, noLeaderText],
    'not-leader': [500, noLeaderText],
    'leader-changed': [500, noLeaderText],
    'not-supported-for-learner': [500, ownWords],
    'learner-not-ready': [500, ownWords],
    'too-many-learners': [500, ownWords],
    'not-enough-started-members': [500, ownWords],
    'unhealthy-cluster': [500, ownWords],
    'no-space': [500, ownWords],
    'cluster-corrupt': [500, ownWords],
    'state-replaced': [500, ownWords],
    stopped: [500, ownWords],
    // Load.
    'too-many-requests': [429, ownWords],
    'too-many-long-reads': [429, ownWords],
    canceled: [499, ownWords],
    // The fate of a write is unknown; the message says so.
    'deadline-exceeded': [500, ownWords],
    timeout: [500, ownWords],
    'timeout-leader-failure': [500, ownWords],
    'timeout-connection-lost': [500, ownWords],
  };

/** The refusal for callers of Consul's API; undefined: the error is a bug of ours. */
export function consulRefusalOf(error: unknown): ConsulRefusal | undefined {
  if (error instanceof ConsulRefusal) return error;
  if (!(error instanceof RegistryError)) return undefined;
  const [status, text] = wireErrors[error.code];
  return new ConsulRefusal(status, text ?? error.message);
}
