/** Key spaces of the database by first byte, with their names in messages. */
export const spaceNames: ReadonlyMap<string, string> = new Map([
  ['i', 'identity'],
  ['h', 'hard state'],
  ['b', 'base of the log'],
  ['e', 'log'],
  ['a', 'applied index'],
  ['s', 'state'],
  ['x', 'applied index'],
  ['y', 'base of the log'],
]);

const whatToDo =
  'Stop this member, remove its data directory, remove the member from the cluster and add it again; ' +
  'if no majority is left, restore a backup';

/** The disk does not hold what was written to it. The member must not go on. */
export class StorageCorruption extends Error {
  override readonly name = 'StorageCorruption';

  constructor(key: Uint8Array, what: string, options?: ErrorOptions) {
    super(`the record ${nameOfKey(key)} is damaged: ${what}. ${whatToDo}`, options);
  }
}

/** A table of the database that is damaged, found while it was read. */
export class DamagedTable extends Error {
  override readonly name = 'DamagedTable';

  constructor(file: string, offset: number) {
    super(`${file} is damaged: the checksum at byte ${offset} is wrong. ${whatToDo}`);
  }
}

/** A damaged file of the database, found before anything was read from it. */
export class DamagedFile {
  readonly file: string;
  readonly what: string;
  /** The damaged block held records up to about this key, if known. */
  readonly lastKey: Uint8Array | undefined;

  constructor(file: string, what: string, lastKey?: Uint8Array) {
    this.file = file;
    this.what = what;
    this.lastKey = lastKey;
  }

  /** A message for people; `directory` is the member's data directory. */
  messageFor(directory: string): string {
    const records =
      this.lastKey === undefined ? '' : ` in the records up to ${nameOfKey(this.lastKey)}`;
    return `${directory} is damaged: ${this.file}${records}: ${this.what}. ${whatToDo}`;
  }
}

function nameOfKey(key: Uint8Array): string {
  const bytes = Buffer.from(key);
  const space = spaceNames.get(bytes.toString('latin1', 0, 1)) ?? 'unknown';
  return `${bytes.toString('hex')} (${space})`;
}
