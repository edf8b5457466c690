import { RegistryError } from '../../base/errors.ts';
import type { Operations } from '../../operations/index.ts';
import type {
  CallContext,
  Method,
  RequestStream,
  ResponseStream,
  StreamMethod,
  UnaryMethod,
} from '../methods.ts';
import { openLater } from '../open-later.ts';
import { refusedStream, StreamSet } from '../open-streams.ts';
import { checkApiVersion, insistsOnLeader, shownBy } from './wire.ts';

/** Methods that a learner serves too. Of ranges it serves the serializable ones, which `range` checks. */
const servedByLearners: ReadonlySet<string> = new Set([
  '/etcdserverpb.KV/Range',
  '/etcdserverpb.Maintenance/Status',
  '/etcdserverpb.Maintenance/Snapshot',
]);

/**
 * The checks that etcd makes before every call: a learner serves few methods, and a caller may insist on a leader
 * (`hasleader`). A stream whose caller insists ends when there has been no leader for three election timeouts.
 */
export class Admission {
  readonly #operations: Operations;
  readonly #insisting = new StreamSet();
  readonly #stopWatching: () => void;

  constructor(operations: Operations) {
    this.#operations = operations;
    this.#stopWatching = operations.onLeaderless(() => this.#insisting.endAll(noLeader()));
  }

  /** The same method behind the checks. */
  admit(method: Method): Method {
    return method.kind === 'unary' ? this.#admitUnary(method) : this.#admitStream(method);
  }

  stop(): void {
    this.#stopWatching();
  }

  #admitUnary(method: UnaryMethod): UnaryMethod {
    return {
      ...method,
      // No promise of its own.
      call: (request, context) => {
        this.#checkLearner(method);
        this.#checkLeader(context);
        const identifiable = this.#operations.whenIdentifiable(shownBy(context));
        if (identifiable === undefined) return method.call(request, context);
        return identifiable.then(() => method.call(request, context));
      },
    };
  }

  #admitStream(method: StreamMethod): StreamMethod {
    return {
      ...method,
      open: (context, carrier) => {
        try {
          this.#checkLearner(method);
          checkApiVersion(context);
          this.#checkLeader(context);
        } catch (error) {
          carrier.end(error);
          return refusedStream;
        }
        const open = (responses: ResponseStream): RequestStream => {
          const identifiable = this.#operations.whenIdentifiable(shownBy(context));
          if (identifiable === undefined) return method.open(context, responses);
          return openLater(identifiable, responses, () => method.open(context, responses));
        };
        return insistsOnLeader(context) ? this.#insisting.open(carrier, open) : open(carrier);
      },
    };
  }

  #checkLearner({ path }: Method): void {
    if (!this.#operations.isLearner() || servedByLearners.has(path)) return;
    throw new RegistryError(
      'not-supported-for-learner',
      'this member is a learner; ask a voting member, or promote it first',
    );
  }

  #checkLeader(context: CallContext): void {
    if (insistsOnLeader(context) && !this.#operations.hasLeader()) throw noLeader();
  }
}

function noLeader(): RegistryError {
  return new RegistryError('no-leader', 'the cluster has no leader now; try again shortly');
}
