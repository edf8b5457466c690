import { constants, randomBytes, X509Certificate } from 'node:crypto';
import { statSync } from 'node:fs';
import type { BigIntStats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { checkServerIdentity, createSecureContext } from 'node:tls';
import type {
  ConnectionOptions,
  PeerCertificate,
  SecureContext,
  SecureContextOptions,
} from 'node:tls';
import { nothingToCancel } from '../base/clock.ts';
import type { Cancel, Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import { RegistryError } from '../base/errors.ts';
import type { Counter, Metrics } from '../base/metrics.ts';
import { protocolOptions } from './protocols.ts';
import { Expiry } from './expiry.ts';
import { refusedByName } from './peer-certificate.ts';
import { pathsOf, readTlsFiles } from './files.ts';
import type { TlsFiles } from './files.ts';
import { requiresCertificates } from './side.ts';
import type { TlsSide } from './side.ts';

/** The parts of a member that the certificates of one side need. */
export interface TlsOutside {
  readonly clock: Clock;
  readonly wallTimeMs: () => number;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** How often the files are looked at. A secret of Kubernetes is a link that is replaced, which is seen too. */
const lookEveryMs = 1000;
/** Keys of session tickets are replaced after this time, so that one that leaks opens little. */
const ticketKeysMaxMs = 24 * 3_600_000;
const ticketKeysBytes = 48;
/** How long a session can be resumed. */
const sessionSeconds = 3600;

/**
 * Keys, certificates, authorities and revoked certificates of one side, as they are in their files now. New handshakes use
 * what is there; connections that are open stay as they are.
 */
export class TlsMaterial {
  readonly side: TlsSide;
  readonly outside: TlsOutside;
  readonly #expiry: Expiry;
  readonly #listeners = new Set<() => void>();
  readonly #taken: Counter;
  readonly #refused: Counter;
  #files: TlsFiles;
  #server: SecureContextOptions;
  #client: SecureContext;
  #ticketKeys = randomBytes(ticketKeysBytes);
  #ticketKeysMadeMs: number;
  /** Of the files as they were looked at last. */
  #fingerprint: string;
  /** Files that do not fit, and were tried once already: they may have been in the middle of a change. */
  #doubtful: string | undefined;
  #reported: string | undefined;
  #cancel: Cancel = nothingToCancel;
  #isClosed = false;

  constructor(side: TlsSide, outside: TlsOutside) {
    this.side = side;
    this.outside = outside;
    this.#fingerprint = pathsOf(side).map(statusNow).join(' ');
    this.#files = readTlsFiles(side);
    this.#ticketKeysMadeMs = outside.clock.nowMs();
    this.#server = this.#serverOptions(this.#files);
    contextOf(side, this.#server);
    this.#client = contextOf(side, this.#clientOptions(this.#files));
    this.#expiry = new Expiry(side, this.#files, outside);
    const reloads = (result: string): Counter =>
      outside.metrics.counter(
        'rollcall_tls_reloads_total',
        'Changes of the files of certificates and keys, taken over or refused because they do not fit.',
        { side: side.name, result },
      );
    this.#taken = reloads('taken');
    this.#refused = reloads('refused');
    this.#expiry.look();
    this.#lookLater();
  }

  /** For a server. */
  get serverContext(): SecureContextOptions {
    return this.#server;
  }

  get revoked(): ReadonlySet<string> | undefined {
    return this.#files.revoked;
  }

  /** For a connection to another process at this host, whose certificate must be for that host. */
  connectOptions(host: string): ConnectionOptions {
    return {
      secureContext: this.#client,
      host,
      // As in etcd: a certificate that was made by the other member itself cannot be verified.
      rejectUnauthorized: !this.side.isSelfSigned,
      checkServerIdentity: (name, certificate) =>
        checkServerIdentity(name, certificate) ?? this.#refusedByName(certificate),
    };
  }

  /** As in etcd, the common names that are allowed are also those of the other members as servers. */
  #refusedByName({ raw }: PeerCertificate): Error | undefined {
    const reason = refusedByName([new X509Certificate(raw)], {
      allowedCommonNames: this.side.allowedCommonNames,
      allowedHostnames: [],
    });
    return reason === undefined ? undefined : new Error(reason);
  }

  /** Calls back whenever other files are in use. */
  onChange(listener: () => void): Cancel {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Looks at the files now, as after SIGHUP, and reports at once what does not fit. */
  async reload(): Promise<void> {
    await this.#look(true);
  }

  close(): void {
    this.#isClosed = true;
    this.#cancel();
    this.#listeners.clear();
  }

  #lookLater(): void {
    if (this.#isClosed) return;
    this.#cancel();
    this.#cancel = this.outside.clock.after(lookEveryMs, () => {
      void this.#look(false).then(() => this.#lookLater());
    });
  }

  async #look(isAsked: boolean): Promise<void> {
    const fingerprint = await fingerprintOf(this.side);
    if (this.#isClosed) return;
    this.#expiry.look();
    if (fingerprint !== this.#fingerprint || isAsked) {
      this.#take(fingerprint, isAsked);
    } else if (this.outside.clock.nowMs() - this.#ticketKeysMadeMs > ticketKeysMaxMs) {
      this.#replaceTicketKeys();
      this.#use(this.#files);
    }
  }

  /** Uses the files if they fit. Programs write one file after the other, so that one more look is taken before a report. */
  #take(fingerprint: string, isAsked: boolean): void {
    try {
      const files = readTlsFiles(this.side);
      // Sessions that were begun under other authorities, or before a certificate was revoked, are not resumed.
      if (files.trust !== this.#files.trust) this.#replaceTicketKeys();
      this.#use(files);
      this.#fingerprint = fingerprint;
      this.#doubtful = undefined;
      this.#reported = undefined;
      this.#taken.add();
      this.outside.logger.info('certificates are read again; new connections use them', {
        side: this.side.name,
        'not-after': files.server.leaf.validTo,
      });
    } catch (error) {
      const isSecondLook = this.#doubtful === fingerprint;
      this.#doubtful = fingerprint;
      if (!(isAsked || isSecondLook) || this.#reported === fingerprint) return;
      this.#reported = fingerprint;
      this.#refused.add();
      this.outside.logger.error('changed certificates do not fit; the old ones stay in use', {
        side: this.side.name,
        error: error instanceof Error ? error.message : String(error),
      });
    }
  }

  #replaceTicketKeys(): void {
    this.#ticketKeys = randomBytes(ticketKeysBytes);
    this.#ticketKeysMadeMs = this.outside.clock.nowMs();
  }

  /** All or nothing: OpenSSL may refuse what was read. */
  #use(files: TlsFiles): void {
    const server = this.#serverOptions(files);
    contextOf(this.side, server);
    this.#client = contextOf(this.side, this.#clientOptions(files));
    this.#server = server;
    this.#files = files;
    this.#expiry.use(files);
    for (const listener of this.#listeners) listener();
  }

  #serverOptions({ server, ca }: TlsFiles): SecureContextOptions {
    return {
      ...protocolOptions(this.side),
      cert: server.cert,
      key: server.key,
      ...(ca === undefined || !requiresCertificates(this.side) ? {} : { ca }),
      honorCipherOrder: true,
      ecdhCurve: 'auto',
      ticketKeys: this.#ticketKeys,
      sessionTimeout: sessionSeconds,
      sessionIdContext: `rollcall ${this.side.name}`,
      secureOptions: constants.SSL_OP_NO_RENEGOTIATION | constants.SSL_OP_PRIORITIZE_CHACHA,
    };
  }

  #clientOptions({ client, ca }: TlsFiles): SecureContextOptions {
    return {
      ...protocolOptions(this.side),
      cert: client.cert,
      key: client.key,
      ...(ca === undefined ? {} : { ca }),
      ecdhCurve: 'auto',
      secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
    };
  }
}

/**
 * Reads the files of one side, and follows their changes until it is closed. Throws a `RegistryError` that says what to do if
 * they do not fit.
 */
export function openTls(side: TlsSide, outside: TlsOutside): TlsMaterial {
  return new TlsMaterial(side, outside);
}

/** OpenSSL refuses what it takes for weak, such as a key that is too short. */
function contextOf({ name }: TlsSide, options: SecureContextOptions): SecureContext {
  try {
    return createSecureContext(options);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new RegistryError(
      'invalid-request',
      `the certificates for TLS with ${name}s cannot be used: ${reason}; make new ones`,
      { cause },
    );
  }
}

/** Changes when one of the files is written or replaced, or when a link leads elsewhere. */
async function fingerprintOf(side: TlsSide): Promise<string> {
  const all = pathsOf(side).map((path) => stat(path, { bigint: true }).then(statusOf, reasonOf));
  return (await Promise.all(all)).join(' ');
}

function statusNow(path: string): string {
  try {
    return statusOf(statSync(path, { bigint: true }));
  } catch (error) {
    return reasonOf(error);
  }
}

function statusOf({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return [dev, ino, size, mtimeNs, ctimeNs].join();
}

function reasonOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
}
