import { ConnectionError, errorCodes } from './errors.ts';
import { frameBytesDefault, settings, windowMax } from './frames.ts';

/** The values of a SETTINGS frame of the other side that matter to us; undefined where it has none. */
export interface PeerSettings {
  readonly frameBytesMax: number | undefined;
  readonly streamWindow: number | undefined;
}

/** Reads the content of a SETTINGS frame (RFC 9113, section 6.5.2). Of values that are there twice the last one counts. */
export function readSettings(content: Buffer): PeerSettings {
  let frameBytesMax: number | undefined;
  let streamWindow: number | undefined;
  for (let at = 0; at < content.length; at += 6) {
    const id = content.readUInt16BE(at);
    const value = content.readUInt32BE(at + 2);
    if (id === settings.maxFrameSize) {
      if (value < frameBytesDefault || value >= 1 << 24) {
        throw new ConnectionError(errorCodes.protocol, `frames of ${value} bytes`);
      }
      frameBytesMax = value;
    } else if (id === settings.initialWindowSize) {
      if (value > windowMax) {
        throw new ConnectionError(errorCodes.flowControl, 'the window is too large');
      }
      streamWindow = value;
    } else if (id === settings.enablePush && value > 1) {
      throw new ConnectionError(errorCodes.protocol, 'ENABLE_PUSH has to be 0 or 1');
    }
  }
  return { frameBytesMax, streamWindow };
}
