import { RegistryError } from '../base/errors.ts';
import type { Operations } from '../operations/index.ts';
import { checkApiVersion, insistsOnLeader } from './etcd/index.ts';
import type {
  CallContext,
  Method,
  RequestStream,
  ResponseStream,
  StreamMethod,
} from './methods.ts';

/** Has nothing to be told, as it was refused. */
const refused: RequestStream = { message() {}, halfClosed() {}, drained() {}, closed() {} };

/** Streams that a learner serves; reflection is not etcd's, and knows nothing of the cluster. */
const learnerServes = /^\/(?:etcdserverpb\.Maintenance\/Snapshot|grpc\.reflection\..*)$/;

/**
 * The open streams of a member, whatever they carry and whoever brings them, and the rules that hold for all of them:
 * a learner refuses them; one that insists on a leader (`hasleader`) is refused without one, and ends when there has
 * been none for three election timeouts; all end with a last message when the member stops.
 */
export class OpenStreams {
  readonly #operations: Operations;
  readonly #open = new Set<ResponseStream>();
  readonly #insisting = new Set<ResponseStream>();
  readonly #stopWatching: () => void;
  #stopping = false;

  constructor(operations: Operations) {
    this.#operations = operations;
    this.#stopWatching = operations.onLeaderless(() => {
      for (const stream of this.#insisting) stream.end(noLeader());
    });
  }

  get count(): number {
    return this.#open.size;
  }

  /** The same methods, with the rules kept. */
  keepRules(methods: ReadonlyMap<string, Method>): ReadonlyMap<string, Method> {
    return new Map(
      [...methods].map(([path, method]) => [
        path,
        method.kind === 'stream' ? this.#withRules(method) : method,
      ]),
    );
  }

  /** Ends every stream, and refuses new ones: this member stops. */
  end(): void {
    this.#stopping = true;
    this.#stopWatching();
    for (const stream of this.#open) stream.end(stopping());
  }

  #withRules(method: StreamMethod): StreamMethod {
    return {
      ...method,
      open: (context, responses) => {
        try {
          this.#admit(method, context);
        } catch (error) {
          responses.end(error);
          return refused;
        }
        return this.#begin(method, context, responses);
      },
    };
  }

  #admit({ path }: StreamMethod, context: CallContext): void {
    if (this.#stopping) throw stopping();
    if (this.#operations.isLearner() && !learnerServes.test(path)) {
      throw new RegistryError(
        'not-supported-for-learner',
        'this member is a learner; ask a voting member, or promote it first',
      );
    }
    checkApiVersion(context);
    if (insistsOnLeader(context) && !this.#operations.hasLeader()) throw noLeader();
  }

  #begin(method: StreamMethod, context: CallContext, carrier: ResponseStream): RequestStream {
    let over = false;
    const forget = (): void => {
      over = true;
      this.#open.delete(responses);
      this.#insisting.delete(responses);
    };
    const responses: ResponseStream = {
      push: (message) => carrier.push(message),
      end: (error) => {
        if (over) return;
        forget();
        carrier.end(error);
      },
      pause: () => carrier.pause(),
      resume: () => carrier.resume(),
    };
    this.#open.add(responses);
    if (insistsOnLeader(context)) this.#insisting.add(responses);
    const requests = method.open(context, responses);
    return {
      message: (bytes) => requests.message(bytes),
      halfClosed: () => requests.halfClosed(),
      drained: () => requests.drained(),
      closed: () => {
        forget();
        requests.closed();
      },
    };
  }
}

function noLeader(): RegistryError {
  return new RegistryError('no-leader', 'the cluster has no leader now; try again shortly');
}

function stopping(): RegistryError {
  return new RegistryError('stopped', 'this member stops; ask another one');
}
