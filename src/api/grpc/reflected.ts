import { fileURLToPath } from 'node:url';
import { loadSync } from '@grpc/proto-loader';
import type { PackageDefinition } from '@grpc/proto-loader';

const folder = fileURLToPath(new URL('../../../proto', import.meta.url));

/** The services that clients may ask about by reflection, read from `proto/`. */
export function loadReflected(): PackageDefinition {
  return loadSync(['rpc.proto', 'lock.proto', 'election.proto', 'health.proto'], {
    includeDirs: [folder],
    keepCase: true,
  });
}
