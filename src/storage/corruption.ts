/** Key spaces of the database, by their first byte, with the names that messages use. */
export const spaceNames: ReadonlyMap<string, string> = new Map([
  ['i', 'identity'],
  ['h', 'hard state'],
  ['b', 'base of the log'],
  ['e', 'log'],
  ['a', 'applied index'],
  ['s', 'state'],
]);

/** The disk does not hold what was written to it. Nothing this member says can be trusted any more. */
export class StorageCorruption extends Error {
  override readonly name = 'StorageCorruption';

  constructor(key: Uint8Array, what: string, options?: ErrorOptions) {
    const bytes = Buffer.from(key);
    const space = spaceNames.get(bytes.toString('latin1', 0, 1)) ?? 'unknown';
    super(
      `the record ${bytes.toString('hex')} (${space}) is damaged: ${what}. Stop this member, remove its data ` +
        'directory, remove the member from the cluster and add it again; if no majority is left, restore a backup',
      options,
    );
  }
}
