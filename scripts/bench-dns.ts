/**
 * How many DNS answers a member gives in a second: 50 services of 20 instances, asked over UDP by one client with a fixed
 * number of open queries; each kind of question in rounds, in turn with others to compare with.
 *
 *   npm run bench:dns -- [--seconds 3] [--rounds 3] [--open 100] [--consul PROGRAM] [--also ADDRESS:PORT]
 *
 * `--consul` starts a Consul with the same services; `--also` asks a server that is there and has the same names.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { parseArgs } from 'node:util';
import { Rollcall } from '../src/client/index.ts';
import { cpuSeconds, rollcall, startCluster, stopCluster } from './lib/bench-cluster.ts';
import { freePorts } from './lib/free-ports.ts';

const { values: options } = parseArgs({
  options: {
    seconds: { type: 'string', default: '3' },
    rounds: { type: 'string', default: '3' },
    open: { type: 'string', default: '100' },
    consul: { type: 'string' },
    also: { type: 'string' },
  },
});

const services = 50;
const instances = 20;
const host = '127.0.0.1';

interface Server {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly processes: readonly ChildProcess[];
  readonly stop?: () => void;
}

const kinds: readonly (readonly [what: string, type: number, name: (at: number) => string])[] = [
  [`A of ${instances} instances`, 1, (at) => `svc${at}.service.consul`],
  [`SRV of ${instances} instances`, 33, (at) => `svc${at}.service.consul`],
  ['a name that does not exist', 1, (at) => `none${at}.service.consul`],
];

const servers: Server[] = [];
try {
  servers.push(await startRollcall());
  if (options.consul !== undefined) servers.push(await startConsul(options.consul));
  if (options.also !== undefined) {
    const [address = host, port] = options.also.split(':');
    servers.push({ name: options.also, host: address, port: Number(port), processes: [] });
  }
  for (const [what, type, name] of kinds) {
    for (let round = 0; round < Number(options.rounds); round++) {
      for (const server of servers) {
        const queries = Array.from({ length: services }, (_, at) => queryOf(name(at), type));
        console.log(`${what}, ${server.name}: ${await measured(server, queries)}`);
      }
    }
  }
} finally {
  for (const { stop } of servers) stop?.();
}

async function startRollcall(): Promise<Server> {
  const [port = 0] = await freePorts(1);
  const cluster = await startCluster('dns', [...rollcall, `--dns-listen=${host}:${port}`], 1);
  const server = {
    name: 'Rollcall',
    host,
    port,
    processes: cluster.processes,
    stop: () => stopCluster(cluster),
  };
  await using client = new Rollcall({ endpoints: [...cluster.endpoints] });
  for (let service = 0; service < services; service++) {
    for (let at = 0; at < instances; at++) {
      await client.put(`/services/svc${service}/i${at}`, `10.0.${service}.${at}:80`);
    }
  }
  return server;
}

async function startConsul(program: string): Promise<Server> {
  const [http = 0, port = 0, grpc = 0, lan = 0, wan = 0, rpc = 0] = await freePorts(6);
  const ports = [
    `-http-port=${http}`,
    `-dns-port=${port}`,
    `-grpc-port=${grpc}`,
    `-serf-lan-port=${lan}`,
    `-serf-wan-port=${wan}`,
    `-server-port=${rpc}`,
  ];
  const process = spawn(program, ['agent', '-dev', `-bind=${host}`, '-node=n1', ...ports], {
    stdio: 'ignore',
  });
  const url = `http://${host}:${http}/v1`;
  for (let attempt = 0; attempt < 300; attempt++) {
    const leader = await fetch(`${url}/status/leader`).catch(() => undefined);
    if (leader !== undefined && (await leader.text()).length > 2) break;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  for (let service = 0; service < services; service++) {
    for (let at = 0; at < instances; at++) {
      const id = `svc${service}-${at}`;
      const address = `10.0.${service}.${at}`;
      const body = JSON.stringify({ ID: id, Name: `svc${service}`, Address: address, Port: 80 });
      await fetch(`${url}/agent/service/register`, { method: 'PUT', body });
    }
  }
  return { name: 'Consul', host, port, processes: [process], stop: () => process.kill('SIGKILL') };
}

/** Sends the next query for each answer, and a lost one again after a while. */
async function measured(server: Server, queries: readonly Buffer[]): Promise<string> {
  const socket = createSocket('udp4');
  let answers = 0;
  let sent = 0;
  let isOver = false;
  const send = (): void => {
    const query = queries[sent++ % queries.length];
    if (query !== undefined && !isOver) socket.send(query, server.port, server.host);
  };
  socket.on('message', () => {
    answers++;
    send();
  });
  const cpuBefore = cpuSeconds(server.processes);
  const began = performance.now();
  for (let open = 0; open < Number(options.open); open++) send();
  let before = -1;
  const lost = setInterval(() => {
    // All were lost, or the server is that slow.
    if (answers === before) for (let open = 0; open < Number(options.open); open++) send();
    before = answers;
  }, 200);
  await new Promise((resolve) => setTimeout(resolve, Number(options.seconds) * 1000));
  isOver = true;
  clearInterval(lost);
  const seconds = (performance.now() - began) / 1000;
  const cpu = cpuSeconds(server.processes) - cpuBefore;
  socket.close();
  const each =
    server.processes.length === 0 ? '' : `, ${micro(cpu / answers)} µs of processor each`;
  return `${Math.round(answers / seconds)} answers/s${each}`;
}

function micro(seconds: number): string {
  return (seconds * 1e6).toFixed(0);
}

/** With an OPT record of 4,096 bytes. */
function queryOf(name: string, type: number): Buffer {
  const labels = name
    .split('.')
    .map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)]));
  return Buffer.concat([
    Buffer.from([0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 1]),
    ...labels,
    Buffer.from([0, 0, type, 0, 1]),
    Buffer.from([0, 0, 41, 16, 0, 0, 0, 0, 0, 0, 0]),
  ]);
}
