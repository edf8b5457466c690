/** A value as text that shows all of it: byte strings as binary text, numbers of leases in decimal. */
export function plain(value: unknown): string {
  return JSON.stringify(value, (_name, part: unknown) => {
    if (typeof part === 'bigint') return part.toString();
    if (isBuffer(part)) return Buffer.from(part.data).toString('latin1');
    return part instanceof Uint8Array ? Buffer.from(part).toString('latin1') : part;
  });
}

/** How a Buffer looks to JSON.stringify. */
function isBuffer(part: unknown): part is { readonly data: readonly number[] } {
  return part !== null && typeof part === 'object' && 'type' in part && part.type === 'Buffer';
}
