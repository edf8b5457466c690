import { resolve, settingsOf } from './resolve.ts';
import type { ServerConfig } from './server-config.ts';

/** `rollcall serve` without flags: a cluster of one on the default ports, with its data in ./default.rollcall. */
export const defaultConfig: ServerConfig = resolve(settingsOf([]));

export function defaultOf(name: string): unknown {
  return new Map<string, unknown>(Object.entries(defaultConfig)).get(name);
}
