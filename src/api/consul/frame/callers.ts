import { RegistryError } from '../../../base/errors.ts';
import { callerAddress } from '../../../base/caller-address.ts';
import type { Caller, Identity, Operations } from '../../../operations/index.ts';
import type { HttpRequest } from '../../http/index.ts';
import { tokenOf } from './query.ts';
import type { Endpoint } from './route.ts';

/** Something is left out of an answer, because its caller may not read it. */
export const filteredHeader = 'X-Consul-Results-Filtered-By-Acls';

export type CallerOperations = Pick<
  Operations,
  'anonymous' | 'identify' | 'isAuthOn' | 'rightsOf' | 'whenIdentifiable'
>;

/** The caller of a request. Without a token it has the rights of the role `anonymous`. */
export function consulCaller(
  operations: CallerOperations,
  parameters: URLSearchParams,
  request: HttpRequest,
): Caller {
  const address = callerAddress(request.socket);
  return { api: 'consul', address, identity: identityOf(operations, parameters, request) };
}

function identityOf(
  operations: CallerOperations,
  parameters: URLSearchParams,
  { headers }: HttpRequest,
): Identity | undefined {
  if (!operations.isAuthOn()) return undefined;
  const token = tokenOf(parameters, headers);
  // The name that Consul gives to the token of callers without one.
  if (token === '' || token === 'anonymous') return operations.anonymous();
  return operations.identify({ token });
}

/** Resolves when the token of the request can be looked at; at once, as nearly always, without a promise. */
export function whenKnown(
  operations: CallerOperations,
  parameters: URLSearchParams,
  { headers }: HttpRequest,
): Promise<void> | undefined {
  if (!operations.isAuthOn()) return undefined;
  const token = tokenOf(parameters, headers);
  return token === '' ? undefined : operations.whenIdentifiable({ token });
}

/** Throws a refusal if the caller lacks what the endpoint needs. */
export function checkNeeds(
  operations: CallerOperations,
  { needs }: Pick<Endpoint, 'needs'>,
  callerNow: () => Caller,
): void {
  if (needs === 'nothing' || !operations.isAuthOn()) return;
  const caller = callerNow();
  const rights = operations.rightsOf(caller);
  if (rights === undefined || needs === 'sight' || needs === 'operations') return;
  if (needs === 'login' && !isAnonymous(operations, caller)) return;
  throw new RegistryError(
    'permission-denied',
    `this call needs ${needs === 'root' ? 'root' : 'a login'}`,
  );
}

export function isAnonymous(operations: CallerOperations, { identity }: Caller): boolean {
  const anonymous = operations.anonymous();
  return (
    identity?.kind === 'user' && anonymous?.kind === 'user' && identity.name === anonymous.name
  );
}
