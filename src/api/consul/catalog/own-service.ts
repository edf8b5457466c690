import type { CallOptions } from '../../../operations/index.ts';
import { defaultNamespace, folded } from '../../../registry/index.ts';
import type { Catalog, Instance, Node, Registration } from '../../../registry/index.ts';
import type { ConsulParts } from '../parts.ts';
import { ownService } from './query.ts';
import { consulVersion, serversOf } from '../cluster/servers.ts';

/** The instances of the service `consul`: one on the node of each member. They are no keys. */
export type OwnInstances = (catalog: Catalog) => readonly Instance[];

export async function ownInstances(
  parts: ConsulParts,
  options: CallOptions,
): Promise<OwnInstances> {
  const servers = await serversOf(parts, options);
  const ports = new Map(servers.map(({ name, port }) => [folded(name), port]));
  return (catalog) =>
    [...catalog.nodes()]
      .filter(({ isMember }) => isMember)
      .map((node) => ownInstance(node, ports.get(folded(node.name)) ?? 0));
}

/** The members as instances, without their ports, for those who cannot wait for them. */
export function membersOf(catalog: Catalog): readonly Instance[] {
  return [...catalog.nodes()]
    .filter(({ isMember }) => isMember)
    .map((node) => ownInstance(node, 0));
}

function ownInstance(node: Node, port: number): Instance {
  const registration: Registration = {
    address: '',
    port,
    tags: [],
    meta: { version: consulVersion },
    weights: { passing: 1, warning: 1 },
    ports: {},
    taggedAddresses: {},
    node: node.name,
    id: '',
    from: '',
    enableTagOverride: false,
    publishNotReady: false,
    protectShare: undefined,
    flapDamping: '',
    consul: {},
  };
  return {
    ...registration,
    namespace: defaultNamespace,
    service: ownService,
    instance: ownService,
    id: ownService,
    key: '',
    node,
    checks: [],
    status: 'passing',
    registration,
    lease: 0n,
    createRevision: 0,
    modRevision: 0,
  };
}
