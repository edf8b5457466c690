import { Metadata } from '@grpc/grpc-js';
import type { MethodDefinition } from '@grpc/grpc-js';
import { messageHeadBytes } from '../../src/http2/index.ts';
import type { HeaderField } from '../../src/http2/index.ts';
import { handshakeMetadata, peerPaths, unwrap, wrap } from '../../src/transport/service.ts';
import type { Handshake, PeerPath } from '../../src/transport/service.ts';

/** The methods of peers for gRPC's library, which members of earlier releases use on both ends. */
export const libraryMethods: Readonly<
  Record<'Stream' | 'Snapshot' | 'Describe', MethodDefinition<Buffer, Buffer>>
> = {
  Stream: method(peerPaths.stream, true, true),
  Snapshot: method(peerPaths.snapshot, true, false),
  Describe: method(peerPaths.describe, false, false),
};

function method(
  path: PeerPath,
  requestStream: boolean,
  responseStream: boolean,
): MethodDefinition<Buffer, Buffer> {
  return {
    path,
    requestStream,
    responseStream,
    requestSerialize: wrapped,
    requestDeserialize: unwrap,
    responseSerialize: wrapped,
    responseDeserialize: unwrap,
  };
}

/** A message of a peer without the head of gRPC, which the library writes itself. */
export function wrapped(bytes: Buffer): Buffer {
  return Buffer.concat(wrap([bytes])).subarray(messageHeadBytes);
}

export function libraryMetadata(handshake: Handshake): Metadata {
  return libraryMetadataOf(handshakeMetadata(handshake));
}

export function libraryMetadataOf(fields: readonly HeaderField[]): Metadata {
  const metadata = new Metadata();
  for (const { name, value } of fields) metadata.set(name, value);
  return metadata;
}
