import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Random } from '../../src/base/random.ts';
import { eventually, freePorts, MemberProcess } from '../cluster/processes.ts';
import { callerOf } from './caller-of.ts';
import { fakeTimeLibrary } from './fake-time.ts';
import { Relay, Sky } from './relay.ts';

/** Elections are quicker than by default, so that more of them fit into a run; snapshots come early for the same reason. */
const flags = [
  '--heartbeat-interval=50',
  '--election-timeout=500',
  '--snapshot-count=500',
  '--snapshot-catchup-entries=100',
  '--log-level=info',
];

/** Big enough for LevelDB's files, small enough to be filled in no time. */
const smallDiskMegabytes = 192;

/** One member: a process, the relay before its peer port, and switches for its disk and clock. */
export interface ChaosMember {
  readonly process: MemberProcess;
  readonly relay: Relay;
  /** Holds the word that `failing-disk.mjs` obeys. */
  readonly diskFile: string;
  /** Holds what libfaketime obeys, such as "+3600". */
  readonly clockFile: string;
  /** Its directory is a small disk of its own. */
  readonly hasSmallDisk: boolean;
}

/** Members whose peers reach them through relays only. */
export class ChaosCluster {
  readonly directory: string = mkdtempSync(join(tmpdir(), 'rollcall-chaos-'));
  readonly sky: Sky = new Sky();
  readonly members: ChaosMember[] = [];

  static async start(size: number, mainFile: string, random: Random): Promise<ChaosCluster> {
    const cluster = new ChaosCluster();
    try {
      await cluster.#start(size, mainFile, random);
    } catch (error) {
      await cluster.stop();
      cluster.remove();
      throw error;
    }
    return cluster;
  }

  async #start(size: number, mainFile: string, random: Random): Promise<void> {
    const ports = await freePorts(size * 3);
    for (let at = 0; at < size; at++) {
      const [clientPort = 0, peerPort = 0, listenPort = 0] = ports.slice(3 * at, 3 * at + 3);
      const member = this.#create(
        `m${at + 1}`,
        { clientPort, peerPort, listenPort },
        mainFile,
        random,
      );
      this.members.push(member);
      await member.relay.listen(peerPort);
    }
    const initial = this.members.map(({ process: { name, peerUrl } }) => `${name}=${peerUrl}`);
    for (const [at, { process }] of this.members.entries()) {
      const listen = `--listen-peer-urls=http://127.0.0.1:${ports[3 * at + 2] ?? 0}`;
      process.start([...flags, listen, '--initial-cluster', initial.join(',')]);
    }
    await this.healthy();
  }

  #create(
    name: string,
    ports: { clientPort: number; peerPort: number; listenPort: number },
    mainFile: string,
    random: Random,
  ): ChaosMember {
    const { directory } = this;
    const dataDir = join(directory, name);
    const clockFile = `${dataDir}.clock`;
    writeFileSync(clockFile, '+0\n');
    const library = fakeTimeLibrary();
    const environment =
      library === undefined
        ? []
        : [
            `LD_PRELOAD=${library}`,
            `FAKETIME_TIMESTAMP_FILE=${clockFile}`,
            // A clock that is set does not move the monotonic one.
            'FAKETIME_DONT_FAKE_MONOTONIC=1',
            'FAKETIME_CACHE_DURATION=1',
          ];
    const disk = join(import.meta.dirname, 'failing-disk.mjs');
    const { clientPort, peerPort, listenPort } = ports;
    const args = [...environment, process.execPath, '--import', disk, mainFile, 'serve'];
    const member = new MemberProcess({
      name,
      directory,
      clientPort,
      peerPort,
      flags: [],
      program: { command: 'env', args },
    });
    const relay = new Relay({
      name,
      targetPort: listenPort,
      sky: this.sky,
      random,
      whoCalls: (callerPort, port) => callerOf(callerPort, port, this.#pids()),
    });
    const hasSmallDisk = name === 'm1' && mountSmallDisk(dataDir);
    return { process: member, relay, diskFile: `${dataDir}.disk`, clockFile, hasSmallDisk };
  }

  #pids(): ReadonlyMap<string, number> {
    const running = this.members.filter(({ process }) => process.running);
    return new Map(running.map(({ process }) => [process.name, process.pid]));
  }

  get running(): readonly ChaosMember[] {
    return this.members.filter(({ process }) => process.running);
  }

  /** The member that most think leads; nobody if they cannot be asked. */
  async leader(): Promise<ChaosMember | undefined> {
    for (const member of this.running) {
      const status = await member.process.client.status().catch(() => undefined);
      if (status === undefined || status.leader === '0') continue;
      if (status.leader === status.header.member_id) return member;
    }
    return undefined;
  }

  /** Ends every fault and starts whoever does not run. */
  heal(): void {
    this.sky.clear();
    for (const { process, diskFile, clockFile } of this.members) {
      rmSync(diskFile, { force: true });
      writeFileSync(clockFile, '+0\n');
      if (process.running) process.resume();
      else process.start();
    }
  }

  /** Waits until all are; who stops by itself is started, as whatever runs a server does. */
  async healthy(withinMs = 60_000): Promise<void> {
    for (const { process } of this.members) {
      await eventually(
        `${process.name} being healthy`,
        async () => {
          // It may have been about to stop, because of its disk, when the faults ended.
          if (!process.running) process.start();
          const signal = AbortSignal.timeout(1000);
          const { ok } = await fetch(`${process.clientUrl}/health`, { signal });
          return ok ? true : undefined;
        },
        withinMs,
      );
    }
  }

  /** Ends all processes and leaves the files. */
  async stop(): Promise<void> {
    for (const { process, relay, hasSmallDisk } of this.members) {
      process.client.close();
      await process.kill();
      relay.close();
      if (hasSmallDisk) unmount(process.dataDir);
    }
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** What is mounted now, so that nothing is left when a run was given up. */
const mounted = new Set<string>();
process.on('exit', () => {
  for (const directory of mounted) unmount(directory);
});

function unmount(directory: string): void {
  execFileSync('umount', ['--lazy', directory]);
  mounted.delete(directory);
}

/** Only root can; without it, the disk is filled by a limit on the size of files. */
function mountSmallDisk(directory: string): boolean {
  mkdirSync(directory);
  if (process.getuid?.() !== 0) return false;
  try {
    const options = ['-t', 'tmpfs', '-o', `size=${smallDiskMegabytes}m`, 'tmpfs', directory];
    execFileSync('mount', options, { stdio: 'ignore' });
    mounted.add(directory);
    return true;
  } catch {
    return false;
  }
}
