import { ask } from './ask.ts';

/** Puts a key as an etcd client does. */
export async function putKey(url: string, key: string, value: string | object): Promise<void> {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  await done(url, '/v3/kv/put', { key: base64(key), value: base64(text) });
}

/** Deletes all keys that begin so. */
export async function deleteKeys(url: string, prefix: string): Promise<void> {
  await done(url, '/v3/kv/deleterange', { key: base64(prefix), range_end: base64(endOf(prefix)) });
}

async function done(url: string, path: string, body: object): Promise<void> {
  const { status, text } = await ask(url, path, { method: 'POST', body });
  if (status !== 200) throw new Error(text);
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

interface KeysAnswer {
  readonly kvs?: readonly { readonly key: string; readonly value: string }[];
}

/** Keys that begin so, with their values. */
export async function keysOf(
  url: string,
  prefix: string,
): Promise<Readonly<Record<string, string>>> {
  const answer = await ask(url, '/v3/kv/range', {
    method: 'POST',
    body: { key: base64(prefix), range_end: base64(endOf(prefix)) },
  });
  const { kvs = [] }: KeysAnswer = JSON.parse(answer.text);
  return Object.fromEntries(kvs.map(({ key, value }) => [decoded(key), decoded(value)]));
}

function endOf(prefix: string): string {
  return prefix.slice(0, -1) + String.fromCharCode(prefix.charCodeAt(prefix.length - 1) + 1);
}

function decoded(base64Text: string): string {
  return Buffer.from(base64Text, 'base64').toString();
}
