/** Frames of HTTP/2 (RFC 9113, sections 4 and 6): their types and flags, and how ours are written. */
export const frameTypes = {
  data: 0,
  headers: 1,
  priority: 2,
  rstStream: 3,
  settings: 4,
  pushPromise: 5,
  ping: 6,
  goAway: 7,
  windowUpdate: 8,
  continuation: 9,
} as const;

export const flags = {
  endStream: 0x1,
  ack: 0x1,
  endHeaders: 0x4,
  padded: 0x8,
  priority: 0x20,
} as const;

export const settings = {
  enablePush: 2,
  maxConcurrentStreams: 3,
  initialWindowSize: 4,
  maxFrameSize: 5,
  maxHeaderListSize: 6,
} as const;

export const frameHeadBytes = 9;
/** Of a frame's content, unless another size was agreed on. */
export const frameBytesDefault = 16_384;
/** Of both the windows of a connection and of its streams, unless another size was agreed on. */
export const windowDefault = 65_535;
export const windowMax: number = 2 ** 31 - 1;

/** The first bytes of a client on every connection (section 3.4). */
export const preface: Buffer = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');

/** Writes the head of a frame whose content has so many bytes; returns where the content begins. */
export function writeHead(
  target: Buffer,
  at: number,
  length: number,
  type: number,
  flag: number,
  streamId: number,
): number {
  target[at] = length >>> 16;
  target[at + 1] = length >>> 8;
  target[at + 2] = length;
  target[at + 3] = type;
  target[at + 4] = flag;
  target.writeUInt32BE(streamId, at + 5);
  return at + frameHeadBytes;
}

/** A whole frame with so many bytes of content, which is still to be written behind the head. */
export function frameOf(type: number, flag: number, streamId: number, length: number): Buffer {
  const frame = Buffer.allocUnsafe(frameHeadBytes + length);
  writeHead(frame, 0, length, type, flag, streamId);
  return frame;
}

export function settingsFrame(values: readonly (readonly [id: number, value: number])[]): Buffer {
  const frame = frameOf(frameTypes.settings, 0, 0, values.length * 6);
  for (const [at, [id, value]] of values.entries()) {
    frame.writeUInt16BE(id, frameHeadBytes + at * 6);
    frame.writeUInt32BE(value, frameHeadBytes + at * 6 + 2);
  }
  return frame;
}

/** The setting for the size of frames, unless it is the default. */
export function maxFrameSize(bytes: number): readonly (readonly [id: number, value: number])[] {
  return bytes === frameBytesDefault ? [] : [[settings.maxFrameSize, bytes]];
}

export function settingsAck(): Buffer {
  return frameOf(frameTypes.settings, flags.ack, 0, 0);
}

export function windowUpdate(streamId: number, increment: number): Buffer {
  return numberFrame(frameTypes.windowUpdate, streamId, increment);
}

export function rstStream(streamId: number, code: number): Buffer {
  return numberFrame(frameTypes.rstStream, streamId, code);
}

export function pingFrame(content: Buffer, isAck: boolean): Buffer {
  const frame = frameOf(frameTypes.ping, isAck ? flags.ack : 0, 0, 8);
  content.copy(frame, frameHeadBytes);
  return frame;
}

export function goAway(lastStreamId: number, code: number, message: string): Buffer {
  const text = Buffer.from(message);
  const frame = frameOf(frameTypes.goAway, 0, 0, 8 + text.length);
  frame.writeUInt32BE(lastStreamId, frameHeadBytes);
  frame.writeUInt32BE(code, frameHeadBytes + 4);
  text.copy(frame, frameHeadBytes + 8);
  return frame;
}

function numberFrame(type: number, streamId: number, value: number): Buffer {
  const frame = frameOf(type, 0, streamId, 4);
  frame.writeUInt32BE(value, frameHeadBytes);
  return frame;
}
