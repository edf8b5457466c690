import type { AlikeMessages } from './methods.ts';

/** Bytes of all the messages together. */
export function bytesOfAlike(messages: AlikeMessages): number {
  const { count, tail } = messages;
  let bytes = count * tail.length;
  for (let index = 0; index < count; index++) bytes += messages.headBytes(index);
  return bytes;
}

/** The message at `index`, whole. */
export function alikeMessage(messages: AlikeMessages, index: number): Buffer {
  const { tail } = messages;
  const message = Buffer.allocUnsafe(messages.headBytes(index) + tail.length);
  tail.copy(message, messages.writeHead(index, message, 0));
  return message;
}
