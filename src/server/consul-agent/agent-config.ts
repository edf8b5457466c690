import { hostname, networkInterfaces } from 'node:os';
import { isIP } from 'node:net';
import { join } from 'node:path';
import type { AgentProcess } from '../../base/agent-hooks.ts';
import { checkConfig, ConfigProblem, defaultConfig, hostAndPortOf } from '../config.ts';
import type { LogNotice, ServerConfig } from '../config.ts';
import { definitionsOf } from './definitions.ts';
import type { Definition } from './definitions.ts';
import { merged } from './configuration.ts';
import type { Source } from './configuration.ts';
import { AgentSettings } from './settings.ts';

/** `consul agent`, as its flags and files describe it. */
export interface AgentConfig {
  readonly server: ServerConfig;
  readonly notices: readonly LogNotice[];
  /** What the files register. */
  readonly definitions: readonly Definition[];
  readonly node: AgentProcess['node'];
  readonly pidFile: string | undefined;
  /** Where the ids of `definitions` are remembered; undefined: all data is in memory. */
  readonly definitionsFile: string | undefined;
  /** For the lines that are printed at the start; -1: off. */
  readonly ports: AgentPorts;
  readonly clientAddresses: readonly string[];
}

export interface AgentPorts {
  readonly http: number;
  readonly dns: number;
  readonly grpc: number;
  readonly server: number;
}

/** What the machine says about itself. */
export interface Machine {
  readonly hostname: string;
  /** Its IPv4 addresses that others can reach. */
  readonly addresses: readonly string[];
}

export function thisMachine(): Machine {
  const addresses = Object.values(networkInterfaces())
    .flatMap((one) => one ?? [])
    .filter(({ internal, family }) => !internal && family === 'IPv4')
    .map(({ address }) => address);
  return { hostname: hostname(), addresses };
}

/** Makes a configuration of `consul agent` that of a member; refuses what cannot be served as it is meant. */
export function agentConfigOf(
  sources: readonly Source[],
  isDev: boolean,
  machine: Machine = thisMachine(),
): AgentConfig {
  const settings = new AgentSettings(merged(sources));
  refuseWhatIsNotThere(settings, isDev);
  const dataDir = dataDirOf(settings, isDev);
  const name = settings.text('node_name') ?? machine.hostname;
  const ports: AgentPorts = {
    http: settings.port('http', 8500),
    dns: settings.port('dns', 8600),
    grpc: settings.port('grpc', isDev ? 8502 : -1),
    server: settings.port('server', 8300),
  };
  const bind = settings.addresses('bind_addr', isDev ? '127.0.0.1' : '0.0.0.0')[0] ?? '127.0.0.1';
  const address = settings.addresses('advertise_addr', advertised(bind, machine))[0] ?? bind;
  const clientAddresses = settings.addresses('client_addr', '127.0.0.1');
  const server: ServerConfig = {
    ...defaultConfig,
    name,
    dataDir: dataDir === undefined ? undefined : join(dataDir, 'rollcall'),
    datacenter: settings.text('datacenter')?.toLowerCase() ?? defaultConfig.datacenter,
    ...peerPort(ports.server, { name, bind, address }),
    ...clientPort(ports.grpc, clientAddresses, address),
    consulListen: listenAt(settings.httpAddresses(clientAddresses), ports.http),
    dnsListen: listenAt(settings.addresses('addresses.dns', clientAddresses.join(' ')), ports.dns),
    ...dnsSettings(settings),
    ...logSettings(settings),
    enableScriptChecks: settings.switch('enable_script_checks') === true,
  };
  checkConfig(server);
  return {
    server,
    notices: settings.notices(),
    definitions: definitionsOf(sources),
    node: {
      name,
      id: settings.uuid('node_id'),
      address,
      meta: settings.texts('node_meta'),
    },
    pidFile: settings.text('pid_file'),
    definitionsFile: dataDir === undefined ? undefined : join(dataDir, 'configured.json'),
    ports,
    clientAddresses,
  };
}

const tlsKeys = (
  'cert_file key_file ca_file ca_path verify_incoming verify_incoming_rpc verify_incoming_https verify_outgoing ' +
  'verify_server_hostname auto_encrypt.tls auto_encrypt.allow_tls auto_config.enabled tls.defaults tls.https tls.grpc ' +
  'tls.internal_rpc'
).split(' ');

function refuseWhatIsNotThere(settings: AgentSettings, isDev: boolean): void {
  if (!isDev && settings.switch('server') !== true) {
    throw new ConfigProblem(
      'Rollcall needs no agents: clients register through any member. Add -server to run a server, or -dev to try one',
    );
  }
  const joins = ['start_join', 'retry_join', 'start_join_wan', 'retry_join_wan'];
  const joining = joins.find((key) => settings.list(key).length > 0);
  if (joining !== undefined) {
    throw new ConfigProblem(
      `${joining}: this command runs a cluster of one, and servers do not find each other by gossip; ` +
        '"rollcall serve --initial-cluster" runs a member of a larger one',
    );
  }
  if ((settings.number('bootstrap_expect') ?? 1) > 1) {
    throw new ConfigProblem(
      'bootstrap_expect: this command runs a cluster of one; "rollcall serve --initial-cluster" runs a member of a ' +
        'larger one',
    );
  }
  const tls = settings.firstGiven(tlsKeys);
  if (tls !== undefined) {
    throw new ConfigProblem(
      `${tls} asks for TLS, which this command does not set up, and what should be encrypted is never served in plain ` +
        'text; run "rollcall serve --consul-listen https://HOST:8501 --cert-file FILE --key-file FILE", with ' +
        '"--trusted-ca-file FILE" instead of verify_incoming',
    );
  }
  const acl = settings.firstGiven(['acl.enabled', 'acl_datacenter']);
  if (acl !== undefined) {
    throw new ConfigProblem(
      `${acl} asks for access lists, which Rollcall does not have; what should be protected is never served to all. Leave ` +
        'it out, add users and roles ("rollcall user add root", "rollcall auth enable"), and give clients the token of ' +
        'a login as their token',
    );
  }
}

function dataDirOf(settings: AgentSettings, isDev: boolean): string | undefined {
  const dataDir = settings.text('data_dir');
  if (dataDir === undefined && !isDev) throw new ConfigProblem('data_dir cannot be empty');
  return isDev ? undefined : dataDir;
}

function advertised(bind: string, { addresses }: Machine): string {
  if (bind === '0.0.0.0') return addresses[0] ?? '127.0.0.1';
  return bind === '::' ? '::1' : bind;
}

function peerPort(
  port: number,
  { name, bind, address }: { name: string; bind: string; address: string },
): Partial<ServerConfig> {
  if (port === -1) throw new ConfigProblem('ports.server cannot be off');
  const peerUrl = `http://${bracketed(address)}:${port}`;
  return {
    listenPeerUrls: [`http://${bracketed(bind)}:${port}`],
    initialAdvertisePeerUrls: [peerUrl],
    initialCluster: [{ name, peerUrl }],
  };
}

/** etcd's API and all others, on one port. */
function clientPort(
  port: number,
  clientAddresses: readonly string[],
  address: string,
): Partial<ServerConfig> {
  if (port === -1) {
    const any = ['http://127.0.0.1:0'];
    return { listenClientUrls: any, advertiseClientUrls: any };
  }
  const listenClientUrls = clientAddresses.map((one) => `http://${bracketed(one)}:${port}`);
  const reached = clientAddresses.map((one) => (['0.0.0.0', '::'].includes(one) ? address : one));
  return {
    listenClientUrls,
    advertiseClientUrls: [...new Set(reached)].map((one) => `http://${bracketed(one)}:${port}`),
  };
}

function listenAt(addresses: readonly string[], port: number): readonly string[] {
  const sockets = addresses.filter((one) => one.startsWith('unix://'));
  const hosts = port === -1 ? [] : addresses.filter((one) => !sockets.includes(one));
  return [...hosts.map((one) => `${bracketed(one)}:${port}`), ...sockets];
}

function bracketed(address: string): string {
  return isIP(address) === 6 ? `[${address}]` : address;
}

function dnsSettings(settings: AgentSettings): Partial<ServerConfig> {
  const own = [settings.text('domain') ?? 'consul', settings.text('alt_domain') ?? ''];
  const ttls = Object.entries(settings.object('dns_config.service_ttl'));
  return {
    dnsDomains: own.filter((one) => one !== '').map((one) => one.replace(/\.$/, '').toLowerCase()),
    dnsRecursors: settings.list('recursors').map((given) => {
      const server = isIP(given) === 0 ? given : `${bracketed(given)}:53`;
      if (hostAndPortOf(server) === undefined) {
        throw new ConfigProblem(`recursors: "${given}" is no IP address`);
      }
      return server;
    }),
    dnsServiceTtl: ttls.map(([name, ttl]) => `${name}=${secondsOf('dns_config.service_ttl', ttl)}`),
    dnsNodeTtl: secondsOf('dns_config.node_ttl', settings.value('dns_config.node_ttl') ?? '0s'),
    dnsARecordLimit: settings.number('dns_config.a_record_limit') ?? 0,
    dnsUdpAnswerLimit: settings.number('dns_config.udp_answer_limit') ?? 0,
  };
}

function secondsOf(key: string, value: unknown): number {
  const ms = AgentSettings.durationMs(key, value);
  return Math.floor(ms / 1000);
}

const levels: Readonly<Record<string, ServerConfig['logLevel']>> = {
  trace: 'debug',
  debug: 'debug',
  info: 'info',
  warn: 'warn',
  warning: 'warn',
  err: 'error',
  error: 'error',
};

function logSettings(settings: AgentSettings): Pick<ServerConfig, 'logLevel' | 'logOutputs'> {
  const written = settings.text('log_level') ?? 'info';
  const logLevel = levels[written.toLowerCase()];
  if (logLevel === undefined) {
    throw new ConfigProblem(
      `Invalid log level: ${written}. Valid log levels are: [TRACE DEBUG INFO WARN ERROR]`,
    );
  }
  const file = settings.text('log_file');
  const path = file?.endsWith('/') === true ? join(file, 'consul.log') : file;
  return { logLevel, logOutputs: path === undefined ? ['stdout'] : ['stdout', path] };
}
