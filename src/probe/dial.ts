import { lookup as systemLookup } from 'node:dns';
import { connect, isIP } from 'node:net';
import type { Socket } from 'node:net';
import { connect as connectTls, createSecureContext } from 'node:tls';
import type { SecureContext, TLSSocket } from 'node:tls';
import { nothingToCancel } from '../base/clock.ts';
import type { Clock } from '../base/clock.ts';
import type { ProbeTls } from '../registry/index.ts';
import type { AddressPolicy } from './address-policy.ts';
import { asError, codeOf, ProbeFailure, reasonOf } from './failure.ts';

export interface Target {
  readonly host: string;
  readonly port: number;
}

/** Splits `host:port` and `[IPv6]:port`; the rest of the text, if it begins with a slash, is not looked at. */
export function targetOf(text: string): Target {
  const [, bracketed, host, digits] = /^(?:\[([^\]]*)\]|([^:/[\]]*)):(\d+)$/.exec(text) ?? [];
  const port = Number(digits);
  if (digits === undefined) {
    throw new ProbeFailure(`dial tcp: address ${text}: missing port in address`);
  }
  if (port > 65_535) throw new ProbeFailure(`dial tcp: address ${digits}: invalid port`);
  const name = bracketed ?? host ?? '';
  // As in Go, no host is this machine.
  return { host: name === '' ? '127.0.0.1' : name, port };
}

/** Addresses of a name that are tried, one after the other. */
const addressesMax = 4;
/** Time after which the next address is tried beside one that is silent. */
const nextAddressMs = 300;
/** Lookups that the system does at once for probes; the same name is asked for once. */
const lookupsMax = 256;

type Lookup = (host: string) => Promise<readonly string[]>;

/**
 * Opens connections. A name is resolved once, and the connection goes to the very address that the policy has allowed, so
 * that a name server cannot show one address to the policy and another to the connection.
 */
export class Dialer {
  readonly #policy: AddressPolicy;
  readonly #clock: Clock;
  readonly #lookup: Lookup;
  readonly #lookups = new Map<string, Promise<readonly string[]>>();
  #secureContext: SecureContext | undefined;

  constructor(policy: AddressPolicy, clock: Clock, lookup: Lookup = lookUp) {
    this.#policy = policy;
    this.#clock = clock;
    this.#lookup = lookup;
  }

  /** The addresses of a host, at least one, all of them allowed. */
  async resolve({ host, port }: Target, signal: AbortSignal): Promise<readonly string[]> {
    const found = isIP(host) === 0 ? await orAborted(this.#addressesOf(host), signal) : [host];
    const addresses = found.slice(0, addressesMax);
    for (const address of addresses) this.#policy.check(address, port);
    return addresses;
  }

  /**
   * Connects to one of the addresses of a host: the first that answers, beginning with the first one. The next is tried when
   * one fails or is silent for a moment (RFC 8305, "Happy Eyeballs").
   */
  async connect(target: Target, signal: AbortSignal): Promise<Socket> {
    const [first = '', ...others] = await this.resolve(target, signal);
    if (others.length === 0) return connected(first, target.port, signal);
    return this.#firstConnected([first, ...others], target.port, signal);
  }

  #firstConnected(addresses: string[], port: number, signal: AbortSignal): Promise<Socket> {
    // Those that are slower than the first to answer are given up.
    const losers = new AbortController();
    const onAbort = (): void => losers.abort(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    return new Promise<Socket>((resolve, reject) => {
      let firstFault: unknown;
      let underWay = 0;
      let isOver = false;
      let cancelNext = nothingToCancel;
      const next = (): void => {
        const address = addresses.shift();
        if (address === undefined || isOver) return;
        underWay++;
        cancelNext = this.#clock.after(nextAddressMs, next);
        connected(address, port, losers.signal).then(won, failed);
      };
      const won = (socket: Socket): void => {
        if (isOver) return void socket.destroy();
        isOver = true;
        cancelNext();
        losers.abort(new ProbeFailure('another address answered first'));
        resolve(socket);
      };
      const failed = (fault: unknown): void => {
        firstFault ??= fault;
        underWay--;
        if (isOver) return;
        cancelNext();
        if (!signal.aborted && addresses.length > 0) next();
        else if (underWay === 0) {
          isOver = true;
          reject(asError(firstFault));
        }
      };
      next();
    }).finally(() => signal.removeEventListener('abort', onAbort));
  }

  /** Speaks TLS on a connection. Closes it if that fails. */
  async encrypt(
    socket: Socket,
    { host }: Target,
    { serverName, skipVerify }: ProbeTls,
    signal: AbortSignal,
    protocols: readonly string[] = [],
  ): Promise<TLSSocket> {
    const name = serverName === '' ? host : serverName;
    // Loading the certificate authorities takes longer than a handshake: once for all.
    this.#secureContext ??= createSecureContext();
    const encrypted = connectTls({
      socket,
      host: name,
      ...(isIP(name) === 0 ? { servername: name } : {}),
      rejectUnauthorized: !skipVerify,
      secureContext: this.#secureContext,
      ALPNProtocols: [...protocols],
    });
    await opened(encrypted, 'secureConnect', signal);
    return encrypted;
  }

  #addressesOf(host: string): Promise<readonly string[]> {
    const known = this.#lookups.get(host);
    if (known !== undefined) return known;
    if (this.#lookups.size >= lookupsMax) {
      throw new ProbeFailure(`dial tcp: lookup ${host}: too many names are being resolved`);
    }
    const asked = this.#lookup(host).finally(() => this.#lookups.delete(host));
    this.#lookups.set(host, asked);
    return asked;
  }
}

/** Resolves when a socket is open; destroys it and rejects if it fails before, or `signal` is aborted. */
export function opened(
  socket: Socket,
  event: 'connect' | 'secureConnect',
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = (error?: unknown): void => {
      signal.removeEventListener('abort', onAbort);
      socket.removeListener(event, onOpen);
      socket.removeListener('close', onClose);
      socket.removeListener('error', end);
      // Errors that come later are the reader's, or nobody's.
      socket.on('error', () => {});
      if (error === undefined) resolve();
      else {
        socket.destroy();
        reject(asError(error));
      }
    };
    const onOpen = (): void => end();
    const onClose = (): void => end(new ProbeFailure('EOF'));
    const onAbort = (): void => end(signal.reason);
    socket.once(event, onOpen);
    socket.once('close', onClose);
    socket.once('error', end);
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
  });
}

/** The result of a promise; rejects as soon as `signal` is aborted. */
export function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(asError(signal.reason));
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
    promise.finally(() => signal.removeEventListener('abort', onAbort)).then(resolve, reject);
  });
}

async function connected(address: string, port: number, signal: AbortSignal): Promise<Socket> {
  const socket = connect({ host: address, port });
  try {
    await opened(socket, 'connect', signal);
    return socket;
  } catch (error) {
    const place = isIP(address) === 6 ? `[${address}]:${port}` : `${address}:${port}`;
    throw new ProbeFailure(`dial tcp ${place}: ${reasonOf(error)}`, { cause: error });
  }
}

/** As programs on this machine resolve names: the hosts file, search domains and all. */
function lookUp(host: string): Promise<readonly string[]> {
  return new Promise((resolve, reject) => {
    systemLookup(host, { all: true, verbatim: true }, (error, found) => {
      if (error === null) resolve(found.map(({ address }) => address));
      else reject(new ProbeFailure(`dial tcp: lookup ${host}: ${nameFault(codeOf(error))}`));
    });
  });
}

function nameFault(code: string): string {
  if (code === 'ENOTFOUND' || code === 'ENODATA') return 'no such host';
  return code === 'EAI_AGAIN' ? 'the name servers do not answer' : code;
}
