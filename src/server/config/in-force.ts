import { settingFlags } from './flags.ts';
import type { ServerConfig } from './server-config.ts';

/** A member's settings under the names of their flags, for the first line of its log. */
export function settingsInForce(config: ServerConfig): Readonly<Record<string, unknown>> {
  const values: Readonly<Record<string, unknown>> = { ...config };
  const shown: Record<string, unknown> = {};
  for (const { name, field } of settingFlags()) {
    const value = values[field];
    if (value !== undefined) shown[name] = textOf(field, value);
  }
  shown['initial-cluster'] = config.initialCluster
    .map((each) => `${each.name}=${each.peerUrl}`)
    .join();
  return shown;
}

function textOf(field: string, value: unknown): unknown {
  if (value === Number.POSITIVE_INFINITY) return 'unlimited';
  return field.endsWith('Ms') && typeof value === 'number' ? `${value}ms` : value;
}
