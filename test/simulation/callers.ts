import type { CallOptions } from '../../src/operations/index.ts';

/** A call of somebody that did not log in. */
export const anonymous: CallOptions = {
  caller: { api: 'test', address: undefined, identity: undefined },
};

/** A call of a user that has logged in. */
export const loggedIn: CallOptions = {
  caller: {
    api: 'test',
    address: undefined,
    identity: { kind: 'user', name: 'ann', authRevision: 1 },
  },
};
