import { ConsulRefusal } from './refusals.ts';
import type { HttpRequest } from '../../http/index.ts';

/** Reads a body. One beyond the limit is refused as soon as that shows; the rest of it is dropped. */
export function readBody(request: HttpRequest, bytesMax: number): Promise<Buffer> {
  const announced = Number(request.headers['content-length'] ?? 0);
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    let length = 0;
    const refuse = (bytes: number): void => {
      request.off('data', take);
      request.resume();
      reject(
        new ConsulRefusal(
          413,
          `Request body(${bytes} bytes) too large, max size: ${bytesMax} bytes.`,
        ),
      );
    };
    const take = (piece: Buffer): void => {
      length += piece.length;
      if (length > bytesMax) refuse(length);
      else pieces.push(piece);
    };
    if (announced > bytesMax) {
      refuse(announced);
      return;
    }
    request.on('data', take);
    request.once('end', () => resolve(Buffer.concat(pieces)));
    request.once('close', () => reject(new ConsulRefusal(400, 'the request was not sent whole')));
  });
}
