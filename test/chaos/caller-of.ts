import { readdir, readFile, readlink } from 'node:fs/promises';

/** Finds the process that opened a connection on this machine: the one that holds its other end. */
export async function callerOf(
  callerPort: number,
  port: number,
  pids: ReadonlyMap<string, number>,
): Promise<string> {
  const inode = await inodeOf(callerPort, port);
  if (inode === undefined) return '?';
  for (const [name, pid] of pids) {
    const directory = `/proc/${pid}/fd`;
    const descriptors = await readdir(directory).catch(() => []);
    const targets = await Promise.all(
      descriptors.map((descriptor) => readlink(`${directory}/${descriptor}`).catch(() => '')),
    );
    if (targets.includes(`socket:[${inode}]`)) return name;
  }
  return '?';
}

/**
 * The socket with these ports in the kernel's table; the second column is the local address, the third the remote
 * one.
 */
async function inodeOf(callerPort: number, port: number): Promise<string | undefined> {
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    const text = await readFile(table, 'utf8').catch(() => '');
    for (const line of text.split('\n').slice(1)) {
      const [, local, remote, , , , , , , inode] = line.trim().split(/\s+/);
      if (
        local?.endsWith(portInTable(callerPort)) === true &&
        remote?.endsWith(portInTable(port)) === true
      ) {
        return inode;
      }
    }
  }
  return undefined;
}

function portInTable(port: number): string {
  return `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
}
