import type { Random } from '../../base/random.ts';
import { recordTypes } from './response.ts';
import type { Response } from './response.ts';

/** Of these, clients choose one. An alias stands before what it leads to, and the names of an address in order of rank. */
const choices: ReadonlySet<string> = new Set(['A', 'AAAA', 'SRV']);

/** The answers that may change places: all or none. */
export function rotatable({ answers }: Response): number {
  return choices.has(answers[0]?.data.type ?? '') ? answers.length : 0;
}

/** Another instance comes first each time, since many clients take the first one. */
export class RotatingStart {
  #state: number;

  constructor(random: Random) {
    this.#state = random.between(1, 0x7fff_ffff);
  }

  /** From 0 to `count` - 1, each about as often. Nothing depends on its being hard to guess. */
  next(count: number): number {
    if (count < 2) return 0;
    let state = this.#state;
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    this.#state = state;
    return Math.floor(((state >>> 0) / 2 ** 32) * count);
  }
}

/**
 * A client that is shown other instances each time takes those for gone that it is not shown. So each client has a place
 * of its own among the instances to begin at, which moves little as they come and go.
 */
export function firstFor(client: string, count: number): number {
  return Math.floor((hashOf(client) / 2 ** 32) * count);
}

/** FNV-1a, of 32 bits, mixed once more so that near texts get far numbers. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return (hash ^ (hash >>> 13)) >>> 0;
}

/** Types whose answers are addresses. */
export function isAddressType(type: number): boolean {
  return type === recordTypes.A || type === recordTypes.AAAA || type === recordTypes.ANY;
}
