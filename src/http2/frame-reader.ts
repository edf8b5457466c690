import { ConnectionError, errorCodes } from './errors.ts';
import { flags, frameBytesDefault, frameHeadBytes, frameTypes, preface } from './frames.ts';

/**
 * A frame without padding and priority; one with headers has all of their block. One with data may come in pieces, of which the
 * last one has its flags.
 */
export interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly streamId: number;
  /** With padding: what counts for the windows. */
  readonly length: number;
  readonly content: Buffer;
}

/** Of the encoded headers of one request. */
const blockBytesMax = 64 << 10;
/** The least that a piece of headers counts, so that a client cannot send empty ones for ever (CVE-2024-27316). */
const pieceBytesMin = 64;

/** The length of the content of frame types that have a fixed one. */
const fixedLengths: Readonly<Record<number, number>> = {
  [frameTypes.priority]: 5,
  [frameTypes.rstStream]: 4,
  [frameTypes.ping]: 8,
  [frameTypes.windowUpdate]: 4,
};

/** Frame types that belong to a stream, and those that belong to the connection. */
const ofStreams: ReadonlySet<number> = new Set([
  frameTypes.data,
  frameTypes.headers,
  frameTypes.priority,
  frameTypes.rstStream,
  frameTypes.continuation,
]);
const ofConnections: ReadonlySet<number> = new Set([
  frameTypes.settings,
  frameTypes.ping,
  frameTypes.goAway,
]);

export interface FrameReaderOptions {
  /** A client begins a connection with the preface (RFC 9113, section 3.4), a server does not. */
  readonly hasPreface?: boolean;
  /** Of the content of one frame, as our settings allow it. */
  readonly frameBytesMax?: number;
}

/** A frame with data of which a part has come. */
interface Begun {
  readonly flags: number;
  readonly streamId: number;
  /** Bytes of its content that have not come yet. */
  left: number;
}

const nothing: Buffer = Buffer.alloc(0);

/** Cuts the bytes of the other side into frames, and joins headers that come in pieces. */
export class FrameReader {
  readonly #frameBytesMax: number;

  /** The bytes that came last; those from `#at` on are not read. */
  #bytes: Buffer = nothing;
  #at = 0;
  #begun: Begun | undefined;
  /** Bytes of the preface that have not come yet. */
  #prefaceLeft: number;
  #sawSettings = false;
  /** Headers that continue in the next frame. */
  #headers: { readonly frame: Frame; readonly parts: Buffer[]; bytes: number } | undefined;

  constructor({ hasPreface = true, frameBytesMax = frameBytesDefault }: FrameReaderOptions = {}) {
    this.#prefaceLeft = hasPreface ? preface.length : 0;
    this.#frameBytesMax = frameBytesMax;
  }

  /** `next` gives the frames that these bytes complete. */
  add(bytes: Buffer): void {
    const isAllRead = this.#at === this.#bytes.length;
    this.#bytes = isAllRead ? bytes : Buffer.concat([this.#bytes.subarray(this.#at), bytes]);
    this.#at = 0;
  }

  /** Undefined: more bytes are needed. Throws ConnectionError; nothing can be read after that. */
  next(): Frame | undefined {
    if (this.#prefaceLeft > 0) this.#readPreface();
    const bytes = this.#bytes;
    while (this.#at < bytes.length) {
      const at = this.#at;
      if (this.#begun !== undefined) return this.#piece(this.#begun);
      if (bytes.length - at < frameHeadBytes) return undefined;
      const length = bytes.readUIntBE(at, 3);
      if (length > this.#frameBytesMax) {
        throw new ConnectionError(errorCodes.frameSize, `a frame of ${length} bytes`);
      }
      const end = at + frameHeadBytes + length;
      if (end > bytes.length) {
        if (!this.#begin(at, length)) return undefined;
        continue;
      }
      this.#at = end;
      const frame = this.#whole(bytes, at, end);
      if (frame !== undefined) return frame;
    }
    // The buffer of the socket need not stay in memory.
    this.#bytes = nothing;
    this.#at = 0;
    return undefined;
  }

  /** Gives the data of a frame as it comes; false for other frames, and for padded ones. */
  #begin(at: number, length: number): boolean {
    const bytes = this.#bytes;
    const flag = bytes[at + 4] ?? 0;
    if (bytes[at + 3] !== frameTypes.data || (flag & flags.padded) !== 0) return false;
    const streamId = bytes.readUInt32BE(at + 5) & 0x7fff_ffff;
    this.#check(frameTypes.data, flag, streamId, length);
    this.#begun = { flags: flag, streamId, left: length };
    this.#at = at + frameHeadBytes;
    return true;
  }

  /** The part of a frame with data that has come. */
  #piece(begun: Begun): Frame {
    const start = this.#at;
    this.#at = Math.min(start + begun.left, this.#bytes.length);
    const content = this.#bytes.subarray(start, this.#at);
    const { length } = content;
    begun.left -= length;
    const isLast = begun.left === 0;
    if (isLast) this.#begun = undefined;
    const { streamId } = begun;
    return { type: frameTypes.data, flags: isLast ? begun.flags : 0, streamId, length, content };
  }

  #readPreface(): void {
    const length = Math.min(this.#bytes.length - this.#at, this.#prefaceLeft);
    const seen = preface.length - this.#prefaceLeft;
    const expected = preface.subarray(seen, seen + length);
    if (!expected.equals(this.#bytes.subarray(this.#at, this.#at + length))) {
      throw new ConnectionError(errorCodes.protocol, 'this is not HTTP/2');
    }
    this.#prefaceLeft -= length;
    this.#at += length;
  }

  /** The frame from `at` to `end`; undefined if it is a piece of headers and not the last one. */
  #whole(bytes: Buffer, at: number, end: number): Frame | undefined {
    const type = bytes[at + 3] ?? 0;
    const flag = bytes[at + 4] ?? 0;
    const streamId = bytes.readUInt32BE(at + 5) & 0x7fff_ffff;
    const length = end - at - frameHeadBytes;
    this.#check(type, flag, streamId, length);
    const content = length === 0 ? nothing : bytes.subarray(at + frameHeadBytes, end);
    const frame = { type, flags: flag, streamId, length, content };
    if (type === frameTypes.data) return withContent(frame, unpadded(frame));
    if (type === frameTypes.headers) return this.#beginHeaders(withContent(frame, blockOf(frame)));
    if (type === frameTypes.continuation) return this.#goOn(frame);
    if (type === frameTypes.priority) refuseOwnParent(streamId, content);
    return frame;
  }

  #check(type: number, flag: number, streamId: number, length: number): void {
    if (!this.#sawSettings && (type !== frameTypes.settings || (flag & flags.ack) !== 0)) {
      throw new ConnectionError(errorCodes.protocol, 'the first frame has to be settings');
    }
    this.#sawSettings = true;
    if ((this.#headers !== undefined) !== (type === frameTypes.continuation)) {
      throw new ConnectionError(
        errorCodes.protocol,
        'a header block has to be complete before the next frame',
      );
    }
    if (streamId === 0 ? ofStreams.has(type) : ofConnections.has(type)) {
      throw new ConnectionError(errorCodes.protocol, `frame ${type} on stream ${streamId}`);
    }
    const isWrong =
      type === frameTypes.settings
        ? length % 6 !== 0 || ((flag & flags.ack) !== 0 && length > 0)
        : (fixedLengths[type] ?? length) !== length || (type === frameTypes.goAway && length < 8);
    if (isWrong)
      throw new ConnectionError(errorCodes.frameSize, `frame ${type} of ${length} bytes`);
  }

  #beginHeaders(frame: Frame): Frame | undefined {
    if ((frame.flags & flags.endHeaders) !== 0) return frame;
    this.#headers = { frame, parts: [frame.content], bytes: frame.content.length };
    return undefined;
  }

  #goOn({ streamId, flags: flag, content }: Frame): Frame | undefined {
    const headers = this.#headers;
    if (headers === undefined || headers.frame.streamId !== streamId) {
      throw new ConnectionError(errorCodes.protocol, 'CONTINUATION without HEADERS');
    }
    headers.parts.push(content);
    headers.bytes += Math.max(pieceBytesMin, content.length);
    if (headers.bytes > blockBytesMax) {
      throw new ConnectionError(errorCodes.calm, `headers of more than ${blockBytesMax} bytes`);
    }
    if ((flag & flags.endHeaders) === 0) return undefined;
    this.#headers = undefined;
    return withContent(headers.frame, Buffer.concat(headers.parts));
  }
}

/** Written out, because V8 takes a microsecond to spread an object. */
function withContent(frame: Frame, content: Buffer): Frame {
  if (frame.content === content) return frame;
  const { type, flags: flag, streamId, length } = frame;
  return { type, flags: flag, streamId, length, content };
}

/** The content between the length of the padding and the padding (section 6.1). */
function unpadded({ flags: flag, content }: Frame): Buffer {
  if ((flag & flags.padded) === 0) return content;
  const padding = content[0] ?? content.length;
  if (padding >= content.length) {
    throw new ConnectionError(errorCodes.protocol, 'padding longer than the frame');
  }
  return content.subarray(1, content.length - padding);
}

/** The block of headers, without the priority that may stand before it (section 6.2). */
function blockOf(frame: Frame): Buffer {
  const content = unpadded(frame);
  if ((frame.flags & flags.priority) === 0) return content;
  if (content.length < 5)
    throw new ConnectionError(errorCodes.frameSize, 'HEADERS too short for its priority');
  refuseOwnParent(frame.streamId, content);
  return content.subarray(5);
}

/** Priorities are ignored, but a stream that depends on itself is an error of the client (RFC 7540, section 5.3.1). */
function refuseOwnParent(streamId: number, priority: Buffer): void {
  if ((priority.readUInt32BE(0) & 0x7fff_ffff) !== streamId) return;
  throw new ConnectionError(errorCodes.protocol, 'a stream that depends on itself');
}
