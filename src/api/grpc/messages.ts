import { asBuffer } from '../../base/key.ts';
import { messageHeadBytes as headBytes, writeMessageHead } from '../../http2/index.ts';
import { bytesOfAlike } from '../alike-messages.ts';
import type { AlikeMessages } from '../methods.ts';

/** A message behind its head. */
export function framed(message: Uint8Array): Buffer {
  const frame = Buffer.allocUnsafe(headBytes + message.length);
  asBuffer(message).copy(frame, writeMessageHead(frame, 0, message.length));
  return frame;
}

/** A longer tail is not copied for each message. */
const copiedTailMax = 4096;

/** Each message behind its head: as one buffer, or in parts that share the tail. */
export function framedAlike(messages: AlikeMessages): readonly Buffer[] {
  const { count, tail } = messages;
  if (tail.length <= copiedTailMax) {
    const frames = Buffer.allocUnsafe(count * headBytes + bytesOfAlike(messages));
    let at = 0;
    for (let index = 0; index < count; index++) {
      at = writeMessageHead(frames, at, messages.headBytes(index) + tail.length);
      at = messages.writeHead(index, frames, at);
      at += tail.copy(frames, at);
    }
    return [frames];
  }
  const parts: Buffer[] = [];
  for (let index = 0; index < count; index++) {
    const head = Buffer.allocUnsafe(headBytes + messages.headBytes(index));
    messages.writeHead(
      index,
      head,
      writeMessageHead(head, 0, head.length - headBytes + tail.length),
    );
    parts.push(head, tail);
  }
  return parts;
}
