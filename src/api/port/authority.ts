import type { Socket } from 'node:net';

/**
 * Go clients of etcd up to 3.4 write the whole URL of an endpoint where HTTP/2 wants host and port (`:authority`,
 * RFC 9113, section 8.3.1), whenever they call one member in particular: `etcdctl endpoint status`, `defrag`,
 * `move-leader`. Go's server does not mind; the HTTP/2 of Node.js ends the call before anybody sees it. So the slashes
 * in the first request of such a connection are overwritten before it is handed on. Later requests refer to the
 * first (HPACK, RFC 7541), and nothing changes its length, so that both sides go on with the same tables.
 */

const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
const frameHeadBytes = 9;
const headersFrame = 1;
const settingsFrame = 4;
const windowUpdateFrame = 8;
const ackFlag = 0x1;
const endHeadersFlag = 0x4;
const paddedFlag = 0x8;
const priorityFlag = 0x20;

/** Settings that set nothing: Go's clients wait for settings before they ask for anything. */
const emptySettings = Buffer.from([0, 0, 0, settingsFrame, 0, 0, 0, 0, 0]);
const heldBytesMax = 64 << 10;
/** A client that asks for nothing within this time is handed on as it is. */
const patienceMs = 10_000;

/** Reads the beginning of an HTTP/2 connection, which is paused, and hands it on once its first request is mended. */
export function mendAuthority(socket: Socket, take: (socket: Socket) => void): void {
  let held = Buffer.alloc(0);
  let prompted = false;
  const handOn = (bytes: Buffer): void => {
    socket.off('readable', look);
    socket.off('timeout', timedOut);
    socket.off('close', closed);
    socket.setTimeout(0);
    if (bytes.length > 0) socket.unshift(bytes);
    take(socket);
  };
  const closed = (): void => {
    socket.off('readable', look);
  };
  const timedOut = (): void => {
    const { ack } = beginningOf(held);
    if (prompted && ack === undefined) socket.destroy();
    else handOn(without(held, ack));
  };
  const look = (): void => {
    const bytes: Buffer | null = socket.read();
    if (bytes === null) return;
    held = Buffer.concat([held, bytes]);
    const { isOfGo, request, isOver, ack } = beginningOf(held);
    if (isOfGo === false) {
      handOn(held);
      return;
    }
    if (request !== undefined) overwriteSlashes(request);
    const isReady = isOver || held.length > heldBytesMax;
    // What was sent here has to be acknowledged before whoever takes over sends settings of its own.
    if (isReady && (!prompted || ack !== undefined)) {
      handOn(without(held, ack));
    } else if (isOfGo === true && !isReady && !prompted) {
      prompted = true;
      socket.write(emptySettings);
    }
  };
  socket.setTimeout(patienceMs, timedOut);
  socket.on('close', closed);
  socket.on('readable', look);
  look();
}

interface Beginning {
  /** Whether it looks like Go's library, which sends no settings unless told to; undefined: too early to say. */
  readonly isOfGo: boolean | undefined;
  /** The compressed fields of the first request, once all of them are there. */
  readonly request: Buffer | undefined;
  /** The first request is there, or something else that cannot wait. */
  readonly isOver: boolean;
  /** Where our settings were acknowledged. */
  readonly ack: number | undefined;
}

function beginningOf(bytes: Buffer): Beginning {
  const known = Math.min(bytes.length, preface.length);
  const isPreface = preface.subarray(0, known).equals(bytes.subarray(0, known));
  let isOfGo: boolean | undefined = isPreface ? undefined : false;
  let ack: number | undefined;
  let at = preface.length;
  while (bytes.length >= at + frameHeadBytes) {
    const length = bytes.readUIntBE(at, 3);
    const type = bytes[at + 3];
    const flags = bytes[at + 4] ?? 0;
    isOfGo ??= type === settingsFrame && length === 0;
    if (type !== settingsFrame && type !== windowUpdateFrame && type !== headersFrame) {
      return { isOfGo, request: undefined, isOver: true, ack };
    }
    if (bytes.length < at + frameHeadBytes + length) break;
    if (type === headersFrame) {
      const payload = bytes.subarray(at + frameHeadBytes, at + frameHeadBytes + length);
      const request = (flags & endHeadersFlag) === 0 ? undefined : fieldsOf(payload, flags);
      return {
        isOfGo,
        request,
        isOver: true,
        ack: ack ?? laterAck(bytes, at + frameHeadBytes + length),
      };
    }
    if (type === settingsFrame && (flags & ackFlag) !== 0) ack = at;
    at += frameHeadBytes + length;
  }
  return { isOfGo, request: undefined, isOver: false, ack };
}

/** The acknowledgement may also come after the request. */
function laterAck(bytes: Buffer, from: number): number | undefined {
  for (let at = from; bytes.length >= at + frameHeadBytes;) {
    const isAck = bytes[at + 3] === settingsFrame && ((bytes[at + 4] ?? 0) & ackFlag) !== 0;
    if (isAck) return at;
    at += frameHeadBytes + bytes.readUIntBE(at, 3);
  }
  return undefined;
}

function without(bytes: Buffer, ack: number | undefined): Buffer {
  if (ack === undefined) return bytes;
  return Buffer.concat([bytes.subarray(0, ack), bytes.subarray(ack + frameHeadBytes)]);
}

/** The payload of a frame without padding and priority (RFC 9113, section 6.2). */
function fieldsOf(payload: Buffer, flags: number): Buffer {
  const padding = (flags & paddedFlag) === 0 ? 0 : (payload[0] ?? 0);
  const start = ((flags & paddedFlag) === 0 ? 0 : 1) + ((flags & priorityFlag) === 0 ? 0 : 5);
  return payload.subarray(start, payload.length - padding);
}

const authorityIndex = 1;

/** Walks the fields (RFC 7541, section 6) up to `:authority`, which a first request spells out. */
function overwriteSlashes(fields: Buffer): void {
  const reader = new FieldReader(fields);
  while (reader.more) {
    const kind = reader.peek;
    if ((kind & 0x80) !== 0) {
      reader.number(7);
    } else if ((kind & 0xe0) === 0x20) {
      reader.number(5);
    } else {
      const name = reader.number((kind & 0x40) === 0 ? 4 : 6);
      if (name === 0) reader.text();
      const { text, isHuffman } = reader.text();
      if (name !== authorityIndex) continue;
      if (isHuffman) overwriteHuffmanSlashes(text);
      else overwritePlainSlashes(text);
      return;
    }
  }
}

class FieldReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get more(): boolean {
    return this.#at < this.#bytes.length;
  }

  get peek(): number {
    return this.#bytes[this.#at] ?? 0;
  }

  #next(): number {
    const byte = this.peek;
    this.#at += 1;
    return byte;
  }

  /** An integer of which the first byte holds so many bits (section 5.1). */
  number(bits: number): number {
    const most = 2 ** bits - 1;
    let value = this.#next() & most;
    if (value < most) return value;
    for (let scale = 1; this.more; scale *= 128) {
      const byte = this.#next();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) break;
    }
    return value;
  }

  /** A string literal (section 5.2), as a view of the bytes. */
  text(): { readonly text: Buffer; readonly isHuffman: boolean } {
    const isHuffman = (this.peek & 0x80) !== 0;
    const length = this.number(7);
    const text = this.#bytes.subarray(this.#at, this.#at + length);
    this.#at += length;
    return { text, isHuffman };
  }
}

function overwritePlainSlashes(text: Buffer): void {
  for (const [at, byte] of text.entries()) if (byte === 0x2f) text[at] = 0x2d;
}

const slashCode = 0b01_1000;
const dashCode = 0b01_0110;

/**
 * Huffman codes of a length are consecutive numbers (RFC 7541, appendix B): those of up to eight bits, in which all of
 * a URL is written, are told apart by these bounds. A dash is as long as a slash.
 */
const lastCodes: readonly (readonly [bits: number, last: number])[] = [
  [5, 9],
  [6, 45],
  [7, 123],
  [8, 253],
];

function overwriteHuffmanSlashes(text: Buffer): void {
  const bits = text.length * 8;
  for (let at = 0; at < bits;) {
    const found = lastCodes.find(([length, last]) => bitsAt(text, at, length) <= last);
    if (found === undefined) return;
    const [length] = found;
    if (at + length > bits) return;
    if (length === 6 && bitsAt(text, at, 6) === slashCode) setBits(text, at, 6, dashCode);
    at += length;
  }
}

/** Bits that are not there are ones, as the padding is. */
function bitsAt(bytes: Buffer, at: number, count: number): number {
  const first = at >> 3;
  const both = ((bytes[first] ?? 0xff) << 8) | (bytes[first + 1] ?? 0xff);
  return (both >> (16 - (at & 7) - count)) & (2 ** count - 1);
}

function setBits(bytes: Buffer, at: number, count: number, value: number): void {
  for (let bit = 0; bit < count; bit++) {
    const mask = 0x80 >> ((at + bit) & 7);
    const index = (at + bit) >> 3;
    const isOne = ((value >> (count - 1 - bit)) & 1) === 1;
    bytes[index] = isOne ? (bytes[index] ?? 0) | mask : (bytes[index] ?? 0) & ~mask;
  }
}
