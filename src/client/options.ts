/** Options that several calls share. They are published, so they name no type of another package. */

/** Time limit and cancellation of one call. */
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
  /** False: the server's certificate is not verified. For tests only. */
  readonly verifyServer?: boolean;
}
