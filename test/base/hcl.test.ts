import { expect, test } from 'vitest';
import { HclError, parseHcl } from '../../src/base/hcl.ts';

const plain = (text: string): unknown => JSON.parse(JSON.stringify(parseHcl(text)));

test('keys, blocks, lists, objects, comments and texts', () => {
  const text = `
    # a comment
    node_name = "n1" // another
    server = true
    ports { http = 8501, dns = -1 }
    /* services
       come here */
    services {
      name = "web" tags = ["a", "b",]
      meta = { "zone" = "a", n: "1" }
    }
    services { name = "db" }
    check "named" { interval = "10s" }
    ratio = 1.5
    "quoted.key" = "tab\\there \\u00e9"
    script = <<-EOT
      one
        two
      EOT
    raw = <<X
 kept
X
    limit = 0x10`;
  expect(plain(text)).toEqual({
    node_name: 'n1',
    server: true,
    ports: { http: 8501, dns: -1 },
    services: [{ name: 'web', tags: ['a', 'b'], meta: { zone: 'a', n: '1' } }, { name: 'db' }],
    check: { named: { interval: '10s' } },
    ratio: 1.5,
    'quoted.key': 'tab\there é',
    script: 'one\n  two\n',
    raw: ' kept\n',
    limit: 16,
  });
});

test('JSON is HCL, too', () => {
  expect(plain('"a": {"b": [1, "x", true]}, "c": "d"')).toEqual({
    a: { b: [1, 'x', true] },
    c: 'd',
  });
});

test('a name of JavaScript is a name like any other', () => {
  expect(Object.keys(parseHcl('__proto__ { a = 1 }\nconstructor = 2'))).toEqual([
    '__proto__',
    'constructor',
  ]);
});

test.each([
  ['a = ', 'line 1: a value is expected instead of "the end"'],
  ['a {\n b = 1', 'line 2: "}" is missing'],
  ['a = b', 'line 1: "b" is no value; put texts in quotation marks'],
  ['a = [1 2]', 'line 1: "," or "]" is expected in a list'],
  ['a "b" = 1', 'line 1: "=" or "{" is expected behind "a"'],
  ['\n\n= 1', 'line 3: a key is expected instead of "="'],
  ['a = "\\q"', 'line 1: "\\q" has an escape that is not understood'],
  ['a = <<E\nx', 'line 2: the end "E" of a text is missing'],
  ['a = "x', 'line 1: ""x" is not understood'],
  ['a = @', 'line 1: "@" is not understood'],
])('%j is refused with its line', (text, message) => {
  expect(() => parseHcl(text)).toThrow(new HclError(message));
});

test.each(['[', '{ a = ', 'a {'])('blocks and lists nested without end are refused: %s', (part) => {
  const opening = part === '[' ? 'a = ' : part === 'a {' ? '' : 'a = ';
  expect(() => parseHcl(opening + part.repeat(100_000))).toThrow('nested too deeply');
});
