import { countOf, fieldsOf, textOf } from '../base/fields.ts';
import type { Identity } from '../replica/index.ts';
import { StorageCorruption } from './corruption.ts';
import type { Span } from './engine-buffer.ts';

/** Whose directory this is, in which form, and which of the states in it counts. */
export interface Header {
  readonly format: number;
  readonly identity: Identity;
  readonly epoch: number;
  /** What it holds of the state here was written ahead of its applied index, and counts only once that is written. */
  readonly unfinished?: Span;
}

export function headerOf(value: unknown): Header {
  const { format, identity, epoch, unfinished } = fieldsOf(value, 'identity');
  const { clusterId, memberId } = fieldsOf(identity, 'identity');
  return {
    format: countOf(format, 'format'),
    identity: {
      clusterId: textOf(clusterId, 'cluster'),
      memberId: textOf(memberId, 'member'),
    },
    epoch: countOf(epoch, 'epoch'),
    ...(unfinished === undefined ? {} : { unfinished: spanOf(unfinished) }),
  };
}

function spanOf(value: unknown): Span {
  const { from, to } = fieldsOf(value, 'unfinished');
  return { from: textOf(from, 'unfinished from'), to: textOf(to, 'unfinished to') };
}

/** What the record at this key holds. A checksum that is right says nothing about what was written. */
export function decodeRecordAt<T>(key: Uint8Array, decode: () => T): T {
  try {
    return decode();
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    throw new StorageCorruption(key, cause.message, { cause });
  }
}
