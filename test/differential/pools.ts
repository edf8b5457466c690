import type { SeededRandom } from '../simulation/random.ts';

/** Bytes in base64. */
export function b64(text: string): string {
  return Buffer.from(text, 'latin1').toString('base64');
}

const keys = [
  'a',
  'b',
  'c',
  'ab',
  'k1',
  'k2',
  'dir/x',
  'dir/y',
  '\0',
  '\xff',
  '\xff\xff',
  '',
  'a'.repeat(300),
];
const ends = ['', '', '', '\0', 'b', 'c', 'dir0', 'a', '\xff\xff\xff', 'a\0'];
const values = ['', 'x', 'value', '\0\xff\xfe', '1', '2', 'v'.repeat(1000)];

/** Numbers at the edges of what a 64-bit field holds, and near the revision. */
const numbers = [
  '0',
  '0',
  '0',
  '1',
  '2',
  '3',
  '5',
  '10',
  '-1',
  '-2',
  '$rev',
  '$rev-1',
  '$rev-2',
  '$rev-3',
  '$rev+1',
  '$rev+2',
  '4611686018427387904',
  '9007199254740993',
  '9223372036854775807',
  '-9223372036854775808',
];

/** Ids of leases that requests name. None lapses while a run lasts. */
export const leaseIds: readonly string[] = [
  '0',
  '0',
  '0',
  '1',
  '2',
  '3',
  '7587862072907233281',
  '-1',
  '-9223372036854775808',
  '9223372036854775807',
];

/** Values for a field, by its name; what is not here is taken by its type. */
export const byName: Readonly<Record<string, readonly unknown[]>> = {
  key: keys.map(b64),
  range_end: ends.map(b64),
  value: values.map(b64),
  limit: ['0', '0', '1', '2', '3', '-1', '9223372036854775807'],
  revision: numbers,
  start_revision: ['0', '0', '$rev', '$rev-1', '-1', '-9223372036854775808'],
  lease: leaseIds,
  ID: leaseIds,
  memberID: ['0', '5', '$self', '18446744073709551615'],
  targetID: ['0', '5', '$self', '18446744073709551615'],
  watch_id: ['0', '0', '0', '1', '2', '7', '-1', '9223372036854775807'],
  version: ['0', '1', '2', '-1', '9223372036854775807'],
  user: ['', 'root', 'somebody'],
  role: ['', 'root', 'some'],
  password: ['', 'secret'],
  hashedPassword: ['', 'c2VjcmV0'],
  name: ['', 'root', 'somebody'],
};

export function byType(random: SeededRandom, type: string): unknown {
  switch (type) {
    case 'bool':
      return random.chance(0.6);
    case 'string':
      return random.pick(['', 'x', 'é', 'a/b', '\u0000']);
    case 'bytes':
      return b64(random.pick(keys));
    default:
      return random.pick(numbers);
  }
}
