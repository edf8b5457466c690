import { resolve, settingsOf } from './resolve.ts';
import type { ServerConfig } from './server-config.ts';

/** A cluster of one on the usual ports, with its data in ./default.rollcall: `rollcall serve` without flags. */
export const defaultConfig: ServerConfig = resolve(settingsOf([]));

export function defaultOf(name: string): unknown {
  return new Map<string, unknown>(Object.entries(defaultConfig)).get(name);
}
