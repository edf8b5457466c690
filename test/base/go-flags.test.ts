import { expect, test } from 'vitest';
import { GoFlagError, goFlagsHelp, parseGoFlags } from '../../src/base/go-flags.ts';
import type { GoFlag } from '../../src/base/go-flags.ts';

const flags: readonly GoFlag[] = [
  { name: 'dev', kind: 'switch', help: 'for development' },
  { name: 'node', kind: 'text', value: 'name', help: 'its name' },
  { name: 'port', kind: 'number' },
];

test('one dash or two, with the value behind or attached, up to the first other word', () => {
  const found = parseGoFlags(
    ['-dev', '--node', 'a', '-node=b=c', '-port', '-1', 'word', '-node', 'x'],
    flags,
  );
  expect(found.isOn('dev')).toBe(true);
  expect(found.all('node')).toEqual(['a', 'b=c']);
  expect(found.text('node')).toBe('b=c');
  expect(found.number('port')).toBe(-1);
  expect(found.rest).toEqual(['word', '-node', 'x']);
});

test('a switch can be off, a single dash is a word, two dashes end the flags', () => {
  expect(parseGoFlags(['-dev=false'], flags).switch('dev')).toBe(false);
  expect(parseGoFlags([], flags).switch('dev')).toBeUndefined();
  expect(parseGoFlags(['-', '-dev'], flags).rest).toEqual(['-', '-dev']);
  expect(parseGoFlags(['--', '-dev'], flags).rest).toEqual(['-dev']);
  expect(parseGoFlags(['-h', '-nonsense'], flags).asksForHelp).toBe(true);
});

test.each([
  [['-bogus'], 'flag provided but not defined: -bogus'],
  [['--bogus=1'], 'flag provided but not defined: -bogus'],
  [['-node'], 'flag needs an argument: -node'],
  [['-=x'], 'bad flag syntax: -=x'],
  [
    ['-dev=maybe'],
    'invalid boolean value "maybe" for -dev: strconv.ParseBool: parsing "maybe": invalid syntax',
  ],
  [
    ['-port', 'abc'],
    'invalid value "abc" for flag -port: strconv.Atoi: parsing "abc": invalid syntax',
  ],
  [['-port='], 'invalid value "" for flag -port: strconv.Atoi: parsing "": invalid syntax'],
])('%j is refused in words of Go', (words, message) => {
  expect(() => parseGoFlags(words, flags)).toThrow(new GoFlagError(message));
});

test('the help shows flags that have one', () => {
  expect(goFlagsHelp(flags)).toBe('  -dev\n      for development\n  -node=<name>\n      its name');
});
