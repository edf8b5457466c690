import type { CallOptions } from '../../../operations/index.ts';
import { defaultNamespace, folded, VisibleCatalog } from '../../../registry/index.ts';
import type { CatalogView, Instance, Node, Registration } from '../../../registry/index.ts';
import type { ConsulParts } from '../parts.ts';
import { ownService } from './query.ts';
import { consulVersion, serversOf } from '../cluster/servers.ts';

/** The instances of the service `consul`: one on the node of each member. They are no keys. */
export type OwnInstances = (catalog: CatalogView) => readonly Instance[];

export async function ownInstances(
  parts: ConsulParts,
  options: CallOptions,
): Promise<OwnInstances> {
  const servers = await serversOf(parts, options);
  const ports = new Map(servers.map(({ name, port }) => [folded(name), port]));
  return (catalog) => membersOf(catalog, (node) => ports.get(folded(node.name)) ?? 0);
}

/** A caller with some rights sees them if it may read this service like any other, and their nodes. */
export function showsMembers(catalog: CatalogView): boolean {
  if (!(catalog instanceof VisibleCatalog)) return true;
  return catalog.showsService({ namespace: defaultNamespace, service: ownService });
}

/** The members as instances; without their ports for those who cannot wait for them. */
export function membersOf(
  catalog: CatalogView,
  portOf: (node: Node) => number = () => 0,
): readonly Instance[] {
  if (!showsMembers(catalog)) return [];
  return [...catalog.nodes()]
    .filter(({ isMember }) => isMember)
    .map((node) => ownInstance(node, portOf(node)));
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
