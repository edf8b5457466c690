import { Client, connectivityState, credentials, type ChannelCredentials } from '@grpc/grpc-js';
import { RollcallError } from './errors.ts';
import type { TlsOptions } from './options.ts';
import { nowMs } from './time.ts';

/** A server that failed is passed over for this long while others can be asked. */
const avoidMs = 2000;

/** Upper bound for a wait of gRPC's library after its caller has gone: the wait cannot be cancelled. */
const lookMsMax = 100;

const channelOptions = {
  // A server that hangs, or a cable that is cut, shows after 15 s; open streams then move on.
  'grpc.keepalive_time_ms': 10_000,
  'grpc.keepalive_timeout_ms': 5_000,
  'grpc.initial_reconnect_backoff_ms': 100,
  'grpc.max_reconnect_backoff_ms': 2_000,
  'grpc.max_receive_message_length': -1,
  'grpc.max_send_message_length': -1,
  // Which calls may be sent twice is decided by `Caller`.
  'grpc.enable_retries': 0,
  'grpc.service_config_disable_resolution': 1,
  'grpc.use_local_subchannel_pool': 1,
};

/** One server, and the connection to it. */
export class Endpoint {
  readonly address: string;
  readonly client: Client;
  #avoidUntilMs = 0;

  constructor(address: string, client: Client) {
    this.address = address;
    this.client = client;
  }

  /** True while there is reason to ask another one first. */
  get isSuspect(): boolean {
    return this.#state() === connectivityState.TRANSIENT_FAILURE || nowMs() < this.#avoidUntilMs;
  }

  get isConnected(): boolean {
    return this.#state() === connectivityState.READY;
  }

  /** Passes this server over for a while: it answered, but could not help. */
  avoid(): void {
    this.#avoidUntilMs = nowMs() + avoidMs;
  }

  /**
   * Waits until a connection stands or has failed; false if neither happened in time, in which case nothing was
   * sent. After a failure a call may be started too: it fails at once, with the reason.
   */
  settled(timeoutMs: number, signal?: AbortSignal): Promise<boolean> {
    const deadlineMs = nowMs() + timeoutMs;
    return new Promise((resolve) => {
      const look = (): void => {
        const state = this.#state();
        if (state === connectivityState.READY || state === connectivityState.TRANSIENT_FAILURE) {
          resolve(true);
        } else if (
          nowMs() >= deadlineMs ||
          signal?.aborted === true ||
          state === connectivityState.SHUTDOWN
        ) {
          resolve(false);
        } else {
          // The library cannot be told to stop looking, and keeps the process alive as long as it looks.
          const lookMs = Math.min(deadlineMs - nowMs(), lookMsMax);
          const until = new Date(Date.now() + lookMs);
          this.client.getChannel().watchConnectivityState(state, until, look);
        }
      };
      look();
    });
  }

  #state(): connectivityState {
    return this.client.getChannel().getConnectivityState(true);
  }
}

/** The servers of a cluster, asked in turn. */
export class Endpoints {
  readonly all: readonly Endpoint[];
  #next = 0;

  constructor(addresses: readonly string[], tls?: TlsOptions) {
    // Certificates are given for a purpose; not to look at those of others asks for no encryption.
    const forced = [tls?.ca, tls?.cert, tls?.key].some((pem) => pem !== undefined);
    if (addresses.length === 0) {
      throw new RollcallError('invalid-request', 'give at least one endpoint, as host:port');
    }
    this.all = addresses.map((address) => {
      const { target, secure } = parseEndpoint(address);
      return new Endpoint(
        target,
        new Client(target, credentialsFor(secure || forced, tls), channelOptions),
      );
    });
  }

  /** The next server in turn that is not suspect; if all are, simply the next. */
  next(): Endpoint {
    for (let step = 0; step < this.all.length; step++) {
      const index = (this.#next + step) % this.all.length;
      const endpoint = this.all[index];
      if (endpoint !== undefined && !endpoint.isSuspect) {
        this.#next = index + 1;
        return endpoint;
      }
    }
    const endpoint = this.all[this.#next++ % this.all.length];
    if (endpoint === undefined) throw new RollcallError('invalid-request', 'no endpoints');
    return endpoint;
  }

  /** The server with this address, or `undefined`. */
  find(address: string): Endpoint | undefined {
    const { target } = parseEndpoint(address);
    return this.all.find((endpoint) => endpoint.address === target);
  }

  close(): void {
    for (const endpoint of this.all) endpoint.client.close();
  }
}

/** Takes `host:port`, `http://host:port` and `https://host:port`. */
function parseEndpoint(address: string): { target: string; secure: boolean } {
  const match = /^(?:(https?):\/\/)?([^/\s]+:\d+)\/?$/.exec(address.trim());
  if (match?.[2] === undefined) {
    throw new RollcallError(
      'invalid-request',
      `"${address}" is not an endpoint; write host:port, http://host:port or https://host:port`,
    );
  }
  return { target: match[2], secure: match[1] === 'https' };
}

function credentialsFor(secure: boolean, tls: TlsOptions | undefined): ChannelCredentials {
  if (!secure) return credentials.createInsecure();
  return credentials.createSsl(bufferOf(tls?.ca), bufferOf(tls?.key), bufferOf(tls?.cert), {
    rejectUnauthorized: tls?.verifyServer !== false,
  });
}

function bufferOf(bytes: Uint8Array | undefined): Buffer | null {
  return bytes === undefined ? null : Buffer.from(bytes);
}
