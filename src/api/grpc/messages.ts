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
    for (let index = 0; index < count;) {
      const end = runEnd(messages, index);
      at = writeRun(messages, index, end, frames, at);
      index = end;
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

/** Where the messages from `start` on end that are equally long. */
function runEnd(messages: AlikeMessages, start: number): number {
  const bytes = messages.headBytes(start);
  let end = start + 1;
  while (end < messages.count && messages.headBytes(end) === bytes) end++;
  return end;
}

/** Lays out equally long messages: the first one, copies of what is there already, and then each one's own beginning. */
function writeRun(
  messages: AlikeMessages,
  start: number,
  end: number,
  target: Buffer,
  at: number,
): number {
  const { tail } = messages;
  const length = messages.headBytes(start) + tail.length;
  tail.copy(target, messages.writeHead(start, target, writeMessageHead(target, at, length)));
  const size = headBytes + length;
  const runBytes = size * (end - start);
  for (let done = size; done < runBytes; done *= 2) {
    target.copyWithin(at + done, at, at + Math.min(done, runBytes - done));
  }
  for (let index = start + 1; index < end; index++) {
    messages.writeHead(index, target, at + (index - start) * size + headBytes);
  }
  return at + runBytes;
}
