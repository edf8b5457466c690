/** The TLS settings of one side of a member: of its clients' ports, or of its peers' port and its calls to peers. */
export interface TlsSide {
  /** For logs, metrics and errors, which name the flags of this side. */
  readonly name: 'client' | 'peer';
  /** Paths of PEM files; empty: none. */
  readonly certFile: string;
  readonly keyFile: string;
  /** The pair for connections that this member opens; empty: `certFile` and `keyFile`. */
  readonly clientCertFile: string;
  readonly clientKeyFile: string;
  /** Authorities that certificates of the other side are verified with; certificates are required then, as in etcd. */
  readonly trustedCaFile: string;
  /** Certificates of the other side are required, with the authorities of the system unless there is `trustedCaFile`. */
  readonly clientCertAuth: boolean;
  /** A list of revoked certificates, PEM or DER. */
  readonly crlFile: string;
  /** Of the other side's certificate: one of these common names, or one of these host names. Empty: any. */
  readonly allowedCommonNames: readonly string[];
  readonly allowedHostnames: readonly string[];
  /** A certificate with names or addresses must name the address that it is used from. etcd does so for peers. */
  readonly checksAddresses: boolean;
  /** By Go's names; empty: `protocols.ts` chooses. */
  readonly cipherSuites: readonly string[];
  /** Empty: TLS 1.2, and no limit. */
  readonly minVersion: TlsVersion | '';
  readonly maxVersion: TlsVersion | '';
  /** The pair was made by `--auto-tls` or `--peer-auto-tls`: connections to others do not verify theirs. */
  readonly isSelfSigned: boolean;
}

export type TlsVersion = 'TLS1.2' | 'TLS1.3';

/** Whether certificates are required of the other side. */
export function requiresCertificates({ clientCertAuth, trustedCaFile }: TlsSide): boolean {
  return clientCertAuth || trustedCaFile !== '';
}

/** The flag of this side: `--cert-file` or `--peer-cert-file`. */
export function flagOf({ name }: Pick<TlsSide, 'name'>, flag: string): string {
  return name === 'peer' ? `--peer-${flag}` : `--${flag}`;
}
