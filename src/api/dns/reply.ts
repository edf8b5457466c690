import { Reader } from './reader.ts';
import { recordTypes } from './response.ts';
import type { DnsRecord } from './response.ts';

const classIn = 1;

/** The aliases and addresses among the answers of another server; none if they cannot be read. Never throws. */
export function addressRecordsOf(message: Buffer): readonly DnsRecord[] {
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
  const reader = new Reader(message, view);
  const records: DnsRecord[] = [];
  try {
    const questions = view.getUint16(4);
    const answers = view.getUint16(6);
    for (let count = 0; count < questions; count++) reader.question();
    for (let count = 0; count < answers; count++) {
      const { nameAt, type, class: classNumber, ttl, dataAt, dataBytes } = reader.record();
      if (classNumber !== classIn) continue;
      const owner = reader.nameAt(nameAt);
      const data = message.subarray(dataAt, dataAt + dataBytes);
      if (type === recordTypes.A && dataBytes === 4) {
        records.push({ owner, ttlSeconds: ttl, data: { type: 'A', address: data.join('.') } });
      } else if (type === recordTypes.AAAA && dataBytes === 16) {
        const address = (data.toString('hex').match(/.{4}/g) ?? []).join(':');
        records.push({ owner, ttlSeconds: ttl, data: { type: 'AAAA', address } });
      } else if (type === recordTypes.CNAME) {
        const target = reader.nameAt(dataAt);
        records.push({ owner, ttlSeconds: ttl, data: { type: 'CNAME', target } });
      }
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return [];
  }
  return records;
}
