/** Tags of DER (X.690) as far as a list of revoked certificates needs them. */
const tags = { integer: 0x02, utcTime: 0x17, generalizedTime: 0x18, sequence: 0x30 } as const;

interface Element {
  readonly tag: number;
  readonly content: Buffer;
}

/**
 * The serial numbers in a list of revoked certificates (RFC 5280, section 5.1), in lower-case hexadecimal without leading
 * zeros; the file may hold one list as DER, or several as PEM. As in etcd only these numbers count: neither the issuer, the
 * signature nor the date of the list is looked at. Throws if the bytes are no such list.
 */
export function revokedSerials(file: Buffer): ReadonlySet<string> {
  const lists = file.includes('-----BEGIN ') ? fromPem(file.toString('latin1')) : [file];
  return new Set(lists.flatMap(serialsOf));
}

/** A serial number as `X509Certificate.serialNumber` writes it, in the form of `revokedSerials`. */
export function serialOf(serialNumber: string): string {
  return serialNumber.toLowerCase().replace(/^0+(?=.)/, '');
}

function fromPem(text: string): Buffer[] {
  const blocks = text.matchAll(/-----BEGIN X509 CRL-----([^-]*)-----END X509 CRL-----/g);
  const lists = [...blocks].map(([, base64 = '']) => Buffer.from(base64, 'base64'));
  if (lists.length === 0) throw new Error('it holds no X509 CRL');
  return lists;
}

function serialsOf(bytes: Buffer): string[] {
  const [list] = elementsOf(bytes, 1);
  const [body] = elementsOf(sequence(list));
  const fields = elementsOf(sequence(body));
  // The version is optional. Behind it: algorithm, issuer, thisUpdate, and optionally nextUpdate.
  let at = fields[0]?.tag === tags.integer ? 3 : 2;
  if (!isTime(fields[at])) throw new Error('it is not a list of revoked certificates');
  at += isTime(fields[at + 1]) ? 2 : 1;
  const revoked = fields[at];
  // Extensions follow under a tag of their own.
  if (revoked?.tag !== tags.sequence) return [];
  return elementsOf(revoked.content).map((entry) => {
    const [serial] = elementsOf(sequence(entry));
    if (serial?.tag !== tags.integer) throw new Error('an entry has no serial number');
    return serialOf(serial.content.toString('hex'));
  });
}

function isTime(element: Element | undefined): boolean {
  return element?.tag === tags.utcTime || element?.tag === tags.generalizedTime;
}

function sequence(element: Element | undefined): Buffer {
  if (element?.tag !== tags.sequence) throw new Error('it is not a list of revoked certificates');
  return element.content;
}

/** The elements in these bytes, at most `countMax`. */
function elementsOf(bytes: Buffer, countMax = Infinity): Element[] {
  const elements: Element[] = [];
  let at = 0;
  while (at < bytes.length && elements.length < countMax) {
    const first = bytes[at + 1] ?? 0x80;
    const lengthBytes = first < 0x80 ? 0 : first - 0x80;
    if (first === 0x80 || lengthBytes > 4) throw new Error('it is not DER');
    const start = at + 2 + lengthBytes;
    if (start > bytes.length) throw new Error('it is cut short');
    const length = lengthBytes === 0 ? first : bytes.readUIntBE(at + 2, lengthBytes);
    if (start + length > bytes.length) throw new Error('it is cut short');
    elements.push({ tag: bytes[at] ?? 0, content: bytes.subarray(start, start + length) });
    at = start + length;
  }
  return elements;
}
