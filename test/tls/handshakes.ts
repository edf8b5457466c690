/** A server that makes handshakes and echoes, for tests. */
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect as connectPlain, createServer } from 'node:net';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import type { ConnectionOptions, TLSSocket } from 'node:tls';
import { onTestFinished } from 'vitest';
import { createPrometheusMetrics } from '../../src/platform/index.ts';
import type { PrometheusMetrics } from '../../src/platform/index.ts';
import { createSecureServer, openTls } from '../../src/tls/index.ts';
import type {
  Resolver,
  SecureServer,
  SecureServerOptions,
  TlsMaterial,
  TlsOutside,
  TlsSide,
} from '../../src/tls/index.ts';
import { ManualClock } from './manual-clock.ts';

export const noSide: TlsSide = {
  name: 'client',
  certFile: '',
  keyFile: '',
  clientCertFile: '',
  clientKeyFile: '',
  trustedCaFile: '',
  clientCertAuth: false,
  crlFile: '',
  allowedCommonNames: [],
  allowedHostnames: [],
  checksAddresses: false,
  cipherSuites: [],
  minVersion: 'TLS1.2',
  maxVersion: '',
  isSelfSigned: false,
};

export interface Line {
  readonly level: string;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** The parts around a side: a clock, a log that is kept, metrics. */
export interface Around extends TlsOutside {
  readonly clock: ManualClock;
  readonly metrics: PrometheusMetrics;
  readonly lines: readonly Line[];
  /** Waits for a line whose text has all of this. */
  readonly logged: (...texts: string[]) => Promise<Line>;
}

export function outside(): Around {
  const clock = new ManualClock();
  const lines: Line[] = [];
  const changes = new EventTarget();
  const write =
    (level: string) =>
    (message: string, fields: Line['fields'] = {}): void => {
      lines.push({ level, message, fields });
      changes.dispatchEvent(new Event('line'));
    };
  const logger = {
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
  };
  const metrics = createPrometheusMetrics();
  const logged = async (...texts: string[]): Promise<Line> => {
    for (;;) {
      const found = lines.find((line) =>
        texts.every((text) => JSON.stringify(line).includes(text)),
      );
      if (found !== undefined) return found;
      await once(changes, 'line');
    }
  };
  return { clock, lines, logged, logger, metrics, wallTimeMs: () => Date.now() };
}

export function tempFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-tls-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const noResolver: Resolver = {
  reverse: () => Promise.reject(new Error('no such address')),
  lookup: () => Promise.reject(new Error('no such name')),
};

export interface Echo {
  readonly port: number;
  readonly material: TlsMaterial;
  readonly server: SecureServer;
  /** The names that were handed on, in order. */
  readonly names: (string | undefined)[];
  readonly around: Around;
  /** Connects without a certificate unless one is given; the server's certificate is not verified. */
  readonly dial: (options?: ConnectionOptions) => TLSSocket;
  readonly dialPlain: () => Promise<Socket>;
}

/** Destroys a socket at the end of the test, and lets it fail before. */
function closing<S extends Socket>(socket: S): S {
  socket.on('error', () => {});
  onTestFinished(() => void socket.destroy());
  return socket;
}

export async function echo(
  side: Partial<TlsSide>,
  options: Partial<SecureServerOptions> = {},
): Promise<Echo> {
  const around = outside();
  const material = openTls({ ...noSide, ...side }, around);
  const server = createSecureServer(material, {
    protocols: ['h2', 'http/1.1'],
    resolver: noResolver,
    ...options,
  });
  const names: (string | undefined)[] = [];
  const listening = createServer((accepted) =>
    server.accept(accepted, (socket, name) => {
      names.push(name);
      socket.on('error', () => {});
      socket.pipe(socket);
    }),
  );
  listening.listen(0, '127.0.0.1');
  await once(listening, 'listening');
  onTestFinished(() => {
    server.close();
    material.close();
    listening.close();
  });
  const address = listening.address();
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  return {
    port,
    material,
    server,
    names,
    around,
    dial: (more = {}) =>
      closing(connect({ port, host: '127.0.0.1', rejectUnauthorized: false, ...more })),
    dialPlain: async () => {
      const socket = closing(connectPlain(port, '127.0.0.1'));
      await once(socket, 'connect');
      return socket;
    },
  };
}

/** True if the server answers; false if it closes the connection instead. */
export async function answers(socket: TLSSocket): Promise<boolean> {
  socket.write('ping');
  const answered = once(socket, 'data').then(
    () => true,
    () => false,
  );
  const closed = new Promise<boolean>((resolve) => socket.once('close', () => resolve(false)));
  return Promise.race([answered, closed]);
}
