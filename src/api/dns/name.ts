/**
 * A domain name: its labels, from the left, each a binary string of 1 to 63 bytes (RFC 1035, section 3.1). A label may
 * hold any byte, dots included, so names are never kept as dotted text.
 */
export type Name = readonly string[];

export const labelBytesMax = 63;
/** With the length byte of each label and the final zero. */
export const nameBytesMax = 255;

/** Reads dotted text without escapes; a final dot may stand there or not. Letters beyond ASCII are UTF-8. */
export function nameOf(text: string): Name {
  return labelOf(text)
    .split('.')
    .filter((label) => label !== '');
}

/** With a final dot; dots, backslashes and bytes that cannot be printed are escaped (RFC 1035, section 5.1). */
export function textOfName(name: Name): string {
  return `${name.map(escaped).join('.')}.`;
}

/** ASCII letters in lower case: names compare without regard to it (RFC 4343), and other bytes as they are. */
export function lowerCase(label: string): string {
  return label.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
}

/** Bytes on the wire, uncompressed. */
export function bytesOfName(name: Name): number {
  return name.reduce((bytes, label) => bytes + 1 + label.length, 1);
}

/** True if it can be written: no empty or overlong label, and not too long as a whole. */
export function isValidName(name: Name): boolean {
  return (
    name.every(({ length }) => length > 0 && length <= labelBytesMax) &&
    bytesOfName(name) <= nameBytesMax
  );
}

/** Whether a name is `zone` or below it. Both are in lower case. */
export function isWithin(name: Name, zone: Name): boolean {
  const offset = name.length - zone.length;
  return offset >= 0 && zone.every((label, at) => label === name[offset + at]);
}

function escaped(label: string): string {
  return label.replaceAll(/[^!-~]|[.\\]/g, (sign) =>
    sign === '.' || sign === '\\'
      ? `\\${sign}`
      : `\\${String(sign.charCodeAt(0)).padStart(3, '0')}`,
  );
}

/** Labels are bytes, names of services are UTF-8. */
export function textOfLabel(label: string): string {
  return Buffer.from(label, 'latin1').toString('utf8');
}

export function labelOf(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}
