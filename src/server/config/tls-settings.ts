import { suitesOfTls12, suitesOfTls13 } from '../../base/cipher-suites.ts';
import type { TlsVersion } from '../../tls/index.ts';
import type { FlagGroup } from './flag.ts';
import { ConfigProblem } from './problem.ts';
import { boolean, count, path, words } from './values.ts';
import type { ValueType } from './values.ts';

const version: ValueType<TlsVersion | ''> = {
  expects: 'TLS1.2 or TLS1.3',
  placeholder: 'TLS1.2|TLS1.3',
  parse: (given) => {
    if (given === '' || given === 'TLS1.2' || given === 'TLS1.3') return given;
    throw new ConfigProblem(`unexpected TLS version "${given}" (must be one of: TLS1.2, TLS1.3)`);
  },
};

const suiteNames = [...suitesOfTls13, ...suitesOfTls12.keys()];

const suites: ValueType<readonly string[]> = {
  ...words,
  parse: (given) => {
    const listed = words.parse(given) ?? [];
    const unknown = listed.find((name) => !suiteNames.includes(name));
    if (unknown === undefined) return listed;
    // The form of Go's names of suites without forward secrecy or authenticated encryption worth the name.
    const isKnown = /^TLS_(?:ECDHE_)?(?:RSA|ECDSA)_WITH_(?:RC4|3DES|AES)_\w+$/.test(unknown);
    const why = isKnown ? 'it is insecure, and is not served' : 'it is unknown';
    throw new ConfigProblem(
      `unexpected TLS cipher suite "${unknown}": ${why}; choose some of ${suiteNames.join(', ')}`,
    );
  },
};

/** Encryption with clients, and between members. */
export const tlsGroup: FlagGroup = {
  title: 'Encryption',
  flags: [
    {
      name: 'cert-file',
      field: 'certFile',
      type: path,
      default: '',
      help: 'Certificate for clients at https:// and unixs:// URLs, with its chain, as PEM. Read again when it changes.',
    },
    {
      name: 'key-file',
      field: 'keyFile',
      type: path,
      default: '',
      help: 'Key of that certificate, as PEM.',
    },
    {
      name: 'trusted-ca-file',
      field: 'trustedCaFile',
      type: path,
      default: '',
      help: "Authorities of clients' certificates, as PEM; certificates are required then.",
    },
    {
      name: 'client-cert-auth',
      field: 'clientCertAuth',
      type: boolean,
      default: 'false',
      help: 'Requires certificates from clients; the common name of a certificate is the name of a user.',
    },
    {
      name: 'client-cert-allowed-hostname',
      field: 'clientCertAllowedHostnames',
      type: words,
      default: '',
      help: "Names or addresses of which a client's certificate must have one.",
    },
    {
      name: 'client-crl-file',
      field: 'clientCrlFile',
      type: path,
      default: '',
      help: 'List of revoked certificates of clients (X509 CRL), as PEM or DER; their serial numbers count.',
    },
    {
      name: 'client-cert-file',
      field: 'clientCertFile',
      type: path,
      default: '',
      help: 'Certificate of this member when it is a client itself; default: --cert-file.',
    },
    {
      name: 'client-key-file',
      field: 'clientKeyFile',
      type: path,
      default: '',
      help: 'Key of that certificate.',
    },
    {
      name: 'auto-tls',
      field: 'autoTls',
      type: boolean,
      default: 'false',
      help: 'Makes a certificate for clients, below the data directory, unless there is --cert-file.',
    },
    {
      name: 'peer-cert-file',
      field: 'peerCertFile',
      type: path,
      default: '',
      help: 'Certificate for other members at https:// URLs, with its chain, as PEM. Read again when it changes.',
    },
    {
      name: 'peer-key-file',
      field: 'peerKeyFile',
      type: path,
      default: '',
      help: 'Key of that certificate, as PEM.',
    },
    {
      name: 'peer-trusted-ca-file',
      field: 'peerTrustedCaFile',
      type: path,
      default: '',
      help: "Authorities of members' certificates, as PEM; certificates are required then.",
    },
    {
      name: 'peer-client-cert-auth',
      field: 'peerClientCertAuth',
      type: boolean,
      default: 'false',
      help: 'Requires certificates from other members.',
    },
    {
      name: 'peer-cert-allowed-cn',
      field: 'peerCertAllowedCommonNames',
      type: words,
      default: '',
      help: "Common names of which a member's certificate must have one.",
    },
    {
      name: 'peer-cert-allowed-hostname',
      field: 'peerCertAllowedHostnames',
      type: words,
      default: '',
      help: "Names or addresses of which a member's certificate must have one.",
    },
    {
      name: 'peer-skip-client-san-verification',
      field: 'peerSkipClientSanVerification',
      type: boolean,
      default: 'false',
      help: "Accepts a member's certificate from other addresses than those that it names.",
    },
    {
      name: 'peer-crl-file',
      field: 'peerCrlFile',
      type: path,
      default: '',
      help: 'List of revoked certificates of members (X509 CRL), as PEM or DER; their serial numbers count.',
    },
    {
      name: 'peer-client-cert-file',
      field: 'peerClientCertFile',
      type: path,
      default: '',
      help: 'Certificate of this member when it calls others; default: --peer-cert-file.',
    },
    {
      name: 'peer-client-key-file',
      field: 'peerClientKeyFile',
      type: path,
      default: '',
      help: 'Key of that certificate.',
    },
    {
      name: 'peer-auto-tls',
      field: 'peerAutoTls',
      type: boolean,
      default: 'false',
      help: 'Makes a certificate for members, below the data directory, unless there is --peer-cert-file.',
    },
    {
      name: 'self-signed-cert-validity',
      field: 'selfSignedCertValidity',
      type: count({ max: 100, unit: 'years' }),
      default: '1',
      help: 'Years for which --auto-tls and --peer-auto-tls make certificates.',
    },
    {
      name: 'cipher-suites',
      field: 'cipherSuites',
      type: suites,
      default: '',
      help: "Cipher suites of TLS 1.2, by Go's names; those of TLS 1.3 are always on with that version.",
    },
    {
      name: 'tls-min-version',
      field: 'tlsMinVersion',
      type: version,
      default: 'TLS1.2',
      help: 'Oldest version of TLS that is served.',
    },
    {
      name: 'tls-max-version',
      field: 'tlsMaxVersion',
      type: version,
      default: '',
      help: 'Newest version of TLS that is served; default: no limit.',
    },
  ],
};
