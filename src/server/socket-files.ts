import { once } from 'node:events';
import { lstatSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { RegistryError } from '../base/errors.ts';

const scheme = /^unixs?:\/\//;

/**
 * Removes the socket files that a killed member left where this member is about to listen. Anything else at such a
 * path is not ours, and is refused.
 */
export async function clearSocketFiles(urls: readonly string[]): Promise<void> {
  for (const url of urls) if (scheme.test(url)) await clear(url, url.replace(scheme, ''));
}

async function clear(url: string, path: string): Promise<void> {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return;
  if (!found.isSocket()) {
    throw refused(url, 'there is something else than a socket at this path; remove it or choose');
  }
  const socket = connect(path);
  try {
    await once(socket, 'connect');
  } catch (error) {
    const { code = '' } = error instanceof Error ? (error as NodeJS.ErrnoException) : {};
    // Only a refused connection proves that no process listens.
    if (code === 'ECONNREFUSED') return rmSync(path, { force: true });
    if (code === 'ENOENT') return;
    throw refused(url, `the socket at this path cannot be tried (${code}); remove it or choose`);
  } finally {
    socket.destroy();
  }
  throw refused(url, 'another process listens there; stop it or choose');
}

function refused(url: string, why: string): RegistryError {
  return new RegistryError('invalid-request', `cannot listen on ${url}: ${why} another URL`);
}
