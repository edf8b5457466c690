import { once } from 'node:events';
import { createServer } from 'node:net';

/** Below the ports that systems give to whoever asks for any, clients included. */
const firstPort = 10_000;
const portsCount = 10_000;
/** Node.js's `fetch`, as browsers do, refuses to talk to what the protocol of Amanda listens on. */
const refusedPort = 10_080;
/** Test files run in processes of their own, beside each other. */
let next = (process.pid * 37) % portsCount;

/**
 * Ports that are free now; all different. Nobody gets them by chance while the member that they are for is down, and
 * none is given twice in a row.
 */
export async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = [];
  for (let tries = 0; ports.length < count && tries < portsCount; tries++) {
    const port = firstPort + next;
    next = (next + 1) % portsCount;
    if (port !== refusedPort && (await isFree(port))) ports.push(port);
  }
  if (ports.length < count) throw new Error(`there are no ${count} free ports on this machine`);
  return ports;
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    await once(server.close(), 'close');
    return true;
  } catch {
    return false;
  }
}
