/** One answer of a server, as it came on the wire. */
export interface Answer {
  /** The path of the call: `/etcdserverpb.KV/Range`. */
  readonly path: string;
  readonly response: Wire;
  /** The id of a lease or member that the command named and the answer does not repeat. */
  readonly id?: bigint;
}

export type Wire = Readonly<Record<string, unknown>>;

export type EndpointKind = 'status' | 'health' | 'hashkv';

/** The answer or the error of one endpoint. */
export interface EndpointAnswer {
  readonly endpoint: string;
  readonly tookMs: number;
  readonly response: Wire | undefined;
  readonly error: string | undefined;
}

/** Prints answers in one of etcdctl's formats. */
export interface EtcdPrinter {
  answer(answer: Answer): void;
  endpoints(kind: EndpointKind, answers: readonly EndpointAnswer[]): void;
}

/** A message inside of another one; empty if it is not there. */
export function messageIn(wire: Wire, name: string): Wire {
  const value = wire[name];
  return isWire(value) ? value : {};
}

/** The messages of a list. */
export function messagesIn(wire: Wire, name: string): readonly Wire[] {
  const value = wire[name];
  return Array.isArray(value) ? value.filter(isWire) : [];
}

/** The texts or bytes of a list. */
export function valuesIn(wire: Wire, name: string): readonly unknown[] {
  const value = wire[name];
  return Array.isArray(value) ? value : [];
}

export function isWire(value: unknown): value is Wire {
  return typeof value === 'object' && value !== null;
}

/** `MemberList` of `/etcdserverpb.Cluster/MemberList`. */
export function callOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** The call that a step of a transaction is, and its answer, which has a header of its own. */
export function stepOf(step: Wire): readonly [call: string, response: Wire] {
  for (const [call, field] of steps) {
    const response = step[field];
    if (isWire(response)) return [call, response];
  }
  return ['Txn', {}];
}

const steps = [
  ['Range', 'response_range'],
  ['Put', 'response_put'],
  ['DeleteRange', 'response_delete_range'],
  ['Txn', 'response_txn'],
] as const;
