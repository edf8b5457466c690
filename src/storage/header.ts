import { countOf, fieldsOf, textOf } from '../base/fields.ts';
import type { Identity } from '../replica/index.ts';
import { StorageCorruption } from './corruption.ts';
import type { Span } from './engine-buffer.ts';

/** The first record of a directory: its format, its owner, and which epoch of the state is the current one. */
export interface Header {
  readonly format: number;
  readonly identity: Identity;
  readonly epoch: number;
  /** The generation of the log's files; undefined in a directory whose log is in LevelDB. */
  readonly log?: number;
  /** State records in this span were written ahead of their applied index. Until that is written they do not count. */
  readonly unfinished?: Span;
}

export function headerOf(value: unknown): Header {
  const { format, identity, epoch, log, unfinished } = fieldsOf(value, 'identity');
  const { clusterId, memberId } = fieldsOf(identity, 'identity');
  return {
    format: countOf(format, 'format'),
    identity: {
      clusterId: textOf(clusterId, 'cluster'),
      memberId: textOf(memberId, 'member'),
    },
    epoch: countOf(epoch, 'epoch'),
    ...(log === undefined ? {} : { log: countOf(log, 'generation of the log') }),
    ...(unfinished === undefined ? {} : { unfinished: spanOf(unfinished) }),
  };
}

function spanOf(value: unknown): Span {
  const { from, to } = fieldsOf(value, 'unfinished');
  return { from: textOf(from, 'unfinished from'), to: textOf(to, 'unfinished to') };
}

/** Decodes the record at `key`. A correct checksum does not make its content valid: TypeError becomes StorageCorruption. */
export function decodeRecordAt<T>(key: Uint8Array, decode: () => T): T {
  try {
    return decode();
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    throw new StorageCorruption(key, cause.message, { cause });
  }
}
