import { expect, onTestFinished, test } from 'vitest';
import { tcpEnds } from '../lib/tcp-timers.ts';
import { ClusterOfProcesses } from '../cluster/processes.ts';

test.runIf(process.platform === 'linux')(
  'the system probes both ends of every connection between members while they are silent',
  async () => {
    const cluster = await ClusterOfProcesses.start(2);
    onTestFinished(() => cluster.end());
    const ports = new Set(cluster.members.map(({ peerUrl }) => Number(new URL(peerUrl).port)));
    // Each has called the other, and both ends are here.
    await expect
      .poll(() =>
        tcpEnds()
          .filter(({ localPort, remotePort }) => ports.has(localPort) || ports.has(remotePort))
          .map(({ timer }) => timer),
      )
      .toEqual([2, 2, 2, 2]);
  },
);
