import { Packr } from 'msgpackr';
import { RegistryError } from '../base/errors.ts';
import { countOf, listOf, unsound } from '../base/fields.ts';
import { entryOf } from '../raft/index.ts';
import type { Configuration, Entry } from '../raft/index.ts';

/**
 * The value of a log record: a MessagePack array of the entries of one write, because a record costs far more than an
 * entry. Bound for ever: kinds keep their numbers.
 */
const packr = new Packr({ useRecords: false, variableMapSize: true });

const kinds = ['command', 'empty', 'membership'] as const;

type Packed = [number, number, number, Uint8Array, Configuration?];

export function packEntries(entries: readonly Entry[]): Buffer {
  return packr.pack(
    entries.map(({ index, term, kind, data, configuration }): Packed => {
      const packed: Packed = [index, term, kinds.indexOf(kind), data];
      if (configuration !== undefined) packed.push(configuration);
      return packed;
    }),
  );
}

/** Throws TypeError if the value is no list of entries. */
export function unpackEntries(bytes: Uint8Array): Entry[] {
  return listOf(packr.unpack(bytes), 'entries', (packed) => {
    if (!Array.isArray(packed)) throw unsound('entry');
    const [index, term, kind, data, configuration]: unknown[] = packed;
    const name = kinds[countOf(kind, 'kind of an entry')];
    if (name === undefined) {
      throw new RegistryError(
        'invalid-request',
        `the log holds an entry of kind ${String(kind)}, which this release does not know; start a newer one`,
      );
    }
    return entryOf(index, term, name, data, configuration);
  });
}
