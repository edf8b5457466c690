import { RegistryError } from '../base/errors.ts';
import type { Answer } from './peer-message.ts';

/** What a member answers that is asked as the leader and is not. */
export const refusedNotLeader: Answer = {
  kind: 'refused',
  code: 'not-leader',
  message: 'this member does not lead; ask the leader',
};

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
