/**
 * Frames and header blocks as a client writes them, byte by byte and right or wrong, in words of their own: what the
 * member's side gets wrong about the wire must not be wrong here too (RFC 9113, RFC 7541).
 */
export const types = {
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

export const endStream = 0x1;
export const ack = 0x1;
export const endHeaders = 0x4;
export const padded = 0x8;
export const withPriority = 0x20;

/** Error codes (RFC 9113, section 7). */
export const codes = {
  none: 0,
  protocol: 1,
  internal: 2,
  flowControl: 3,
  streamClosed: 5,
  frameSize: 6,
  refused: 7,
  cancel: 8,
  compression: 9,
  calm: 11,
} as const;

export const windowMax: number = 2 ** 31 - 1;
export const preface: Buffer = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');

export function frame(
  type: number,
  flags: number,
  id: number,
  content: Buffer = Buffer.alloc(0),
): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(content.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(id, 5);
  return Buffer.concat([head, content]);
}

export function number(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

export const settingIds = {
  enablePush: 2,
  maxConcurrentStreams: 3,
  initialWindowSize: 4,
  maxFrameSize: 5,
} as const;

export function settings(...values: readonly (readonly [id: number, value: number])[]): Buffer {
  const parts = values.map(([id, value]) => Buffer.concat([Buffer.from([0, id]), number(value)]));
  return frame(types.settings, 0, 0, Buffer.concat(parts));
}

/** The setting that says what each stream may be sent. */
export function windows(value: number): Buffer {
  return settings([settingIds.initialWindowSize, value]);
}

export function windowUpdate(id: number, increment: number): Buffer {
  return frame(types.windowUpdate, 0, id, number(increment));
}

export function reset(id: number, code: number = codes.cancel): Buffer {
  return frame(types.rstStream, 0, id, number(code));
}

export function ping(content = '12345678'): Buffer {
  return frame(types.ping, 0, 0, Buffer.from(content));
}

/** A number of HPACK behind the bits that say what it is about (RFC 7541, section 5.1). */
function integer(kind: number, prefixBits: number, value: number): Buffer {
  const mask = (1 << prefixBits) - 1;
  if (value < mask) return Buffer.from([kind | value]);
  const bytes = [kind | mask];
  let rest = value - mask;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return Buffer.from([...bytes, rest]);
}

function text(value: string): Buffer {
  return Buffer.concat([integer(0, 7, value.length), Buffer.from(value, 'latin1')]);
}

/** A header that is not remembered, without Huffman code. */
export function literal(name: string, value: string): Buffer {
  return Buffer.concat([Buffer.from([0]), text(name), text(value)]);
}

/** A header that both sides remember; the newest is index 62 from now on. */
export function remembered(name: string, value: string): Buffer {
  return Buffer.concat([Buffer.from([0x40]), text(name), text(value)]);
}

export const newest: Buffer = Buffer.from([0x80 | 62]);

/** `:method: POST`, `:scheme: http`, `:path: /`, and further headers. */
export function post(...more: readonly Buffer[]): Buffer {
  return Buffer.concat([Buffer.from([0x83, 0x86, 0x84]), ...more]);
}

/** A request without body. */
export function request(id: number, block: Buffer = post()): Buffer {
  return frame(types.headers, endHeaders | endStream, id, block);
}

/** The beginning of a request whose body is still to come. */
export function begun(id: number, block: Buffer = post()): Buffer {
  return frame(types.headers, endHeaders, id, block);
}

export function data(id: number, content: Buffer | string = '', flags = 0): Buffer {
  return frame(types.data, flags, id, Buffer.from(content));
}
