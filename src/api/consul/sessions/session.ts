import type { KeyValue, LeaseId } from '../../../operations/index.ts';
import { JsonFields, parseJson } from '../frame/json-in.ts';
import { exactNumber, printJson } from '../frame/json-out.ts';
import { ConsulRefusal } from '../frame/refusals.ts';

/** A session, as its key says. */
export interface Session {
  readonly id: string;
  readonly name: string;
  readonly node: string;
  /** In nanoseconds, of 64 bits with a sign. */
  readonly lockDelay: bigint;
  readonly behavior: 'release' | 'delete';
  /** As it was given; empty or `0s`: none. */
  readonly ttl: string;
  readonly nodeChecks: readonly string[];
  readonly serviceChecks: readonly ServiceCheck[];
  readonly lease: LeaseId;
  readonly createIndex: number;
  readonly modifyIndex: number;
}

/** A check of a service, named by its ID. */
export interface ServiceCheck {
  readonly id: string;
  readonly namespace: string;
}

export type SessionRecord = Omit<Session, 'lease' | 'createIndex' | 'modifyIndex'>;

export function encodeSession(session: SessionRecord): Uint8Array {
  const lockDelay = exactNumber(session.lockDelay);
  return Buffer.from(printJson({ ...session, lockDelay }, false));
}

/** The session of a key; undefined: what is there is none, as it has no lease by which it could end. */
export function sessionOfKey({
  value,
  lease,
  createRevision,
  modRevision,
}: KeyValue): Session | undefined {
  if (lease === 0n) return undefined;
  try {
    const fields = new JsonFields(parseJson(value));
    return {
      id: fields.text('id'),
      name: fields.text('name'),
      node: fields.text('node'),
      lockDelay: fields.int64('lockDelay'),
      behavior: fields.text('behavior') === 'delete' ? 'delete' : 'release',
      ttl: fields.text('ttl'),
      nodeChecks: fields.texts('nodeChecks'),
      serviceChecks: fields.objects('serviceChecks').map(serviceCheckOf),
      lease,
      createIndex: createRevision,
      modifyIndex: modRevision,
    };
  } catch (error) {
    // An etcd client wrote it.
    if (error instanceof ConsulRefusal) return undefined;
    throw error;
  }
}

export function serviceCheckOf(fields: JsonFields): ServiceCheck {
  return { id: fields.text('ID'), namespace: fields.text('Namespace') };
}

/** As JSON, in Consul's order of fields. */
export function sessionJson(session: Session): object {
  const { serviceChecks } = session;
  return {
    ID: session.id,
    Name: session.name,
    Node: session.node,
    LockDelay: exactNumber(session.lockDelay),
    Behavior: session.behavior,
    TTL: session.ttl,
    NodeChecks: session.nodeChecks,
    ServiceChecks:
      serviceChecks.length === 0
        ? null
        : serviceChecks.map(({ id, namespace }) => ({ ID: id, Namespace: namespace })),
    CreateIndex: session.createIndex,
    ModifyIndex: session.modifyIndex,
  };
}
