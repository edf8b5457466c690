import { expect, onTestFinished, test } from 'vitest';
import { tcpEnds } from '../lib/tcp-timers.ts';
import { ClusterOfProcesses } from '../cluster/processes.ts';

test.runIf(process.platform === 'linux')(
  'the system probes both ends of every connection between members while they are silent',
  async () => {
    const cluster = await ClusterOfProcesses.start(2);
    onTestFinished(() => cluster.end());
    const ports = new Set(cluster.members.map(({ peerUrl }) => Number(new URL(peerUrl).port)));
    // Each has called the other, and both ends are in this process. While bytes are in flight, another timer runs at
    // an end.
    const probed = new Set<string>();
    await expect
      .poll(
        () => {
          for (const { localPort, remotePort, timer } of tcpEnds()) {
            const isBetween = ports.has(localPort) || ports.has(remotePort);
            if (isBetween && timer === 2) probed.add(`${localPort} ${remotePort}`);
          }
          return probed.size;
        },
        { timeout: 15_000, interval: 10 },
      )
      .toBeGreaterThanOrEqual(4);
  },
);
