import type { CheckStatus } from './check.ts';

/** How a connection is encrypted. Undefined where it stands: it is not. */
export interface ProbeTls {
  /** The name that the certificate must have; empty: the host of the target. */
  readonly serverName: string;
  /** Any certificate will do. */
  readonly skipVerify: boolean;
}

interface ProbeLimits {
  readonly timeoutMs: number;
  /** The last bytes of the output that are kept. */
  readonly outputBytesMax: number;
}

/** One way to look at an instance. */
export type Probe = ProbeLimits &
  (
    | {
        readonly kind: 'http';
        readonly url: string;
        readonly method: string;
        readonly headers: Readonly<Record<string, readonly string[]>>;
        readonly body: string;
        readonly followRedirects: boolean;
        /** For URLs with `https`. */
        readonly tls: ProbeTls;
      }
    | { readonly kind: 'tcp'; readonly target: string; readonly tls: ProbeTls | undefined }
    | { readonly kind: 'udp'; readonly target: string }
    | { readonly kind: 'h2ping'; readonly target: string; readonly tls: ProbeTls | undefined }
    | {
        readonly kind: 'grpc';
        /** `host:port`, or `host:port/service`. */
        readonly target: string;
        readonly tls: ProbeTls | undefined;
      }
    | { readonly kind: 'script'; readonly args: readonly string[] }
  );

export type ProbeKind = Probe['kind'];

export interface ProbeResult {
  readonly status: CheckStatus;
  /** For people: an answer, or why there is none. */
  readonly output: string;
}

/**
 * Looks at instances. It decides nothing: thresholds, schedules and owners are the business of whoever asks.
 * How many probes run at once is bounded; others wait in the order in which they were asked for.
 */
export interface Prober {
  /**
   * Looks once. Whatever goes wrong is a critical result, and never an error. Undefined: `signal` was aborted before there
   * was a result.
   */
  run(probe: Probe, signal: AbortSignal): Promise<ProbeResult | undefined>;
}
