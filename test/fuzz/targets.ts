import { dnsTarget } from './dns-target.ts';
import { filterTarget } from './filter-target.ts';
import { http2Target } from './http2-target.ts';
import { jsonTarget } from './json-target.ts';
import { portTarget } from './port-target.ts';
import type { Target } from './target.ts';
import { tokenTarget } from './token-target.ts';

const targets: Readonly<Record<string, () => Target | Promise<Target>>> = {
  http2: http2Target,
  json: jsonTarget,
  port: portTarget,
  dns: dnsTarget,
  filter: filterTarget,
  token: tokenTarget,
};

export const targetNames: readonly string[] = Object.keys(targets);

export async function openTarget(name: string): Promise<Target> {
  const open = targets[name];
  if (open === undefined) throw new Error(`no target ${name}; there are ${targetNames.join(', ')}`);
  return open();
}
