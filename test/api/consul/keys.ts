import { ask } from './ask.ts';

/** Puts a key as an etcd client does. */
export async function putKey(url: string, key: string, value: string | object): Promise<void> {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  await done(url, '/v3/kv/put', { key: base64(key), value: base64(text) });
}

/** Deletes all keys that begin so. */
export async function deleteKeys(url: string, prefix: string): Promise<void> {
  const end = prefix.slice(0, -1) + String.fromCharCode(prefix.charCodeAt(prefix.length - 1) + 1);
  await done(url, '/v3/kv/deleterange', { key: base64(prefix), range_end: base64(end) });
}

async function done(url: string, path: string, body: object): Promise<void> {
  const { status, text } = await ask(url, path, { method: 'POST', body });
  if (status !== 200) throw new Error(text);
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
