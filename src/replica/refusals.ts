import { RegistryError } from '../base/errors.ts';
import type { PeerResponse } from './peer-protocol.ts';

/** The response of a member that does not lead to a request for the leader. */
export const refusedNotLeader: PeerResponse = {
  kind: 'refused',
  code: 'not-leader',
  message: 'this member does not lead; ask the leader',
};

/** The response of a leader that has too much under way. Nothing was done. */
export const refusedBusy: PeerResponse = {
  kind: 'refused',
  code: 'too-many-requests',
  message: 'too much waits to be agreed on, or to be written; ask again later',
};

/** The response to a request that only a newer release knows. */
export function refusedUnsupported(asked: string): PeerResponse {
  return {
    kind: 'refused',
    code: 'not-supported',
    message: `this member does not know the question "${asked}"; upgrade it`,
  };
}

export function tooManyRequests(): RegistryError {
  return new RegistryError(
    'too-many-requests',
    'the leader has too much to agree on, or to write, and did not take the request in time; nothing was done, try again later',
  );
}

export function stopping(): RegistryError {
  return new RegistryError('stopped', 'this member is stopping; ask another one');
}

export function unknownFate(): RegistryError {
  return new RegistryError(
    'timeout',
    'the request may or may not have taken effect; read before you try again',
  );
}

export function connectionLost(): RegistryError {
  return new RegistryError(
    'timeout-connection-lost',
    'the connection to the leader was lost; the request may or may not have taken effect',
  );
}
