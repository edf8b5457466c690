import { join } from 'node:path';
import { Client, credentials, Metadata } from '@grpc/grpc-js';
import type { ClientReadableStream, ServiceError } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';

const asBytes = (bytes: Buffer): Buffer => bytes;

export interface RawMethod {
  readonly path: string;
  readonly requestStream: boolean;
  readonly responseStream: boolean;
}

/** All methods of the proto files. */
export function allMethods(): RawMethod[] {
  const definitions = loadSync(['rpc.proto', 'lock.proto', 'election.proto', 'health.proto'], {
    includeDirs: [join(import.meta.dirname, '../../proto')],
  });
  return Object.values(definitions)
    .flatMap((definition) => ('format' in definition ? [] : Object.values(definition)))
    .map(({ path, requestStream, responseStream }) => ({ path, requestStream, responseStream }))
    .toSorted((a, b) => a.path.localeCompare(b.path));
}

/** How a call ended: gRPC's status, and its text. */
export interface Ending {
  readonly code: number;
  readonly details: string;
}

/** Sends bytes that no encoder made, as the only request of a call, and waits for its end. */
export class RawCaller {
  readonly #client: Client;

  constructor(port: number) {
    this.#client = new Client(`127.0.0.1:${port}`, credentials.createInsecure(), {
      'grpc.max_send_message_length': -1,
    });
  }

  call(
    { path, requestStream, responseStream }: RawMethod,
    request: Buffer,
    entries: Readonly<Record<string, string>> = {},
  ): Promise<Ending> {
    const metadata = new Metadata();
    for (const [name, value] of Object.entries(entries)) metadata.set(name, value);
    const options = { deadline: Date.now() + 10_000 };
    return new Promise((resolve) => {
      const end = (error: ServiceError | null): void => {
        resolve({ code: error?.code ?? 0, details: error?.details ?? '' });
      };
      if (!requestStream && !responseStream) {
        const args = [path, asBytes, asBytes, request, metadata, options] as const;
        this.#client.makeUnaryRequest(...args, end);
        return;
      }
      if (requestStream && !responseStream) {
        const args = [path, asBytes, asBytes, metadata, options] as const;
        this.#client.makeClientStreamRequest(...args, end).write(request);
        return;
      }
      let stream: ClientReadableStream<Buffer>;
      if (requestStream) {
        const args = [path, asBytes, asBytes, metadata, options] as const;
        const duplex = this.#client.makeBidiStreamRequest(...args);
        duplex.write(request);
        stream = duplex;
      } else {
        const args = [path, asBytes, asBytes, request, metadata, options] as const;
        stream = this.#client.makeServerStreamRequest(...args);
      }
      stream.on('data', () => {});
      stream.on('error', () => {});
      stream.on('status', ({ code, details }) => resolve({ code, details }));
    });
  }

  close(): void {
    this.#client.close();
  }
}
