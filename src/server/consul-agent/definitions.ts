import { ConfigProblem } from '../config.ts';
import { isObject } from './configuration.ts';
import type { Source } from './configuration.ts';

/** A service or a check that the configuration registers. */
export interface Definition {
  readonly kind: 'service' | 'check';
  /** As Consul's API knows it. */
  readonly id: string;
  /** The body of the call that registers it. */
  readonly body: Source;
}

/** Everything that the sources register, in their order. Of two with one id the later one counts. */
export function definitionsOf(sources: readonly Source[]): readonly Definition[] {
  const found = new Map<string, Definition>();
  for (const source of sources) {
    for (const kind of ['service', 'check'] as const) {
      for (const body of [...listOf(source, kind), ...listOf(source, `${kind}s`)]) {
        const definition = definitionOf(kind, body);
        found.set(`${kind} ${definition.id}`, definition);
      }
    }
  }
  // A check may be that of a service of another file.
  return [...found.values()].toSorted((a, b) => rankOf(a) - rankOf(b));
}

function rankOf({ kind }: Definition): number {
  return kind === 'service' ? 0 : 1;
}

function listOf(source: Source, key: string): readonly Source[] {
  const value = source[key] ?? [];
  const list = Array.isArray(value) ? value : [value];
  const wrong = list.find((one) => !isObject(one));
  if (wrong !== undefined) throw new ConfigProblem(`"${key}" must hold objects`);
  return list;
}

function definitionOf(kind: Definition['kind'], body: Source): Definition {
  const name = textOf(body, 'name');
  const id = textOf(body, 'id') || (kind === 'check' ? textOf(body, 'check_id') : '') || name;
  if (id === '') throw new ConfigProblem(`a ${kind} of the configuration has no name`);
  return { kind, id, body: kind === 'service' ? withListOfChecks(body) : body };
}

/** In HCL a block `check` may occur several times. */
function withListOfChecks(body: Source): Source {
  const { check, checks, ...rest } = body;
  if (!Array.isArray(check)) return body;
  const more: readonly unknown[] = Array.isArray(checks) ? checks : [];
  return { ...rest, checks: [...check, ...more] };
}

/** Names of fields count in any letter case. */
function textOf(body: Source, name: string): string {
  const plain = name.replaceAll('_', '');
  const [, value] =
    Object.entries(body).find(([key]) => key.toLowerCase().replaceAll('_', '') === plain) ?? [];
  return typeof value === 'string' ? value : '';
}
