import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Rollcall } from '../../../src/client/index.ts';
import { startServer } from '../../../src/server/index.ts';
import type { EmbeddedMember } from '../../../src/server/index.ts';
import { ask, at, textAt } from './ask.ts';
import type { Asked, AskOptions } from './ask.ts';

let member: EmbeddedMember;
let etcd: Rollcall;
let url: string;

beforeAll(async () => {
  member = await startServer({ consulListen: ['127.0.0.1:0'], name: 'm1' });
  await member.ready;
  url = member.consulUrls[0] ?? '';
  etcd = new Rollcall({ endpoints: [...member.clientUrls] });
});

afterAll(async () => {
  etcd.close();
  await member.stop();
});

beforeEach(async () => {
  await erase('?recurse');
});

const get = (path: string, options?: AskOptions) => ask(url, `/v1/kv/${path}`, options);
const put = async (path: string, body = 'v') =>
  (await ask(url, `/v1/kv/${path}`, { method: 'PUT', body })).text;
const erase = async (path: string) => (await ask(url, `/v1/kv/${path}`, { method: 'DELETE' })).text;
const indexOf = ({ headers }: Asked): number => Number(headers['x-consul-index']);

async function newSession(fields: object = {}): Promise<string> {
  const body = { NodeChecks: [], LockDelay: '0s', ...fields };
  return textAt((await ask(url, '/v1/session/create', { method: 'PUT', body })).json, 'ID');
}

const destroy = (id: string) => ask(url, `/v1/session/destroy/${id}`, { method: 'PUT' });

describe('entries', () => {
  test('are written, read and deleted', async () => {
    expect(await put('a/b?flags=42', 'one')).toBe('true');
    const read = await get('a/b');
    const index = indexOf(read);
    expect(read.json).toEqual([
      {
        LockIndex: 0,
        Key: 'a/b',
        Flags: 42,
        Value: 'b25l',
        CreateIndex: index,
        ModifyIndex: index,
      },
    ]);
    expect(Object.keys(Object(at(read.json, 0)))).toEqual([
      'LockIndex',
      'Key',
      'Flags',
      'Value',
      'CreateIndex',
      'ModifyIndex',
    ]);
    expect(await erase('a/b')).toBe('true');
    const missing = await get('a/b');
    expect(missing).toMatchObject({ status: 404, text: '' });
    expect(indexOf(missing)).toBe(index + 1);
    expect(missing.headers['x-consul-knownleader']).toBe('true');
    expect(await erase('a/b')).toBe('true');
  });

  test('have flags of 64 bits, exactly', async () => {
    await put('f?flags=16210313421097356768');
    expect((await get('f')).text).toContain('"Flags":16210313421097356768,');
    expect((await get('f?pretty')).text).toContain('"Flags": 16210313421097356768,');
    await put('f?flags=0');
    expect(at((await get('f')).json, 0, 'Flags')).toBe(0);
  });

  test('have any bytes as key and value', async () => {
    const key = 'a//b/../c%2Fd+e%20f%25/%ff/';
    await put(key, '');
    expect(at((await get(key)).json, 0)).toMatchObject({ Value: null });
    expect((await get('?keys')).json).toEqual(['a//b/../c/d+e f%/\u{fffd}/']);
    await ask(url, '/v1/kv/bytes', { method: 'PUT', body: Buffer.from([0, 255, 128]) });
    const raw = await get('bytes?raw');
    expect(raw.headers).toMatchObject({
      'content-type': 'text/plain',
      'content-security-policy': 'sandbox',
      'x-content-type-options': 'nosniff',
    });
    expect(at((await get('bytes')).json, 0, 'Value')).toBe('AP+A');
    const { kvs } = await etcd.range('/consul/kv/bytes');
    expect([...(kvs[0]?.valueBytes ?? [])]).toEqual([0, 255, 128]);
  });

  test('that do not change are not written', async () => {
    await put('same?flags=3');
    const before = indexOf(await get('same'));
    expect(await put('same?flags=3')).toBe('true');
    expect(indexOf(await get('same'))).toBe(before);
    await put('same?flags=4');
    expect(indexOf(await get('same'))).toBe(before + 1);
  });

  test('are up to 512 KiB', async () => {
    expect(await put('large', 'x'.repeat(512 << 10))).toBe('true');
    expect(await put('large', 'x'.repeat((512 << 10) + 1))).toBe(
      'Request body(524289 bytes) too large, max size: 524288 bytes.',
    );
  });

  test('that etcd clients write and delete are the same entries', async () => {
    await put('shared?flags=7', 'a');
    await etcd.put('/consul/kv/shared', 'b');
    expect(at((await get('shared')).json, 0)).toMatchObject({ Value: 'Yg==', Flags: 7 });
    await etcd.delete('/consul/kv/shared');
    expect((await get('shared')).status).toBe(404);
    await etcd.put('/consul/kv/shared', 'c');
    // The flags of the former entry are not those of this one.
    expect(at((await get('shared')).json, 0)).toMatchObject({ Value: 'Yw==', Flags: 0 });
  });
});

describe('many entries', () => {
  beforeEach(async () => {
    for (const key of ['t/a', 't/b/c', 't/b/d', 't/e/', 'tz', 'u']) await put(key, key);
  });

  test('are read and deleted by prefix', async () => {
    const all = await get('t?recurse');
    expect(Array.from(Object(all.json), (entry) => at(entry, 'Key'))).toEqual([
      't/a',
      't/b/c',
      't/b/d',
      't/e/',
      'tz',
    ]);
    expect(await erase('t/?recurse')).toBe('true');
    expect((await get('?keys')).json).toEqual(['tz', 'u']);
  });

  test.each([
    ['t?keys', ['t/a', 't/b/c', 't/b/d', 't/e/', 'tz']],
    ['t/?keys&separator=/', ['t/a', 't/b/', 't/e/']],
    ['t?keys&separator=/', ['t/', 'tz']],
    ['t/?keys&seperator=/', ['t/a', 't/b/', 't/e/']],
    ['t/b/?keys&separator=zz', ['t/b/c', 't/b/d']],
    ['?keys&separator=/', ['t/', 'tz', 'u']],
  ])('%s lists keys', async (path, keys) => {
    expect((await get(path)).json).toEqual(keys);
  });

  test('that are none are 404, except below the root', async () => {
    expect((await get('nope?keys')).status).toBe(404);
    expect((await get('nope?recurse')).status).toBe(404);
    await erase('?recurse');
    expect(await get('?keys')).toMatchObject({ status: 200, text: '[]' });
    expect((await get('?recurse')).status).toBe(404);
  });

  test('have the index of the newest change below the prefix, deletions included', async () => {
    const before = indexOf(await get('t/b/?recurse'));
    await put('u', 'other');
    expect(indexOf(await get('t/b/?recurse'))).toBe(before);
    await erase('t/b/c');
    const after = indexOf(await get('t/b/?recurse'));
    expect(after).toBeGreaterThan(before);
    expect(indexOf(await get('t/b/?keys'))).toBe(after);
    await erase('t/b/?recurse');
    expect(indexOf(await get('t/b/?recurse'))).toBeGreaterThan(after);
  });

  test('in a long list are the same as in a short one', async () => {
    const ops = Array.from({ length: 501 }, (_, n) => ({
      KV: { Verb: 'set', Key: `many/${String(n).padStart(4, '0')}`, Value: 'dg==' },
    }));
    expect((await ask(url, '/v1/txn', { method: 'PUT', body: ops })).status).toBe(200);
    const { json, headers } = await get('many/?recurse');
    expect(Array.from(Object(json), (entry) => at(entry, 'Key'))).toEqual(
      ops.map(({ KV }) => KV.Key),
    );
    expect(headers['content-type']).toBe('application/json');
  });
});

describe('conditions', () => {
  test('cas writes and deletes at the index that it names', async () => {
    expect(await put('c?cas=5')).toBe('false');
    expect(await put('c?cas=0', 'one')).toBe('true');
    expect(await put('c?cas=0', 'two')).toBe('false');
    const index = indexOf(await get('c'));
    expect(await put(`c?cas=${index - 1}`)).toBe('false');
    expect(await put(`c?cas=${index}`, 'two')).toBe('true');
    expect(await erase(`c?cas=${index}`)).toBe('false');
    expect(await erase(`c?cas=${index + 1}`)).toBe('true');
    expect(await erase('c?cas=7')).toBe('true');
  });

  test('of many writers, one gets through each time', async () => {
    await put('counter', '0');
    const add = async (): Promise<void> => {
      for (;;) {
        const { json } = await get('counter');
        const value = Number(Buffer.from(textAt(json, 0, 'Value'), 'base64').toString());
        const index = textAt(json, 0, 'ModifyIndex');
        if ((await put(`counter?cas=${index}`, String(value + 1))) === 'true') return;
      }
    };
    await Promise.all(Array.from({ length: 20 }, add));
    expect((await get('counter?raw')).text).toBe('20');
  });

  test.each([
    ['?cas=1&acquire=z', 'Conflicting flags: acquire=z&cas=1'],
    ['?release=y&acquire=z', 'Conflicting flags: acquire=z&release=y'],
  ])('PUT %s is refused', async (query, text) => {
    expect(await put(`c${query}`)).toBe(text);
  });

  test('what cannot be read is refused with its text', async () => {
    expect(await put('c?flags=q')).toBe('strconv.ParseUint: parsing "q": invalid syntax');
    expect(await put('c?cas=18446744073709551616')).toBe(
      'strconv.ParseUint: parsing "18446744073709551616": value out of range',
    );
    expect(await erase('c?recurse&cas=3')).toBe('Conflicting flags: cas=3&recurse=');
    for (const method of ['GET', 'PUT', 'DELETE']) {
      expect(await get('', { method })).toMatchObject({ status: 400, text: 'Missing key name' });
    }
  });
});

describe('locks', () => {
  test('belong to one session at a time', async () => {
    const [first, second] = [await newSession(), await newSession()];
    expect(await put(`lock?acquire=${first}&flags=9`, 'mine')).toBe('true');
    expect(at((await get('lock')).json, 0)).toMatchObject({
      Session: first,
      LockIndex: 1,
      Flags: 9,
    });
    const index = indexOf(await get('lock'));
    expect(await put(`lock?acquire=${first}&flags=9`, 'mine')).toBe('true');
    expect(indexOf(await get('lock'))).toBe(index);
    expect(await put(`lock?acquire=${second}`)).toBe('false');
    expect(await put(`lock?release=${second}`)).toBe('false');
    // Writing without the lock keeps it.
    expect(await put('lock', 'other')).toBe('true');
    expect(at((await get('lock')).json, 0)).toMatchObject({ Session: first, LockIndex: 1 });
    expect(await put(`lock?release=${first}`, 'free')).toBe('true');
    const free = at((await get('lock')).json, 0);
    expect(free).toMatchObject({ LockIndex: 1, Value: 'ZnJlZQ==' });
    expect(at(free, 'Session')).toBeUndefined();
    expect(await put(`lock?acquire=${second}`)).toBe('true');
    expect(at((await get('lock')).json, 0)).toMatchObject({ Session: second, LockIndex: 2 });
  });

  test('are refused to sessions that are none', async () => {
    expect(await put('lock?acquire=nope')).toBe('invalid session "nope"');
    expect(await put('lock?acquire=')).toBe('missing session');
    expect(await put('lock?acquire=..%2Fx')).toBe('invalid session "../x"');
    expect(await put('lock?release=nope')).toBe('false');
  });

  test('are released when their session ends, at one revision, and the index says so', async () => {
    const session = await newSession();
    await put(`l/a?acquire=${session}`);
    await put(`l/b?acquire=${session}`);
    const before = indexOf(await get('l/?recurse'));
    const staleIndex = indexOf(await get('l/a'));
    await destroy(session);
    const [a, b] = [await get('l/a'), await get('l/b')];
    expect(at(a.json, 0, 'Session')).toBeUndefined();
    expect(indexOf(a)).toBe(before + 1);
    expect(indexOf(b)).toBe(before + 1);
    expect(indexOf(await get('l/?recurse'))).toBe(before + 1);
    // The former holder does not get through with the index that it knows.
    expect(await put(`l/a?cas=${staleIndex}`)).toBe('false');
    expect(await put(`l/a?cas=${indexOf(a)}`, 'next')).toBe('true');
  });

  test('of a session that deletes take their entries with them', async () => {
    const session = await newSession({ Behavior: 'delete' });
    await put(`d/held?acquire=${session}&flags=5`, 'v');
    await put('d/held', 'still held');
    await put(`d/released?acquire=${session}`);
    await put(`d/released?release=${session}`);
    const before = indexOf(await get('d/?recurse'));
    await destroy(session);
    expect((await get('d/?keys')).json).toEqual(['d/released']);
    expect(indexOf(await get('d/?recurse'))).toBe(before + 1);
    expect((await etcd.getPrefix('/consul/kv-meta/d/')).kvs.length).toBe(1);
  });

  test('are gone with their entries', async () => {
    const [first, second] = [await newSession(), await newSession()];
    await put(`gone?acquire=${first}`);
    await erase('gone');
    expect(await put(`gone?acquire=${second}`)).toBe('true');
    await etcd.delete('/consul/kv/gone');
    await put('gone');
    expect(at((await get('gone')).json, 0, 'Session')).toBeUndefined();
    expect(await put(`gone?acquire=${first}`)).toBe('true');
  });

  test('are not taken while the delay after the end of a session runs', async () => {
    const first = await newSession({ LockDelay: '10s' });
    const second = await newSession();
    await put(`delayed?acquire=${first}`);
    await destroy(first);
    expect(await put(`delayed?acquire=${second}`)).toBe('false');
    expect(await put('delayed', 'without a lock')).toBe('true');
    // A release by the holder has no delay.
    const third = await newSession({ LockDelay: '10s' });
    await put(`handed?acquire=${third}`);
    await put(`handed?release=${third}`);
    expect(await put(`handed?acquire=${second}`)).toBe('true');
    const refused = { KV: { Verb: 'lock', Key: 'delayed', Session: second } };
    const { json } = await ask(url, '/v1/txn', { method: 'PUT', body: [refused] });
    expect(at(json, 'Errors', 0, 'What')).toBe('failed to lock key "delayed" due to lock delay');
  });
});

describe('blocking', () => {
  test('a change of the entry wakes the query', async () => {
    await put('w', '1');
    const index = indexOf(await get('w'));
    const waiting = get(`w?index=${index}&wait=10s`);
    await put('other', 'x');
    await put('w', '2');
    const answer = await waiting;
    expect(at(answer.json, 0, 'Value')).toBe('Mg==');
    expect(indexOf(answer)).toBe(index + 2);
  });

  test('an entry that appears, is deleted, or loses its lock wakes it', async () => {
    await put('near', 'x');
    const missing = await get('come');
    const appears = get(`come?index=${indexOf(missing)}&wait=10s`);
    await put('come', 'here');
    expect((await appears).status).toBe(200);
    const leaves = get(`come?index=${indexOf(await appears)}&wait=10s`);
    await erase('come');
    expect((await leaves).status).toBe(404);
    expect(indexOf(await leaves)).toBeGreaterThan(indexOf(await appears));
    const session = await newSession();
    await put(`come?acquire=${session}`);
    const unlocked = get(`come?index=${indexOf(await get('come'))}&wait=10s`);
    await destroy(session);
    expect(at((await unlocked).json, 0, 'Session')).toBeUndefined();
  });

  test('the deletion of the last entry below a prefix wakes it', async () => {
    await put('p/a');
    const waiting = get(`p/?recurse&index=${indexOf(await get('p/?recurse'))}&wait=10s`);
    await put('q');
    await erase('p/a');
    expect((await waiting).status).toBe(404);
  });

  test('ends without a change, with the same index', async () => {
    await put('still');
    const index = indexOf(await get('still'));
    const answer = await get(`still?index=${index}&wait=50ms`);
    expect(answer.status).toBe(200);
    expect(indexOf(answer)).toBe(index);
  });
});
