/** The few messages that the benchmark sends and reads, by hand: its client must be lean. */

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  bytes.push(rest);
  return bytes;
}

function bytesField(number: number, bytes: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from([(number << 3) | 2, ...varint(bytes.length)]), bytes]);
}

/** A gRPC frame: not compressed, its length, the message. */
function frame(message: Uint8Array): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

function put(key: string, value: Uint8Array): Buffer {
  return Buffer.concat([bytesField(1, Buffer.from(key)), bytesField(2, value)]);
}

export function putFrame(key: string, value: Uint8Array): Buffer {
  return frame(put(key, value));
}

export function rangeFrame(key: string, isSerializable: boolean): Buffer {
  const serializable = Buffer.from(isSerializable ? [7 << 3, 1] : []);
  return frame(Buffer.concat([bytesField(1, Buffer.from(key)), serializable]));
}

/** A transaction that puts all of these keys. */
export function txnFrame(keys: readonly string[], value: Uint8Array): Buffer {
  const operations = keys.map((key) => bytesField(3, bytesField(2, put(key, value))));
  return frame(Buffer.concat(operations));
}

/** Creates a watcher of one key. */
export function watchFrame(key: string): Buffer {
  return frame(bytesField(1, bytesField(1, Buffer.from(key))));
}

/** Counts the watchers that were created and the events in a stream of `WatchResponse`, however it is cut. */
export class WatchReader {
  created = 0;
  events = 0;
  #rest: Buffer = Buffer.alloc(0);

  add(piece: Buffer): void {
    const bytes = this.#rest.length === 0 ? piece : Buffer.concat([this.#rest, piece]);
    let at = 0;
    while (bytes.length - at >= 5) {
      const end = at + 5 + bytes.readUInt32BE(at + 1);
      if (end > bytes.length) break;
      this.#read(bytes, at + 5, end);
      at = end;
    }
    this.#rest = bytes.subarray(at);
  }

  #read(bytes: Buffer, start: number, end: number): void {
    let at = start;
    const number = (): number => {
      let value = 0;
      for (let factor = 1; ; factor *= 0x80) {
        const byte = bytes[at++] ?? 0;
        value += (byte & 0x7f) * factor;
        if (byte < 0x80) return value;
      }
    };
    while (at < end) {
      const tag = number();
      const value = number();
      if ((tag & 7) === 2) at += value;
      if (tag === ((11 << 3) | 2)) this.events++;
      else if (tag === 3 << 3) this.created++;
    }
  }
}
