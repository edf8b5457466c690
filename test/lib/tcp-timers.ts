import { readFileSync } from 'node:fs';

/** One end of an established TCP connection over IPv4 on this machine. */
export interface TcpEnd {
  readonly localPort: number;
  readonly remotePort: number;
  /** The timer that the system runs for it: 2 is that of TCP keep-alive, 0 none. */
  readonly timer: number;
}

const established = '01';

/** As Linux lists them in `/proc/net/tcp`. */
export function tcpEnds(): readonly TcpEnd[] {
  const [, ...lines] = readFileSync('/proc/net/tcp', 'utf8').trimEnd().split('\n');
  return lines.flatMap((line) => {
    const [, local = '', remote = '', state, , timer = ''] = line.trim().split(/\s+/);
    if (state !== established) return [];
    return [
      {
        localPort: portOf(local),
        remotePort: portOf(remote),
        timer: Number.parseInt(timer.split(':')[0] ?? '', 16),
      },
    ];
  });
}

function portOf(address: string): number {
  return Number.parseInt(address.split(':')[1] ?? '', 16);
}
