import { fileURLToPath } from 'node:url';
import { loadSync } from '@grpc/proto-loader';
import descriptor from 'protobufjs/ext/descriptor.js';
import { z } from 'zod';

/** What the proto files say, in the form in which tools want it. */
export interface Descriptors {
  /** Full names. */
  readonly services: readonly string[];
  /** The file of this name, encoded, and behind it all others, which it may need; none if it is not known. */
  filesOf(name: string): readonly Uint8Array[];
  /** The same for the file that says what a service, method, message, field or enum is. */
  filesWith(symbol: string): readonly Uint8Array[];
}

const folder = fileURLToPath(new URL('../../../proto', import.meta.url));
const protos = ['rpc', 'lock', 'election', 'health', 'reflection'].map((name) => `${name}.proto`);

/** Of an encoded file, what it is found by. The loader makes one file of each package. */
const fileForm = z.object({ name: z.string(), package: z.string() });

interface File {
  readonly name: string;
  readonly package: string;
  readonly bytes: Uint8Array;
}

export function loadDescriptors(): Descriptors {
  const definitions = loadSync(protos, { includeDirs: [folder], keepCase: true });
  const files = new Map<string, File>();
  const services: string[] = [];
  for (const [name, definition] of Object.entries(definitions)) {
    if (!('fileDescriptorProtos' in definition)) services.push(name);
    else if (Array.isArray(definition.fileDescriptorProtos)) {
      for (const bytes of definition.fileDescriptorProtos) {
        const file = { ...fileForm.parse(descriptor.FileDescriptorProto.decode(bytes)), bytes };
        files.set(file.name, file);
      }
    }
  }
  const withOthers = (file: File | undefined): readonly Uint8Array[] => {
    if (file === undefined) return [];
    const others = [...files.values()].filter((other) => other !== file);
    return [file, ...others].map(({ bytes }) => bytes);
  };
  return {
    services: services.toSorted(),
    filesOf: (name) => withOthers(files.get(name)),
    filesWith: (symbol) => {
      const owner = [symbol, symbol.slice(0, Math.max(0, symbol.lastIndexOf('.')))].find(
        (name) => name in definitions,
      );
      if (owner === undefined) return [];
      return withOthers([...files.values()].find((file) => owner.startsWith(`${file.package}.`)));
    },
  };
}
