import { keyOfText } from '../../src/base/key.ts';
import type { KeyEvent, KeyValue } from '../../src/operations/index.ts';
import { Catalog } from '../../src/registry/index.ts';
import type { BadKey, CatalogOptions } from '../../src/registry/index.ts';

/** The newest version of a key. */
export function kvOf(key: string, value: string, revision: number): KeyValue {
  return {
    key: keyOfText(key),
    value: Buffer.from(value),
    createRevision: revision,
    modRevision: revision,
    version: 1,
    lease: 0n,
  };
}

export function put(key: string, value: unknown, revision: number): KeyEvent {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return { kind: 'put', kv: kvOf(key, text, revision) };
}

export function deletion(key: string, revision: number): KeyEvent {
  return { kind: 'delete', kv: kvOf(key, '', revision) };
}

/** An empty catalog, with what it could not read. */
export function catalogOf(
  floor = 0,
  options: Partial<CatalogOptions> = {},
): { readonly catalog: Catalog; readonly bad: BadKey[] } {
  const bad: BadKey[] = [];
  const catalog = new Catalog({
    floor: () => floor,
    onBadKey: (key) => bad.push(key),
    ...options,
  });
  return { catalog, bad };
}
