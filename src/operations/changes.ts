import { RegistryError } from '../base/errors.ts';
import { checkKey } from '../state/index.ts';
import type { WatchMessage, WatchSink, WatchStream } from '../watch/index.ts';
import { reasonOf } from './core.ts';
import type { Core } from './core.ts';
import { Gate } from './gate.ts';
import { useOfRange } from './key-use.ts';
import { keyRights } from './needs.ts';
import type { GatedOperations, RequestOf } from './needs.ts';
import type { CallOptions } from './operations.ts';

type Request = RequestOf<'nextChange'>;

/** Calls that wait for a change, of one member and of one address. */
const waitingMax = 32_768;
const waitingPerAddressMax = 8192;

/** Waiting for the next change in a range. */
export function changeOperations(core: Core): GatedOperations<'nextChange'> {
  const gate = new Gate(core);
  const waits = new ChangeWaits(core);
  return {
    nextChange: gate.once(
      'nextChange',
      {
        access: (request) => keyRights(useOfRange(request)),
        servedByLearner: ({ serializable }) => serializable,
        leader: 'if-required',
        consistency: 'serializable',
        growthBytes: 0,
        check: checkRequest,
      },
      async (request, options) => {
        await waits.add(request, options);
        return { header: core.header() };
      },
    ),
  };
}

function checkRequest({ range, after }: Request): void {
  checkKey(range.start);
  if (range.end !== undefined && range.end <= range.start) {
    throw new RegistryError('invalid-request', 'the range to wait for holds no key');
  }
  if (!Number.isSafeInteger(after) || after < 0) {
    throw new RegistryError('invalid-request', `${after} is no revision to wait after`);
  }
}

/** The calls that wait for a change, each with a watcher of its own: a change elsewhere costs them nothing. */
class ChangeWaits {
  readonly #core: Core;
  readonly #perAddress = new Map<string, number>();
  #count = 0;

  constructor(core: Core) {
    this.#core = core;
  }

  async add(request: Request, options: CallOptions): Promise<void> {
    const address = options.caller.address ?? '';
    const ofAddress = this.#perAddress.get(address) ?? 0;
    if (this.#count >= waitingMax) throw tooMany(this.#count, 'at this member');
    if (ofAddress >= waitingPerAddressMax) throw tooMany(ofAddress, 'from this address');
    this.#count++;
    this.#perAddress.set(address, ofAddress + 1);
    try {
      await new Promise<void>((resolve, reject) => {
        new ChangeWait(resolve, reject).begin(this.#core, request, options);
      });
    } finally {
      this.#count--;
      const left = (this.#perAddress.get(address) ?? 1) - 1;
      if (left > 0) this.#perAddress.set(address, left);
      else this.#perAddress.delete(address);
    }
  }
}

/** One call that waits. */
class ChangeWait implements WatchSink {
  readonly #resolve: () => void;
  readonly #reject: (error: RegistryError) => void;
  #stream: WatchStream | undefined;
  #signal: AbortSignal | undefined;

  constructor(resolve: () => void, reject: (error: RegistryError) => void) {
    this.#resolve = resolve;
    this.#reject = reject;
  }

  begin(core: Core, { range, after }: Request, { signal, gone }: CallOptions): void {
    this.#signal = signal ?? gone?.();
    if (this.#signal?.aborted === true) {
      this.#reject(reasonOf(this.#signal));
      return;
    }
    this.#signal?.addEventListener('abort', this.#onGone, { once: true });
    this.#stream = core.replica.watch.open(this);
    this.#stream.create({
      range,
      startRevision: after + 1,
      watchId: 0,
      prevKv: false,
      progressNotify: false,
      noPut: false,
      noDelete: false,
      // A part of a revision is as good as all of it.
      fragment: true,
    });
  }

  push(message: WatchMessage): boolean {
    if (message.kind === 'events') this.#end(undefined);
    else if (message.kind === 'canceled') {
      // A watcher that was established before needs revisions that are compacted: there may have been a change.
      const isRefused = message.created && message.compactRevision === 0;
      this.#end(isRefused ? new RegistryError('too-many-requests', message.reason) : undefined);
    }
    return true;
  }

  failed(): void {
    this.#end(undefined);
  }

  readonly #onGone = (): void => {
    if (this.#signal !== undefined) this.#end(reasonOf(this.#signal));
  };

  #end(error: RegistryError | undefined): void {
    this.#signal?.removeEventListener('abort', this.#onGone);
    this.#stream?.close();
    if (error === undefined) this.#resolve();
    else this.#reject(error);
  }
}

function tooMany(count: number, where: string): RegistryError {
  return new RegistryError(
    'too-many-requests',
    `${count} calls wait for a change ${where} already; end some, or ask another member`,
  );
}
