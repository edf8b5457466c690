import type { Check, Instance, Node } from '../../../registry/index.ts';
import { checkJson, nodeJson, serviceJson } from '../catalog/json.ts';
import type { JsonFields } from '../frame/json-in.ts';
import { pendingIndex } from '../kv/changes.ts';
import { badRequest } from '../frame/refusals.ts';

/** An operation of a transaction on a node, a service or a check. */
export interface CatalogOperation {
  readonly at: number;
  readonly kind: 'Node' | 'Service' | 'Check';
  readonly verb: string;
  /** The node that it is on. */
  readonly node: string;
  /** Of the node, the service or the check. */
  readonly fields: JsonFields;
}

/** Makes the row once the revision of the transaction is known. */
export type CatalogRow = (revision: number, datacenter: string) => object;

export function nodeRow(node: Node): CatalogRow {
  return (revision, datacenter) => ({ Node: nodeJson(settled(node, revision), datacenter) });
}

export function serviceRow(instance: Instance): CatalogRow {
  return (revision) => ({ Service: serviceJson(settled(instance, revision)) });
}

export function checkRow(check: Check, node: string, instance: Instance | undefined): CatalogRow {
  return (revision) => ({ Check: checkJson(settled(copyOf(check), revision), node, instance) });
}

/** Some fields of a check of the catalog are computed, and no copy has those. */
export function copyOf(check: Check): Check {
  const { subject, output } = check;
  return { ...check, subject, output };
}

function settled<T extends { readonly createRevision: number; readonly modRevision: number }>(
  one: T,
  revision: number,
): T {
  const known = (index: number): number => (index === pendingIndex ? revision : index);
  return { ...one, createRevision: known(one.createRevision), modRevision: known(one.modRevision) };
}

/** Reads one operation; undefined: it is none on the catalog. */
export function catalogOperationOf(fields: JsonFields, at: number): CatalogOperation | undefined {
  const node = fields.object('Node');
  if (node !== undefined) {
    const inner = node.object('Node') ?? node;
    return { at, kind: 'Node', verb: node.text('Verb'), node: inner.text('Node'), fields: inner };
  }
  const service = fields.object('Service');
  const inner = service?.object('Service');
  if (service !== undefined) {
    if (inner === undefined)
      throw badRequest('Request decode failed: a service operation has no service');
    return {
      at,
      kind: 'Service',
      verb: service.text('Verb'),
      node: service.text('Node'),
      fields: inner,
    };
  }
  const check = fields.object('Check');
  if (check === undefined) {
    if (fields.has('Session') || fields.has('Intention')) {
      throw badRequest('operations on sessions and intentions are not supported in transactions');
    }
    return undefined;
  }
  const checked = check.object('Check');
  if (checked === undefined)
    throw badRequest('Request decode failed: a check operation has no check');
  return {
    at,
    kind: 'Check',
    verb: check.text('Verb'),
    node: checked.text('Node'),
    fields: checked,
  };
}
