import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { consulVersion } from '../../base/consul-version.ts';
import { RegistryError } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';
import { ownVersion } from '../config.ts';
import { printLine } from '../print.ts';
import { serve } from '../serve.ts';
import type { RunningMember } from '../start.ts';
import type { AgentConfig } from './agent-config.ts';
import { putTo, Registrations } from './registrations.ts';

/** Runs a member as `consul agent` does, until a signal or a call of `agent/leave` ends it; returns the exit code. */
export async function runAgent(config: AgentConfig, readAgain: () => AgentConfig): Promise<number> {
  const { pidFile, definitionsFile } = config;
  try {
    if (definitionsFile !== undefined) mkdirSync(dirname(definitionsFile), { recursive: true });
    if (pidFile !== undefined) writeFileSync(pidFile, String(process.pid));
  } catch (error) {
    printLine('stderr', `==> ${textOf(error)}`);
    return 1;
  }
  printLine('stdout', banner(config));
  try {
    return await new Agent(config, readAgain).run();
  } finally {
    if (pidFile !== undefined) rmSync(pidFile, { force: true });
  }
}

class Agent {
  readonly #config: AgentConfig;
  readonly #readAgain: () => AgentConfig;
  #logger: Logger | undefined;
  #registrations: Registrations | undefined;
  /** One after the other; the start is the first. */
  #applied: Promise<void> = Promise.resolve();
  #leave: () => void = () => {};

  constructor(config: AgentConfig, readAgain: () => AgentConfig) {
    this.#config = config;
    this.#readAgain = readAgain;
  }

  async run(): Promise<number> {
    process.on('SIGHUP', () => {
      this.#reload().catch((error: unknown) => {
        this.#logger?.error('the configuration could not be read again', { error: textOf(error) });
      });
    });
    const left = new Promise<void>((resolve) => {
      this.#leave = resolve;
    });
    const { server, notices } = this.#config;
    return await serve(server, notices, {
      onStart: (member, logger) => this.#start(member, logger),
      agent: { node: this.#config.node, reload: () => this.#reload(), leave: () => this.#leave() },
      left,
    });
  }

  #start(member: RunningMember, logger: Logger): void {
    this.#logger = logger;
    const { definitions, definitionsFile } = this.#config;
    const register = async (): Promise<void> => {
      const put = putTo(member.clientUrls[0] ?? '');
      this.#registrations = new Registrations(put, definitionsFile);
      await member.ready;
      await this.#registrations.apply(definitions);
      logger.info('Consul agent running!', { consulUrls: member.consulUrls });
    };
    this.#applied = register().catch((error: unknown) => {
      logger.error('the configuration could not be registered', { error: textOf(error) });
    });
  }

  /** Reads the files again and registers what they say now. All other settings stay as they are. */
  #reload(): Promise<void> {
    const apply = async (): Promise<void> => {
      try {
        const { definitions } = this.#readAgain();
        await this.#registrations?.apply(definitions);
        this.#logger?.info('read the configuration again', { definitions: definitions.length });
      } catch (error) {
        // It is told to the client that asked for it.
        throw new RegistryError('invalid-request', `reload failed: ${textOf(error)}`, {
          cause: error,
        });
      }
    };
    const done = this.#applied.then(apply);
    this.#applied = done.catch(() => {});
    return done;
  }
}

function banner({ server, node, ports, clientAddresses }: AgentConfig): string {
  const { http, dns, grpc } = ports;
  return [
    '==> Starting Consul agent...',
    `              Version: '${consulVersion}' (Rollcall ${ownVersion()})`,
    ...(node.id === undefined ? [] : [`              Node ID: '${node.id}'`]),
    `            Node name: '${node.name}'`,
    `           Datacenter: '${server.datacenter}' (Segment: '<all>')`,
    '               Server: true (Bootstrap: true)',
    `          Client Addr: [${clientAddresses.join(' ')}] (HTTP: ${http}, HTTPS: -1, gRPC: ${grpc}, DNS: ${dns})`,
    `         Cluster Addr: ${node.address} (Server: ${ports.server})`,
    '',
    '==> Log data will now stream in as it occurs:',
    '',
  ].join('\n');
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
