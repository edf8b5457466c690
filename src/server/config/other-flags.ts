import type { FlagGroup, OtherFlag } from './flag.ts';
import { boolean, choice, count, duration, path, text } from './values.ts';
import type { ValueType } from './values.ts';

/** The flags that do not become settings, in the order of the help. */
export const otherGroups: readonly FlagGroup[] = [
  {
    title: 'Command line',
    flags: [
      other(
        'command',
        path,
        'config-file',
        '',
        'YAML file with these flags as keys. All other flags and variables are then ignored.',
      ),
      other('command', boolean, 'version', 'false', 'Prints versions and exits.'),
      other('command', boolean, 'help', 'false', 'Prints this and exits.'),
    ],
  },
  {
    title: 'Discovery (not supported: name the members in --initial-cluster)',
    flags: [
      other('discovery', text, 'discovery', '', "URL of etcd 2's discovery service."),
      other('discovery', text, 'discovery-token', '', 'Token of the cluster there.'),
      other(
        'discovery',
        text,
        'discovery-endpoints',
        '',
        'Endpoints of an etcd cluster used for discovery.',
      ),
      other(
        'discovery',
        text,
        'discovery-srv',
        '',
        'DNS domain whose SRV records name the members.',
      ),
      other('discovery', text, 'discovery-srv-name', '', 'Suffix of the name of those records.'),
    ],
  },
  {
    title: 'Accepted without effect (so that start scripts for etcd work; experimental-… too)',
    flags: [
      ...withoutEffect(text, {
        'discovery-proxy': ['', 'HTTP proxy for discovery.'],
        'discovery-cert': ['', 'Certificate for discovery.'],
        'discovery-key': ['', 'Key for discovery.'],
        'discovery-cacert': ['', 'Authority for discovery.'],
        'discovery-user': ['', 'User for discovery.'],
        'discovery-password': ['', 'Password for discovery.'],
        'discovery-fallback': ['exit', 'Behaviour when discovery fails.'],
        'distributed-tracing-address': ['localhost:4317', 'Where traces are sent.'],
        'distributed-tracing-instance-id': ['', 'Name of this member in traces.'],
        'distributed-tracing-service-name': ['etcd', 'Name of the cluster in traces.'],
        'log-rotation-config-json': ['', 'Rotation of log files.'],
        'log-package-levels': ['', 'Log levels for parts of etcd 3.4.'],
        'experimental-enable-v2v3': [
          '',
          "Key prefix under which etcd 3.5 served version 2's data.",
        ],
        'backend-bbolt-freelist-type': ['map', "Type of etcd's list of free pages."],
      }),
      ...withoutEffect(path, {
        'wal-dir': ['', 'Directory of the log; here it is in the data directory.'],
      }),
      ...withoutEffect(
        choice({
          'not-yet': 'not-yet',
          'write-only': 'write-only',
          'write-only-drop-data': 'write-only-drop-data',
          gone: 'gone',
        }),
        { 'v2-deprecation': ['write-only', 'Treatment of etcd 2 data.'] },
      ),
      ...withoutEffect(choice({ off: 'off', readonly: 'readonly', on: 'on' }), {
        proxy: ['off', 'Proxy mode of etcd 2.'],
      }),
      ...withoutEffect(choice({ zap: 'zap', capnslog: 'capnslog' }), {
        logger: ['zap', "Kind of logger; there is one, with etcd's fields."],
      }),
      ...withoutEffect(choice({ json: 'json', console: 'console' }), {
        'log-format': ['json', 'Format of log lines; ours are JSON.'],
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
          'Checkpoints remaining lease times; always on here.',
        ],
        'experimental-enable-lease-checkpoint-persist': [
          'false',
          'Persists those checkpoints; always on here.',
        ],
        'experimental-stop-grpc-service-on-defrag': [
          'false',
          'Stops serving during defragmentation.',
        ],
        'experimental-txn-mode-write-with-shared-buffer': [
          'true',
          "Kind of read buffer in etcd's transactions.",
        ],
        'memory-mlock': ['false', 'Keeps the data out of swap space.'],
        'socket-reuse-address': ['false', 'SO_REUSEADDR; Node.js sets it.'],
        'socket-reuse-port': ['false', 'SO_REUSEPORT.'],
      }),
      ...withoutEffect(count(), {
        'backend-batch-limit': ['0', 'Operations that etcd batches for a commit.'],
        'bootstrap-defrag-threshold-megabytes': [
          '0',
          'Defragments at the start; there is nothing to defragment.',
        ],
        'distributed-tracing-sampling-rate': ['0', 'Traces per million calls.'],
        'max-snapshots': ['5', 'Snapshot files to keep; there is one state.'],
        'max-wals': ['5', 'Log files to keep; the log is truncated automatically.'],
        'proxy-dial-timeout': ['1000', 'Of the proxy of etcd 2.'],
        'proxy-failure-wait': ['5000', 'Of the proxy of etcd 2.'],
        'proxy-read-timeout': ['0', 'Of the proxy of etcd 2.'],
        'proxy-refresh-interval': ['30000', 'Of the proxy of etcd 2.'],
        'proxy-write-timeout': ['5000', 'Of the proxy of etcd 2.'],
      }),
      ...withoutEffect(duration(), {
        'backend-batch-interval': ['0', 'Time that etcd batches for a commit.'],
        'compaction-sleep-interval': ['0', 'Pause between two steps of a compaction.'],
        'discovery-dial-timeout': ['2s', 'Of discovery.'],
        'discovery-keepalive-time': ['2s', 'Of discovery.'],
        'discovery-keepalive-timeout': ['6s', 'Of discovery.'],
        'discovery-request-timeout': ['5s', 'Of discovery.'],
        'downgrade-check-time': ['5s', 'How often the progress of a downgrade is checked.'],
        'experimental-wait-cluster-ready-timeout': [
          '5s',
          'How long etcd 3.6 waits for a leader at its start.',
        ],
        'raft-read-timeout': ['5s', 'Time limit of reads from a member.'],
        'raft-write-timeout': ['5s', 'Time limit of writes to a member.'],
        'warning-apply-duration': ['100ms', 'Time of applying a write that is worth a warning.'],
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

/** By name: the default, and its purpose in etcd. */
function withoutEffect(
  type: ValueType<unknown>,
  flags: Readonly<Record<string, readonly [byDefault: string, help: string]>>,
): OtherFlag[] {
  return Object.entries(flags).map(([name, [byDefault, help]]) =>
    other('none', type, name, byDefault, help),
  );
}
