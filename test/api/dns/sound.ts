import { nameBytesMax } from '../../../src/api/dns/name.ts';
import { decodeQuery } from '../../../src/api/dns/query.ts';
import type { MessageTransport } from '../../../src/api/port/index.ts';

/** The rule that the response to a message breaks, if one is: for any message, whatever it holds. */
export function wrongWithResponse(
  message: Buffer,
  response: Buffer | undefined,
  transport: MessageTransport,
): string | undefined {
  const isQuery = message.length >= 12 && message.readUInt8(2) < 0x80;
  if ((response !== undefined) !== isQuery)
    return isQuery ? 'a query is not answered' : 'what is no query is answered';
  if (response === undefined) return undefined;
  if (response.readUInt16BE(0) !== message.readUInt16BE(0)) return 'the response has another id';
  if ((response.readUInt8(2) & 0xf9) !== (0x80 | (message.readUInt8(2) & 0x79)))
    return 'the response has other flags';
  const query = decodeQuery(message);
  const udpBytes = 'edns' in query ? (query.edns?.udpBytes ?? 0) : 0;
  const bytesMax = transport === 'tcp' ? 65_535 : Math.max(512, udpBytes);
  if (response.length > bytesMax) return `the response has ${response.length} bytes of ${bytesMax}`;
  try {
    return wrongWithNames(response);
  } catch (error) {
    if (error instanceof RangeError) return 'the response is cut off';
    throw error;
  }
}

/** Reads all names of a message, as a strict decoder would: pointers lead back only, to where a name begins. */
function wrongWithNames(message: Buffer): string | undefined {
  let wrong: string | undefined;
  const starts = new Set<number>();
  const readName = (from: number): number => {
    let at = from;
    let bytes = 1;
    for (;;) {
      const length = message.readUInt8(at);
      if (length >= 0xc0) {
        const to = message.readUInt16BE(at) & 0x3fff;
        if (to >= at || !starts.has(to)) wrong ??= `a pointer leads to byte ${to}`;
        return at + 2;
      }
      if (length > 63) wrong ??= `a label has ${length} bytes`;
      if (length > 0) starts.add(at);
      at += 1 + length;
      bytes += 1 + length;
      if (bytes > nameBytesMax + 1) wrong ??= `a name has ${bytes} bytes`;
      if (length === 0) return at;
    }
  };
  let at = 12;
  for (let count = message.readUInt16BE(4); count > 0; count--) at = readName(at) + 4;
  const records = [6, 8, 10].reduce((sum, offset) => sum + message.readUInt16BE(offset), 0);
  for (let count = 0; count < records; count++) {
    at = readName(at);
    const type = message.readUInt16BE(at);
    const data = at + 10;
    at = data + message.readUInt16BE(at + 8);
    const end = endOfData(type, data, readName);
    if (end !== undefined && end !== at)
      wrong ??= `the data of a record of type ${type} ends at another place`;
  }
  return at === message.length ? wrong : 'the response does not end with its last record';
}

/** Where the data of a record ends by the names in it; undefined: it has none. */
function endOfData(
  type: number,
  data: number,
  readName: (at: number) => number,
): number | undefined {
  if (type === 33) return readName(data + 6);
  if ([2, 5, 12].includes(type)) return readName(data);
  return type === 6 ? readName(readName(data)) + 20 : undefined;
}
