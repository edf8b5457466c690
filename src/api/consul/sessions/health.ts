import { nothingToCancel } from '../../../base/clock.ts';
import type { Cancel } from '../../../base/clock.ts';
import { member } from '../../../operations/index.ts';
import type { CallOptions } from '../../../operations/index.ts';
import { folded, topics } from '../../../registry/index.ts';
import type { CatalogView, Check, CheckStatus } from '../../../registry/index.ts';
import type { ConsulParts } from '../parts.ts';
import { failed } from '../frame/refusals.ts';
import type { Session, SessionRecord } from './session.ts';

/** The check that every node has: the node takes part. It is no key, and always passes. */
export const nodeAliveCheck = 'serfHealth';

/** The catalog of this member. Throws until it has read everything: what is not in it yet would seem missing. */
export function catalogOf({ followed }: Pick<ConsulParts, 'followed'>): CatalogView {
  const { catalog } = followed;
  if (catalog === undefined) {
    throw failed('this member has not read the catalog yet; try again, or ask another one');
  }
  return catalog;
}

type Watched = Pick<SessionRecord, 'node' | 'nodeChecks' | 'serviceChecks'>;

/** Why a session cannot be, as Consul words it: its node or a check is missing, or a check is critical. */
export function faultOf(session: Watched, catalog: CatalogView): string | undefined {
  if (catalog.node(session.node) === undefined) return 'Missing node registration';
  for (const id of checksOf(session)) {
    const status = statusOf(session.node, id, catalog);
    if (status === undefined) return `Missing check '${id}' registration`;
    if (status === 'critical') return `Check '${id}' is in critical state`;
  }
  return undefined;
}

/** Without the one that every node has. */
function checksOf({ nodeChecks, serviceChecks }: Watched): readonly string[] {
  const ids = [...nodeChecks, ...serviceChecks.map(({ id }) => id)];
  return ids.filter((id) => folded(id) !== folded(nodeAliveCheck));
}

/** The status of a check of a node or of an instance on it. */
function statusOf(node: string, id: string, catalog: CatalogView): CheckStatus | undefined {
  const isIt = (check: Check): boolean => folded(check.id) === folded(id);
  const ofNode = catalog.node(node)?.checks.find(isIt);
  if (ofNode !== undefined) return ofNode.status;
  for (const { checks } of catalog.instancesOn(node)) {
    const found = checks.find(isIt);
    if (found !== undefined) return found.status;
  }
  return undefined;
}

/** How often all sessions are looked at: a new leader does not know what the last one left undone. */
const lookEveryMs = 5000;

type KeeperParts = Pick<ConsulParts, 'operations' | 'followed' | 'clock' | 'logger'>;

/** Ends sessions whose node is gone, or one of whose checks has turned critical. The leader does it for all members. */
export class SessionKeeper {
  readonly #parts: KeeperParts;
  readonly #sessions: () => Iterable<Session>;
  readonly #end: (session: Session, options: CallOptions) => Promise<void>;
  #cancelTimer: Cancel = nothingToCancel;
  #cancelTopics: Cancel | undefined;
  #isDue = false;
  #isStopped = false;
  readonly #ending = new Set<string>();

  constructor(
    parts: KeeperParts,
    sessions: () => Iterable<Session>,
    end: (session: Session, options: CallOptions) => Promise<void>,
  ) {
    this.#parts = parts;
    this.#sessions = sessions;
    this.#end = end;
    this.#later();
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancelTimer();
    this.#cancelTopics?.();
  }

  #later(): void {
    this.#cancelTimer = this.#parts.clock.after(lookEveryMs, () => {
      this.#look();
      this.#later();
    });
    this.#listen();
  }

  #listen(): void {
    const { catalog } = this.#parts.followed;
    if (catalog === undefined || this.#cancelTopics !== undefined) return;
    this.#cancelTopics = catalog.on([topics.checks, topics.nodes, topics.services], () => {
      if (this.#isDue) return;
      this.#isDue = true;
      this.#parts.clock.endOfTurn(() => {
        this.#isDue = false;
        this.#look();
      });
    });
  }

  #look(): void {
    const { operations, followed, logger } = this.#parts;
    const { catalog } = followed;
    const isDone = this.#isStopped || catalog === undefined || !operations.isLeader();
    if (isDone) return;
    for (const session of this.#sessions()) {
      const reason = faultOf(session, catalog);
      if (reason === undefined || this.#ending.has(session.id)) continue;
      this.#ending.add(session.id);
      const { id, name, node } = session;
      this.#end(session, keeperOptions)
        .then(
          () => logger.info('a session was ended', { id, name, node, reason }),
          (error: unknown) =>
            logger.warn('failed to end a session; trying again', {
              id,
              reason,
              error: String(error),
            }),
        )
        .finally(() => this.#ending.delete(id));
    }
  }
}

const keeperOptions: CallOptions = {
  caller: { api: 'consul', address: undefined, identity: member },
};
