import type { FlagGroup, OtherFlag } from './flag.ts';
import { boolean, choice, count, duration, path, text, words, wordsOf } from './values.ts';
import type { ValueType } from './values.ts';

/** By the names that Go has for them. */
const cipherSuites = [
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  ...['ECDSA', 'RSA'].flatMap((key) =>
    ['AES_128_CBC_SHA', 'AES_256_CBC_SHA', 'AES_128_GCM_SHA256', 'AES_256_GCM_SHA384'].map(
      (rest) => `TLS_ECDHE_${key}_WITH_${rest}`,
    ),
  ),
  'TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256',
  'TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256',
  'TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305',
  'TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305',
];

const authToken: ValueType<string> = {
  expects: 'simple, or jwt with its options',
  placeholder: 'TEXT',
  parse: (given) => (/^(?:|simple|jwt)(?:,|$)/.test(given) ? given : undefined),
};

/** The flags that become no setting, in the order of the help. */
export const otherGroups: readonly FlagGroup[] = [
  {
    title: 'Command line',
    flags: [
      other(
        'command',
        path,
        'config-file',
        '',
        'YAML file with these same names as keys. What else is said is ignored then.',
      ),
      other('command', boolean, 'version', 'false', 'Prints versions and ends.'),
      other('command', boolean, 'help', 'false', 'Prints this and ends.'),
    ],
  },
  {
    title:
      'Encryption (comes in a later release: asking for it is refused, never left out in silence)',
    flags: [
      other('tls', path, 'cert-file', '', 'Certificate shown to clients.'),
      other('tls', path, 'key-file', '', 'Key of that certificate.'),
      other('tls', path, 'trusted-ca-file', '', 'Authorities that clients are checked against.'),
      other('tls', boolean, 'client-cert-auth', 'false', 'Demands a certificate of clients.'),
      other('tls', boolean, 'auto-tls', 'false', 'Makes the certificate for clients itself.'),
      other('tls', path, 'client-cert-file', '', 'Certificate shown when this member is a client.'),
      other('tls', path, 'client-key-file', '', 'Key of that certificate.'),
      other('tls', path, 'client-crl-file', '', 'Certificates of clients that are no longer good.'),
      other(
        'tls',
        words,
        'client-cert-allowed-hostname',
        '',
        'Names of which one has to be in the certificate of a client.',
      ),
      other('tls', path, 'peer-cert-file', '', 'Certificate shown to other members.'),
      other('tls', path, 'peer-key-file', '', 'Key of that certificate.'),
      other(
        'tls',
        path,
        'peer-trusted-ca-file',
        '',
        'Authorities that members are checked against.',
      ),
      other('tls', boolean, 'peer-client-cert-auth', 'false', 'Demands a certificate of members.'),
      other('tls', boolean, 'peer-auto-tls', 'false', 'Makes the certificate for members itself.'),
      other(
        'tls',
        path,
        'peer-client-cert-file',
        '',
        'Certificate shown when calling other members.',
      ),
      other('tls', path, 'peer-client-key-file', '', 'Key of that certificate.'),
      other('tls', path, 'peer-crl-file', '', 'Certificates of members that are no longer good.'),
      other(
        'tls',
        words,
        'peer-cert-allowed-cn',
        '',
        'Common names of which members have to show one.',
      ),
      other(
        'tls',
        words,
        'peer-cert-allowed-hostname',
        '',
        'Names of which one has to be in the certificate of a member.',
      ),
    ],
  },
  {
    title: 'Discovery (not served: name the members in --initial-cluster)',
    flags: [
      other(
        'discovery',
        text,
        'discovery',
        '',
        'Where members find each other, in the way of etcd 2.',
      ),
      other('discovery', text, 'discovery-token', '', 'What the cluster is called there.'),
      other(
        'discovery',
        text,
        'discovery-endpoints',
        '',
        'An etcd cluster through which members find each other.',
      ),
      other(
        'discovery',
        text,
        'discovery-srv',
        '',
        'DNS domain whose SRV records name the members.',
      ),
      other(
        'discovery',
        text,
        'discovery-srv-name',
        '',
        'What is appended to the name of those records.',
      ),
    ],
  },
  {
    title: 'Accepted without effect (so that what was written for etcd starts; experimental-… too)',
    flags: [
      ...withoutEffect(text, {
        'discovery-proxy': ['', 'Proxy on the way to discovery.'],
        'discovery-cert': ['', 'Certificate for discovery.'],
        'discovery-key': ['', 'Key for discovery.'],
        'discovery-cacert': ['', 'Authority for discovery.'],
        'discovery-user': ['', 'User for discovery.'],
        'discovery-password': ['', 'Password for discovery.'],
        'discovery-fallback': ['exit', 'What follows when discovery fails.'],
        'distributed-tracing-address': ['localhost:4317', 'Where traces are sent.'],
        'distributed-tracing-instance-id': ['', 'What this member is called in traces.'],
        'distributed-tracing-service-name': ['etcd', 'What the cluster is called in traces.'],
        'log-rotation-config-json': ['', 'How log files are rotated.'],
        'log-package-levels': ['', 'Log levels for parts of etcd 3.4.'],
        'experimental-enable-v2v3': [
          '',
          "Key prefix under which etcd 3.5 served version 2's data.",
        ],
        'backend-bbolt-freelist-type': ['map', "How etcd's storage remembers free pages."],
      }),
      ...withoutEffect(path, {
        'wal-dir': ['', 'A directory for the log alone; here it is in the data directory.'],
      }),
      ...withoutEffect(authToken, {
        'auth-token': ['simple', 'Kind of the tokens of users.'],
      }),
      ...withoutEffect(choice({ '': '', 'TLS1.2': 'TLS1.2', 'TLS1.3': 'TLS1.3' }), {
        'tls-min-version': ['TLS1.2', 'Oldest TLS that is spoken.'],
        'tls-max-version': ['', 'Newest TLS that is spoken.'],
      }),
      ...withoutEffect(
        choice({
          'not-yet': 'not-yet',
          'write-only': 'write-only',
          'write-only-drop-data': 'write-only-drop-data',
          gone: 'gone',
        }),
        { 'v2-deprecation': ['write-only', 'What becomes of data of etcd 2.'] },
      ),
      ...withoutEffect(choice({ off: 'off', readonly: 'readonly', on: 'on' }), {
        proxy: ['off', 'Proxy mode of etcd 2.'],
      }),
      ...withoutEffect(wordsOf(cipherSuites), {
        'cipher-suites': ['', 'Ciphers that TLS may use.'],
      }),
      ...withoutEffect(choice({ zap: 'zap', capnslog: 'capnslog' }), {
        logger: ['zap', "Which logger; there is one, with the fields of etcd's."],
      }),
      ...withoutEffect(choice({ json: 'json', console: 'console' }), {
        'log-format': ['json', 'Form of a log line; ours are JSON.'],
      }),
      ...withoutEffect(boolean, {
        debug: ['false', 'Debug logs of etcd 3.4.'],
        'discovery-insecure-transport': ['true', 'Discovery without TLS.'],
        'discovery-insecure-skip-tls-verify': ['false', 'Discovery with any certificate.'],
        'enable-distributed-tracing': ['false', 'Sends traces.'],
        'enable-log-rotation': ['false', 'Rotates log files.'],
        'enable-pprof': ['false', "Profiles of Go's runtime."],
        'enable-v2': ['false', 'The API of etcd 2.'],
        'experimental-enable-lease-checkpoint': [
          'false',
          'Records remaining lease times; always on here.',
        ],
        'experimental-enable-lease-checkpoint-persist': [
          'false',
          'Keeps those records; always on here.',
        ],
        'experimental-stop-grpc-service-on-defrag': [
          'false',
          'Serves nobody during defragmentation.',
        ],
        'experimental-txn-mode-write-with-shared-buffer': [
          'true',
          "A way of etcd's storage to read in a transaction.",
        ],
        'memory-mlock': ['false', 'Keeps the data out of the swap space.'],
        'peer-skip-client-san-verification': [
          'false',
          'Less checking of the certificates of members.',
        ],
        'socket-reuse-address': ['false', 'SO_REUSEADDR; Node.js sets it.'],
        'socket-reuse-port': ['false', 'SO_REUSEPORT.'],
      }),
      ...withoutEffect(count(), {
        'auth-token-ttl': ['300', 'Seconds that the token of a user is good for.'],
        'backend-batch-limit': ['0', "Operations that etcd's storage gathers for a commit."],
        'bcrypt-cost': ['10', 'How costly it is to guess passwords.'],
        'bootstrap-defrag-threshold-megabytes': [
          '0',
          'Defragments at the start; there is nothing to defragment.',
        ],
        'distributed-tracing-sampling-rate': ['0', 'Traces per million calls.'],
        'max-snapshots': ['5', 'Snapshot files to keep; there is one state.'],
        'max-wals': ['5', 'Log files to keep; the log is shortened by itself.'],
        'proxy-dial-timeout': ['1000', 'Of the proxy of etcd 2.'],
        'proxy-failure-wait': ['5000', 'Of the proxy of etcd 2.'],
        'proxy-read-timeout': ['0', 'Of the proxy of etcd 2.'],
        'proxy-refresh-interval': ['30000', 'Of the proxy of etcd 2.'],
        'proxy-write-timeout': ['5000', 'Of the proxy of etcd 2.'],
        'self-signed-cert-validity': [
          '1',
          'Years that certificates made by a member are good for.',
        ],
      }),
      ...withoutEffect(duration(), {
        'backend-batch-interval': ['0', "Time that etcd's storage gathers for a commit."],
        'compaction-sleep-interval': ['0', 'Pause between two steps of a compaction.'],
        'discovery-dial-timeout': ['2s', 'Of discovery.'],
        'discovery-keepalive-time': ['2s', 'Of discovery.'],
        'discovery-keepalive-timeout': ['6s', 'Of discovery.'],
        'discovery-request-timeout': ['5s', 'Of discovery.'],
        'downgrade-check-time': ['5s', 'How often the progress of a downgrade is looked at.'],
        'experimental-wait-cluster-ready-timeout': [
          '5s',
          'How long a start of etcd 3.6 waited for a leader.',
        ],
        'raft-read-timeout': ['5s', 'When to give up reading from a member.'],
        'raft-write-timeout': ['5s', 'When to give up writing to a member.'],
        'warning-apply-duration': ['100ms', 'When applying a write is slow enough for a warning.'],
      }),
    ],
  },
];

function other(
  effect: OtherFlag['effect'],
  type: ValueType<unknown>,
  name: string,
  byDefault: string,
  help: string,
): OtherFlag {
  return { name, type, default: byDefault, help, effect };
}

/** By name: the default, and what it is in etcd. */
function withoutEffect(
  type: ValueType<unknown>,
  flags: Readonly<Record<string, readonly [byDefault: string, help: string]>>,
): OtherFlag[] {
  return Object.entries(flags).map(([name, [byDefault, help]]) =>
    other('none', type, name, byDefault, help),
  );
}
