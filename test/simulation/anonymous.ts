import type { CallOptions } from '../../src/operations/index.ts';

/** A call of somebody that did not log in. */
export const anonymous: CallOptions = {
  caller: { api: 'test', address: undefined, user: undefined },
};
