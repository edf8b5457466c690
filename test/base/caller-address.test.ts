import { expect, test } from 'vitest';
import { callerAddress } from '../../src/base/caller-address.ts';

test.each([
  ['10.0.0.1', '10.0.0.1'],
  ['::ffff:10.0.0.1', '10.0.0.1'],
  ['::FFFF:10.0.0.1', '10.0.0.1'],
  ['::ffff:a00:1', '::ffff:a00:1'],
  ['fe80::1%eth0', 'fe80::1%eth0'],
  ['::1', '::1'],
  [undefined, undefined],
])('a caller at %s has the address %s', (remoteAddress, address) => {
  expect(callerAddress({ remoteAddress })).toBe(address);
});
