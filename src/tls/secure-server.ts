import type { X509Certificate } from 'node:crypto';
import { Socket } from 'node:net';
import { createServer } from 'node:tls';
import type { Server, TLSSocket } from 'node:tls';
import { assert } from '../base/assert.ts';
import type { Cancel } from '../base/clock.ts';
import { destroyAfterLinger } from '../base/linger.ts';
import type { Counter } from '../base/metrics.ts';
import { distrustTextOf, failureTextOf, hangUpTextOf, isPlainHttp } from './failure-text.ts';
import type { TlsMaterial } from './material.ts';
import {
  commonNameOf,
  refusedAsRevoked,
  refusedByAddress,
  refusedByName,
} from './peer-certificate.ts';
import type { Resolver, Shown } from './peer-certificate.ts';
import { RejectionLog } from './rejection-log.ts';
import { requiresCertificates } from './side.ts';

/** Takes a connection whose handshake is over, and whose other side was checked. It has no reader yet. */
export type TakeSecure = (socket: Socket, certificateName: string | undefined) => void;

export interface SecureServerOptions {
  /** Protocols that are offered, the preferred one first (RFC 7301). */
  readonly protocols: readonly string[];
  readonly resolver: Resolver;
  readonly handshakeMaxMs?: number;
  readonly underWayMax?: number;
}

/** Makes the server's side of handshakes on connections that others have accepted. */
export interface SecureServer {
  /** `take` gets the encrypted connection, or nothing: then the connection is closed, and the reason is in the log. */
  accept(socket: Socket, take: TakeSecure): void;
  /** Connections that are not handed on yet. */
  readonly underWay: number;
  close(): void;
}

/** As etcd. */
const handshakeMaxDefaultMs = 10_000;
/** Beyond it the oldest one is closed: it had the most time, and one that goes on takes a few round trips. */
const underWayMaxDefault = 4096;

export function createSecureServer(
  material: TlsMaterial,
  options: SecureServerOptions,
): SecureServer {
  return new Handshakes(material, options);
}

class Handshakes implements SecureServer {
  readonly #material: TlsMaterial;
  readonly #options: SecureServerOptions;
  readonly #server: Server;
  readonly #rejections: RejectionLog;
  readonly #done: Counter;
  readonly #resumed: Counter;
  readonly #failed: Counter;
  /** Connections that are not handed on yet, the oldest first. */
  readonly #underWay = new Map<Socket, Handshake>();
  readonly #stopFollowing: Cancel;

  constructor(material: TlsMaterial, options: SecureServerOptions) {
    this.#material = material;
    this.#options = options;
    const { side, outside } = material;
    this.#rejections = new RejectionLog(side, outside);
    const counted = (result: string): Counter =>
      outside.metrics.counter(
        'rollcall_tls_handshakes_total',
        'Handshakes on accepted connections: done, resumed (done with an earlier session), or failed.',
        { side: side.name, result },
      );
    this.#done = counted('done');
    this.#resumed = counted('resumed');
    this.#failed = counted('failed');
    outside.metrics.gauge(
      'rollcall_tls_handshakes_under_way',
      'Accepted connections whose handshake is not over.',
      () => this.#underWay.size,
      { side: side.name },
    );
    this.#server = createServer({
      ...material.serverContext,
      ALPNProtocols: [...options.protocols],
      requestCert: requiresCertificates(side),
      rejectUnauthorized: requiresCertificates(side),
    });
    this.#server.on('secureConnection', (socket) => this.#secured(socket));
    this.#server.on('tlsClientError', (error, socket) => this.#onFailure(error, socket));
    this.#stopFollowing = material.onChange(() =>
      this.#server.setSecureContext(material.serverContext),
    );
  }

  get underWay(): number {
    return this.#underWay.size;
  }

  accept(socket: Socket, take: TakeSecure): void {
    if (socket.destroyed) return;
    // Node.js keeps the address that was read once; for the log, which comes when the connection is gone.
    void socket.remoteAddress;
    const { underWayMax = underWayMaxDefault, handshakeMaxMs = handshakeMaxDefaultMs } =
      this.#options;
    const [oldest] = this.#underWay.size >= underWayMax ? this.#underWay.keys() : [];
    if (oldest !== undefined) this.#reject(oldest, 'too many handshakes are under way');
    const cancel = this.#material.outside.clock.after(handshakeMaxMs, () =>
      this.#reject(socket, `tls: the handshake took longer than ${handshakeMaxMs} ms`),
    );
    this.#underWay.set(socket, { take, cancel });
    // It does not listen itself: connections are given to it.
    this.#server.emit('connection', socket);
  }

  close(): void {
    this.#stopFollowing();
    for (const socket of this.#underWay.keys()) socket.destroy();
  }

  /** The handshake is over; a certificate was issued by a trusted authority if one is required. */
  #secured(secure: TLSSocket): void {
    const { side, revoked } = this.#material;
    const accepted = acceptedOf(secure);
    const shown = requiresCertificates(side) ? shownBy(secure) : [];
    const refused = refusedByName(shown, side) ?? refusedAsRevoked(shown, revoked);
    if (refused !== undefined) this.#reject(accepted, refused);
    else if (side.checksAddresses && shown.length > 0) this.#checkAddress(secure, shown);
    else this.#handOn(secure, shown);
  }

  #checkAddress(secure: TLSSocket, shown: Shown): void {
    const accepted = acceptedOf(secure);
    // Nothing listens to it before it is handed on.
    secure.on('error', ignore);
    secure.once('close', () => this.#end(accepted));
    const found = refusedByAddress(shown, secure.remoteAddress ?? '', this.#options.resolver);
    const decide = (refused: string | undefined): void => {
      if (refused === undefined) this.#handOn(secure, shown);
      else this.#reject(accepted, refused);
    };
    found.then(decide, (error: unknown) => decide(String(error)));
  }

  #handOn(secure: TLSSocket, [leaf]: Shown): void {
    const handshake = this.#end(acceptedOf(secure));
    // Closed meanwhile, or rejected.
    if (handshake === undefined) return;
    (secure.isSessionReused() ? this.#resumed : this.#done).add();
    const named = this.#material.side.clientCertAuth ? leaf : undefined;
    handshake.take(secure, named === undefined ? undefined : commonNameOf(named));
  }

  #onFailure(error: Error, secure: TLSSocket): void {
    const accepted = acceptedOf(secure);
    // Of a certificate that is not trusted there is OpenSSL's code only, and not an error as the types say.
    const code: unknown = secure.authorizationError;
    if (typeof code === 'string') {
      this.#reject(accepted, distrustTextOf(code));
    } else if (error.message === hangUp) {
      // The first bytes that we send have the certificate with them.
      this.#reject(accepted, hangUpTextOf({ sawCertificate: accepted.bytesWritten > 0 }));
    } else if (isPlainHttp(error.message)) {
      if (this.#note(accepted, failureTextOf(error.message))) this.#tellPlain(accepted);
    } else {
      this.#reject(accepted, failureTextOf(error.message));
    }
  }

  #reject(socket: Socket, reason: string): void {
    if (this.#note(socket, reason)) socket.destroy();
  }

  /** Counts and logs a failure; false: it was rejected before, or is gone because this member stops. */
  #note(socket: Socket, reason: string): boolean {
    if (this.#end(socket) === undefined) return false;
    this.#failed.add();
    this.#rejections.note(socket, reason);
    return true;
  }

  /** As servers written in Go: a person who forgot the `s` of `https` sees why the connection ends. */
  #tellPlain(socket: Socket): void {
    socket.on('error', ignore);
    socket.end(plainHttpResponse);
    destroyAfterLinger(socket, this.#material.outside.clock);
  }

  /** The handshake is over, well or not; undefined: it was before. */
  #end(socket: Socket): Handshake | undefined {
    const handshake = this.#underWay.get(socket);
    handshake?.cancel();
    this.#underWay.delete(socket);
    return handshake;
  }
}

interface Handshake {
  readonly take: TakeSecure;
  readonly cancel: Cancel;
}

const ignore = (): void => {};

/** Node.js' message of a connection that is closed during the handshake. */
const hangUp = 'socket hang up';

const plainHttpResponse =
  'HTTP/1.0 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n' +
  'Client sent an HTTP request to an HTTPS server.\n';

/** The connection below an encrypted one. Node.js keeps it there in all its releases, and has no other way to it. */
function acceptedOf(secure: TLSSocket): Socket {
  const accepted: unknown = Reflect.get(secure, '_parent');
  assert(accepted instanceof Socket, 'an encrypted connection knows the one below');
  return accepted;
}

/** The certificates that the other side has shown; of a session that is resumed, its own alone. */
function shownBy(secure: TLSSocket): Shown {
  const shown: X509Certificate[] = [];
  let next = secure.getPeerX509Certificate();
  while (next !== undefined && shown.length < chainMax) {
    shown.push(next);
    next = next.issuerCertificate;
  }
  return shown;
}

/** Of one chain; OpenSSL verifies at most 100. */
const chainMax = 100;
