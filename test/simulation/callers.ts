import type { CallOptions } from '../../src/operations/index.ts';

/** A call of somebody that did not log in. */
export const anonymous: CallOptions = {
  caller: { api: 'test', address: undefined, identity: undefined },
};

/** A call of a user that has logged in, in a world where authentication stays off. */
const loggedIn: CallOptions = {
  caller: {
    api: 'test',
    address: undefined,
    identity: { kind: 'user', name: 'ann', authRevision: 1 },
  },
};

/** The same caller; an anonymous one says that it is a user, which must not matter while authentication is off. */
export function asUser(as: CallOptions): CallOptions {
  return as === anonymous ? loggedIn : as;
}

/** The same caller as it is now: users may have changed since its last call. */
export function freshOf(as: CallOptions): CallOptions {
  return { ...as, caller: as.callerNow?.() ?? as.caller };
}
