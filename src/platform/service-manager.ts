import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import type { Logger } from '../base/logger.ts';

/** Notifications to systemd, by the protocol of sd_notify(3). Never throws, never waits. */
export interface ServiceManager {
  /** The member serves; units ordered after it may start. */
  ready(): void;
  /** The member stops. */
  stopping(): void;
}

/** Sends one datagram; throws if it cannot. */
type Send = (text: string) => void;

/**
 * Notifies the service manager that started this process, if `NOTIFY_SOCKET` names its socket. Removes the variables
 * from `env`, so that no child process notifies in its place.
 */
export function connectServiceManager(env: NodeJS.ProcessEnv, logger: Logger): ServiceManager {
  const { NOTIFY_SOCKET: socket = '', WATCHDOG_USEC: watchdog, WATCHDOG_PID: watched } = env;
  for (const name of ['NOTIFY_SOCKET', 'WATCHDOG_USEC', 'WATCHDOG_PID']) delete env[name];
  if (!/^[/@]./.test(socket)) return { ready() {}, stopping() {} };

  const send = senderTo(socket, logger);
  let told = false;
  const tell = (text: string): void => {
    try {
      send(text);
    } catch (error) {
      // Logged once: the watchdog would repeat it.
      if (!told)
        logger.warn('the service manager cannot be told', { socket, error: String(error) });
      told = true;
    }
  };
  const isWatched = watched === undefined || Number(watched) === process.pid;
  const watchdogMs = isWatched ? Number(watchdog ?? 0) / 1000 : 0;
  if (watchdogMs > 0) {
    // Twice as often as required, as sd_watchdog_enabled(3) advises. A process whose event loop hangs does not
    // notify.
    setInterval(() => tell('WATCHDOG=1'), watchdogMs / 2).unref();
  }
  return { ready: () => tell('READY=1'), stopping: () => tell('STOPPING=1') };
}

/**
 * Node.js has no Unix datagram sockets. systemd accepts messages only from the process that it started (its default,
 * `NotifyAccess=main`), so a helper program is only the fallback: see decision 0018.
 */
function senderTo(socket: string, logger: Logger): Send {
  try {
    return systemCalls(socket);
  } catch (error) {
    logger.warn(
      'this process cannot write to the socket of systemd itself and leaves it to systemd-notify; if systemd ends this ' +
        'member after its start, set NotifyAccess=all in the unit, or install the optional package koffi',
      { socket, error: String(error) },
    );
    return (text) => {
      const env = { ...process.env, NOTIFY_SOCKET: socket };
      execFile('systemd-notify', [text], { env, timeout: 5000 }, (failure) => {
        if (failure === null) return;
        logger.warn('the service manager cannot be told', { socket, error: failure.message });
      });
    };
  }
}

/** The part of koffi that is used. It calls functions of the C library, and ships compiled. */
interface Koffi {
  load(library: null): { func(prototype: string): (...args: readonly unknown[]) => number };
  errno(): number;
}

// Linux' constants; no other system has systemd.
const afUnix = 1;
const dgramCloseOnExec = 2 | 0o2000000;
const dontWaitNoSignal = 0x40 | 0x4000;

/** Sends datagrams from this process itself; throws if koffi is not installed or does not work here. */
function systemCalls(socketName: string): Send {
  if (process.platform !== 'linux') throw new Error('only Linux has systemd');
  const koffi = loadKoffi();
  const libc = koffi.load(null);
  const socket = libc.func('int socket(int domain, int type, int protocol)');
  const close = libc.func('int close(int fd)');
  const sendto = libc.func(
    'long sendto(int fd, const void *bytes, size_t size, int flags, const void *address, unsigned int size2)',
  );
  const address = addressOf(socketName);
  return (text) => {
    const fd = socket(afUnix, dgramCloseOnExec, 0);
    const bytes = Buffer.from(text);
    const sent = sendto(fd, bytes, bytes.length, dontWaitNoSignal, address, address.length);
    const errno = koffi.errno();
    close(fd);
    if (sent !== bytes.length) throw new Error(`sendto failed with errno ${errno}`);
  };
}

/** A `sockaddr_un`: the family and the path, whose first byte is zero for a name without a file (unix(7)). */
function addressOf(socket: string): Buffer {
  const name = Buffer.from(socket);
  if (socket.startsWith('@')) name[0] = 0;
  const family = Buffer.alloc(2);
  // In the byte order of the machine.
  new Uint16Array(family.buffer, family.byteOffset, 1)[0] = afUnix;
  return Buffer.concat([family, name]);
}

/** Loaded only where needed, and not bundled. */
function loadKoffi(): Koffi {
  const koffi: Koffi = createRequire(import.meta.url)('koffi');
  return koffi;
}
