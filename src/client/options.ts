/** Options that several calls share; without types of any package, because they are published. */

/** How long one call may take, and what stops it. */
export interface CallOptions {
  /** Ends the call. A write that was already on its way then fails with `UnknownOutcome`. */
  readonly signal?: AbortSignal;
  /** Milliseconds for the whole call, with all attempts; the client's `timeoutMs` if left out. */
  readonly timeoutMs?: number;
}

/** Certificates for servers that speak TLS, as PEM. */
export interface TlsOptions {
  /** Authorities to trust; the system's if left out. */
  readonly ca?: Uint8Array;
  /** Our own certificate and its key, where the server asks for one. */
  readonly cert?: Uint8Array;
  readonly key?: Uint8Array;
  /** False: whoever the server says to be is believed. For tests only. */
  readonly verifyServer?: boolean;
}
