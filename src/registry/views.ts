import type { Key } from '../base/key.ts';
import type { CheckRecord, CheckStatus, HealthStatus } from './check.ts';
import type { Registration } from './instance.ts';
import type { InstanceName, ServiceName, Subject } from './keys.ts';
import type { Protection } from './protection.ts';

/** A check as it counts now. A change makes a new object, except one of its output. */
export interface Check extends Omit<CheckRecord, 'status'> {
  readonly id: string;
  readonly subject: Subject;
  readonly key: Key;
  /** A check of type `ttl` whose heartbeat has lapsed is critical, whatever was said before. */
  readonly status: CheckStatus;
  /** The status that was written last. */
  readonly saidStatus: CheckStatus;
  /** There is a heartbeat of it. */
  readonly isHeard: boolean;
  /** Of its heartbeat; 0: there is none, or it has no lease. */
  readonly heartbeatLease: bigint;
  readonly createRevision: number;
  readonly modRevision: number;
  /** Of the last run, as it is now. */
  readonly output: string;
}

/** The value of a check's key. */
export function recordOf(check: Check): CheckRecord {
  const { name, saidStatus, notes, type, definition, sinceMs, before } = check;
  return { name, status: saidStatus, notes, type, definition, sinceMs, before };
}

/** A node that clients registered, that is a member, or that instances name. */
export interface Node {
  readonly name: string;
  /** A UUID. */
  readonly id: string;
  /** Empty: it is not known. */
  readonly address: string;
  readonly taggedAddresses: Readonly<Record<string, string>>;
  readonly meta: Readonly<Record<string, string>>;
  /** Its own checks, which count for all its instances; sorted by id. */
  readonly checks: readonly Check[];
  readonly origin: 'registered' | 'member' | 'named';
  /** It is a member, whether or not it was registered, too. */
  readonly isMember: boolean;
  /** 0: it was not registered. */
  readonly createRevision: number;
  readonly modRevision: number;
  /** The newest revision in which it or one of its checks changed; 0: none did. */
  readonly revision: number;
}

/** One instance of a service, as its registration says, with its checks. */
export interface Instance extends InstanceName, Omit<Registration, 'node'> {
  readonly key: Key;
  /** For Consul's clients; another one than the name in the key, if that was taken. */
  readonly id: string;
  readonly node: Node;
  /** Its own; sorted by id. Those of the node count, too. */
  readonly checks: readonly Check[];
  /** The worst of its checks and its node's. */
  readonly status: HealthStatus;
  readonly lease: bigint;
  /** As it was registered: `node` is a name, and may be empty. */
  readonly registration: Registration;
  /** Of its registration. */
  readonly createRevision: number;
  readonly modRevision: number;
}

/** A service that has, or had, instances. A change makes a new object, so it can be the key of a cache. */
export interface Service extends ServiceName {
  /** The newest revision in which one of its registrations changed, deletions included. */
  readonly registrationRevision: number;
  /** The same with its checks, and with the nodes that its instances are on. */
  readonly revision: number;
  /** Sorted by name. To be asked of the newest object only: the list is made when it is asked for first. */
  readonly instances: readonly Instance[];
  /** So many of its instances fail at once that answers keep them; undefined: it is not protected. */
  readonly protection: Protection | undefined;
  /** How often an output of its checks has changed since the service is in memory. */
  readonly outputChanges: number;
}
