import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { AddressInfo, Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentMetrics } from '../../src/base/metrics.ts';
import { systemClock } from '../../src/platform/index.ts';
import { createProber } from '../../src/probe/index.ts';
import type { ProberOptions } from '../../src/probe/index.ts';
import type { Probe, ProbeResult } from '../../src/registry/index.ts';

export const noTls = { serverName: '', skipVerify: false };
export const anyCertificate = { serverName: '', skipVerify: true };

/** Listens on a free port; closes at the end of the block, with all connections. */
export async function listening(
  server: Server,
  host = '127.0.0.1',
): Promise<AsyncDisposable & { readonly at: string; readonly port: number }> {
  const open = new Set<{ destroy(): unknown }>();
  server.on('connection', (socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
    socket.on('error', () => {});
  });
  server.listen(0, host);
  await once(server, 'listening');
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it listens on a port
  const { port } = server.address() as AddressInfo;
  return {
    port,
    at: `${host}:${port}`,
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of open) socket.destroy();
      await closed;
    },
  };
}

/** A port of this machine on which nothing listens. */
export async function deadPort(server: Server): Promise<number> {
  const { port, [Symbol.asyncDispose]: close } = await listening(server);
  await close();
  return port;
}

/** A fresh key and a certificate for `localhost`, signed by itself. */
export function ownCertificate(): { readonly key: Buffer; readonly cert: Buffer } {
  const folder = mkdtempSync(join(tmpdir(), 'probe-'));
  try {
    const [key, cert] = [join(folder, 'key'), join(folder, 'cert')];
    const kind = '-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30';
    const name = '-subj /CN=localhost -addext subjectAltName=DNS:localhost';
    const args = `req -x509 ${kind} ${name} -keyout ${key} -out ${cert}`;
    execFileSync('openssl', args.split(' '), { stdio: 'ignore' });
    return { key: readFileSync(key), cert: readFileSync(cert) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Runs one probe as a member with these options does. */
export function look(probe: Probe, options: Partial<ProberOptions> = {}): Promise<ProbeResult> {
  const { signal } = new AbortController();
  return proberOf(options)
    .run(probe, signal)
    .then((result) => result ?? { status: 'critical', output: 'aborted' });
}

export function proberOf(options: Partial<ProberOptions> = {}): ReturnType<typeof createProber> {
  return createProber({
    clock: systemClock(),
    metrics: silentMetrics,
    allow: [],
    deny: [],
    scripts: true,
    killGroup: (groupId) => {
      try {
        process.kill(-groupId, 'SIGKILL');
      } catch {
        // It is gone.
      }
    },
    ...options,
  });
}

export const limits = { timeoutMs: 5000, outputBytesMax: 4096 };

/** A time that is over soon, for targets that never answer. */
export const soon = { timeoutMs: 200, outputBytesMax: 4096 };

export function http(
  url: string,
  changed: Partial<Extract<Probe, { kind: 'http' }>> = {},
): Extract<Probe, { kind: 'http' }> {
  return {
    kind: 'http',
    url,
    method: '',
    headers: {},
    body: '',
    followRedirects: true,
    tls: noTls,
    ...limits,
    ...changed,
  };
}
