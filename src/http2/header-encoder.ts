/** A header whose name is in the static table, without indexing (section 6.2.2). */
export function literal(nameIndex: number, value: string): Buffer {
  const text = Buffer.from(value);
  const index = nameIndex < 15 ? [nameIndex] : [15, nameIndex - 15];
  return Buffer.concat([Buffer.from(index), lengthOf(text), text]);
}

/** A header with a name of its own. */
export function named(name: string, value: string): Buffer {
  const nameText = Buffer.from(name);
  const text = Buffer.from(value);
  return Buffer.concat([Buffer.from([0]), lengthOf(nameText), nameText, lengthOf(text), text]);
}

/** The length of a string that is not Huffman-coded (section 5.2). */
function lengthOf(text: Buffer): Buffer {
  if (text.length < 127) return Buffer.from([text.length]);
  const bytes = [127];
  let rest = text.length - 127;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  bytes.push(rest);
  return Buffer.from(bytes);
}
