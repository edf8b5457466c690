/**
 * Measures the cost of health checks: members in this process run checks at 10 s against a server in a process of its own. Prints
 * processor time and the delay of the event loop, without and with the checks. The share of one of three members in 10,000
 * checks is
 *
 *     npx tsx scripts/bench-checks.ts 3300 http 1
 *
 * Arguments: checks, kind (`http`, `tcp` or `grpc`), members. Several members in one process share its event loop.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http2';
import { createServer as createHttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { Rollcall } from '../src/client/index.ts';
import { startServer } from '../src/server/index.ts';
import type { EmbeddedMember } from '../src/server/index.ts';
import { freePorts } from '../test/ports.ts';

const measuredMs = 30_000;
const settleMs = 15_000;
const batchSize = 50;
const triesMax = 20;

/** Answers HTTP checks, and gRPC's with `SERVING`. */
async function serveTargets(): Promise<void> {
  const http = createHttpServer((_, response) => void response.end('well')).listen(0, '127.0.0.1');
  const grpc = createServer();
  grpc.on('stream', (stream) => {
    stream.resume();
    stream.respond(
      { ':status': 200, 'content-type': 'application/grpc' },
      { waitForTrailers: true },
    );
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
    stream.end(Buffer.from([0, 0, 0, 0, 2, 8, 1]));
  });
  grpc.listen(0, '127.0.0.1');
  await Promise.all([once(http, 'listening'), once(grpc, 'listening')]);
  process.send?.({ http: portOf(http.address()), grpc: portOf(grpc.address()) });
}

function portOf(address: AddressInfo | string | null): number {
  return typeof address === 'object' ? (address?.port ?? 0) : 0;
}

async function startCluster(size: number): Promise<readonly EmbeddedMember[]> {
  const urls = (await freePorts(size)).map((port) => `http://127.0.0.1:${port}`);
  const initialCluster = urls.map((peerUrl, at) => ({ name: `m${at}`, peerUrl }));
  const members = await Promise.all(
    urls.map((url, at) =>
      startServer({
        name: `m${at}`,
        listenPeerUrls: [url],
        initialAdvertisePeerUrls: [url],
        initialCluster,
      }),
    ),
  );
  await Promise.all(members.map(({ ready }) => ready));
  return members;
}

function ms(nanoseconds: number): string {
  return `${(nanoseconds / 1e6).toFixed(1)} ms`;
}

async function measure(what: string, size: number): Promise<void> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const before = process.cpuUsage();
  const beganMs = performance.now();
  await sleep(measuredMs);
  const { user, system } = process.cpuUsage(before);
  delay.disable();
  const share = (user + system) / 1000 / (performance.now() - beganMs);
  console.log(
    `${what}: ${((share * 100) / size).toFixed(1)} % of a core per member; event loop: ` +
      `p50 ${ms(delay.percentile(50))}, p99 ${ms(delay.percentile(99))}, max ${ms(delay.max)}; ` +
      `${Math.round(process.memoryUsage().rss / 2 ** 20)} MiB`,
  );
}

async function register(
  endpoints: readonly string[],
  count: number,
  definition: Record<string, string>,
): Promise<void> {
  await using client = new Rollcall({ endpoints: [...endpoints] });
  const value = JSON.stringify({ definition });
  const put = async (key: string, text: string): Promise<void> => {
    for (let tries = 1; ; tries++) {
      try {
        await client.put(key, text);
        return;
      } catch (error) {
        // A busy machine.
        if (tries === triesMax) throw error;
      }
    }
  };
  for (let from = 0; from < count; from += batchSize) {
    const numbers = Array.from({ length: Math.min(batchSize, count - from) }, (_, at) => from + at);
    await Promise.all(
      numbers.flatMap((number) => {
        const name = `s${number % 500}/i${number}`;
        return [put(`/services/${name}`, '10.0.0.1:80'), put(`/checks/${name}/c`, value)];
      }),
    );
  }
}

async function bench(): Promise<void> {
  const [count = '3300', kind = 'http', size = '1'] = process.argv.slice(2);
  const members = await startCluster(Number(size));
  const targets = fork(import.meta.filename, ['targets'], { execArgv: process.execArgv });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as serveTargets sends it
  const [ports] = (await once(targets, 'message')) as [{ http: number; grpc: number }];
  try {
    await measure('without checks', members.length);
    const at = kind === 'grpc' ? `127.0.0.1:${ports.grpc}` : `127.0.0.1:${ports.http}`;
    const definitions: Record<string, Record<string, string>> = {
      http: { HTTP: `http://${at}/health` },
      tcp: { TCP: at },
      grpc: { GRPC: at },
    };
    const endpoints = members[0]?.clientUrls ?? [];
    await register(endpoints, Number(count), { ...definitions[kind], Interval: '10s' });
    await sleep(settleMs);
    await measure(`${count} ${kind} checks at 10 s`, members.length);
    const metrics = await (await fetch(`${endpoints[0]}/metrics`)).text();
    console.log(metrics.match(/^rollcall_(check|probe).*$/gm)?.join('\n'));
  } finally {
    targets.kill();
    await Promise.all(members.map((member) => member.stop()));
  }
}

if (process.argv[2] === 'targets') await serveTargets();
else await bench();
