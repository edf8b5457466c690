/** Some fields of a message, encoded; or one field that holds a message, by the parts of that. */
export type Part = Uint8Array | NestedPart;

export interface NestedPart {
  readonly field: number;
  readonly name: string;
  readonly repeated: boolean;
  readonly parts: readonly Part[];
}

/**
 * A message that is too large to be one buffer: its parts, one behind the other, are the message. Of a repeated field
 * all elements follow each other. Call `release` once the message is sent or its caller has disconnected.
 */
export class LargeMessage {
  readonly parts: readonly Part[];
  readonly release: () => void;

  constructor(parts: readonly Part[], release: () => void = () => {}) {
    this.parts = parts;
    this.release = release;
  }

  get length(): number {
    return lengthOf(this.parts);
  }

  /** The encoding, in pieces. */
  buffers(): Uint8Array[] {
    const buffers: Uint8Array[] = [];
    addBuffers(this.parts, buffers);
    return buffers;
  }
}

function addBuffers(parts: readonly Part[], buffers: Uint8Array[]): void {
  for (const part of parts) {
    if (part instanceof Uint8Array) buffers.push(part);
    else {
      buffers.push(headOf(part));
      addBuffers(part.parts, buffers);
    }
  }
}

function lengthOf(parts: readonly Part[]): number {
  let bytes = 0;
  for (const part of parts) {
    bytes += part instanceof Uint8Array ? part.length : headOf(part).length + lengthOf(part.parts);
  }
  return bytes;
}

const lengthDelimited = 2;

/** Tag and length of the field. */
export function headOf({ field, parts }: Pick<NestedPart, 'field' | 'parts'>): Uint8Array {
  const head = [(field << 3) | lengthDelimited];
  let rest = lengthOf(parts);
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) head.push((rest % 0x80) | 0x80);
  head.push(rest);
  return Uint8Array.from(head);
}
