import type { GoFlag } from '../../base/go-flags.ts';

/** A flag of `consul agent`, and the key of a configuration file that it stands for. */
export interface AgentFlag extends GoFlag {
  /** `ports.http`; undefined: the flag is read by itself. A key of a list collects all values. */
  readonly key?: string;
  readonly isList?: true;
}

/** Accepted without an effect. */
const idleTexts = (
  'advertise-wan allow-write-http-from check_output_max_size default-query-time ' +
  'log-rotate-bytes log-rotate-duration log-rotate-max-files max-query-time primary-gateway ' +
  'protocol raft-protocol retry-interval retry-interval-wan retry-max retry-max-wan segment ' +
  'serf-lan-allowed-cidrs serf-lan-bind serf-lan-port serf-wan-allowed-cidrs serf-wan-bind ' +
  'serf-wan-port https-port grpc-tls-port ui-content-path ui-dir'
).split(' ');
const idleSwitches = (
  'auto-reload-config disable-host-node-id disable-keyring-file log-json non-voting-server ' +
  'read-replica rejoin syslog ui'
).split(' ');

/** All flags of `consul agent`. Those without a help are accepted, and their settings have no effect here. */
export const agentFlags: readonly AgentFlag[] = [
  { name: 'dev', kind: 'switch', help: 'A server for development: all data is in memory.' },
  { name: 'server', kind: 'switch', key: 'server', help: 'Runs a server; needed without -dev.' },
  {
    name: 'config-file',
    kind: 'text',
    help: 'A configuration file, .json or .hcl; can be given several times, later ones win.',
  },
  {
    name: 'config-dir',
    kind: 'text',
    help: 'A folder whose .json and .hcl files are read, in the order of their names.',
  },
  {
    name: 'config-format',
    kind: 'text',
    help: 'json or hcl: the format of configuration files, whatever they are called.',
  },
  { name: 'hcl', kind: 'text', help: 'Configuration as a text in HCL.' },
  { name: 'data-dir', kind: 'text', key: 'data_dir', help: 'Where the data is kept.' },
  { name: 'node', kind: 'text', key: 'node_name', help: 'Name of this node; else the host name.' },
  { name: 'node-id', kind: 'text', key: 'node_id', help: 'A UUID; else one made from the name.' },
  {
    name: 'node-meta',
    kind: 'text',
    key: 'node_meta',
    value: 'key:value',
    help: 'Metadata of this node; can be given several times.',
  },
  { name: 'datacenter', kind: 'text', key: 'datacenter', help: 'The datacenter; else dc1.' },
  {
    name: 'bind',
    kind: 'text',
    key: 'bind_addr',
    help: 'Address of the port for other servers; else 127.0.0.1 with -dev, 0.0.0.0 without.',
  },
  {
    name: 'advertise',
    kind: 'text',
    key: 'advertise_addr',
    help: 'The address at which others reach this node.',
  },
  {
    name: 'client',
    kind: 'text',
    key: 'client_addr',
    help: 'Addresses of HTTP and DNS, with spaces between; else 127.0.0.1.',
  },
  { name: 'http-port', kind: 'number', key: 'ports.http', help: 'Else 8500; -1: off.' },
  { name: 'dns-port', kind: 'number', key: 'ports.dns', help: 'Else 8600; -1: off.' },
  {
    name: 'grpc-port',
    kind: 'number',
    key: 'ports.grpc',
    help: "Where etcd's API is served; else 8502 with -dev, any free port of 127.0.0.1 without.",
  },
  { name: 'server-port', kind: 'number', key: 'ports.server', help: 'For other servers; 8300.' },
  { name: 'domain', kind: 'text', key: 'domain', help: 'The domain of DNS; else consul.' },
  { name: 'alt-domain', kind: 'text', key: 'alt_domain', help: 'A second domain of DNS.' },
  {
    name: 'recursor',
    kind: 'text',
    key: 'recursors',
    isList: true,
    help: 'A DNS server for all other names; can be given several times.',
  },
  { name: 'enable-script-checks', kind: 'switch', key: 'enable_script_checks' },
  { name: 'enable-local-script-checks', kind: 'switch', key: 'enable_local_script_checks' },
  { name: 'bootstrap', kind: 'switch', key: 'bootstrap' },
  { name: 'bootstrap-expect', kind: 'number', key: 'bootstrap_expect' },
  {
    name: 'log-level',
    kind: 'text',
    key: 'log_level',
    help: 'trace, debug, info, warn or error; else info.',
  },
  { name: 'log-file', kind: 'text', key: 'log_file', help: 'A file for the log, too.' },
  { name: 'pid-file', kind: 'text', key: 'pid_file', help: 'Where the process id is written.' },
  { name: 'encrypt', kind: 'text', key: 'encrypt' },
  { name: 'join', kind: 'text', key: 'start_join', isList: true },
  { name: 'join-wan', kind: 'text', key: 'start_join_wan', isList: true },
  { name: 'retry-join', kind: 'text', key: 'retry_join', isList: true },
  { name: 'retry-join-wan', kind: 'text', key: 'retry_join_wan', isList: true },
  ...idleTexts.map((name): AgentFlag => ({ name, kind: 'text' })),
  ...idleSwitches.map((name): AgentFlag => ({ name, kind: 'switch' })),
];
