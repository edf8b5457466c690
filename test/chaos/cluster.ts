import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SeededRandom } from '../simulation/random.ts';
import { eventually, MemberProcess } from '../cluster/processes.ts';
import { freePorts } from '../ports.ts';
import { within } from './bounded.ts';
import { callerOf } from './caller-of.ts';
import { Exits } from './exits.ts';
import { loseUnsynced, mountSmallDisk, unmount, wipe } from './disks.ts';
import type { ChaosProgram } from './program.ts';
import { Relay, Sky } from './relay.ts';

/** SIGKILL ends every process that does not wait for a disk. */
const killMsMax = 60_000;

/** One member: its process, the relay before its peer port, and switches for its disk and clock. */
export interface ChaosMember {
  readonly process: MemberProcess;
  readonly relay: Relay;
  /** The port at which it listens for its relay. */
  readonly listenPort: number;
  /** The file with the command for `failing-disk.mjs`. */
  readonly diskFile: string;
  /** The file with the offset for libfaketime, such as "+3600". */
  readonly clockFile: string;
  /** Its directory is a small file system of its own. */
  readonly hasSmallDisk: boolean;
}

/** A cluster whose members reach each other only through relays. */
export class ChaosCluster {
  readonly directory: string = mkdtempSync(join(tmpdir(), 'rollcall-chaos-'));
  readonly sky: Sky = new Sky();
  readonly exits: Exits = new Exits();
  readonly members: ChaosMember[] = [];
  /** A member for a while, which only the operator knows; other faults do not touch it. */
  temporary: ChaosMember | undefined;
  /** Members that only the operator starts: their directory is empty, and the cluster may not know them. */
  readonly inMaintenance: Set<ChaosMember> = new Set();
  readonly program: ChaosProgram;
  readonly #random: SeededRandom;

  private constructor(program: ChaosProgram, random: SeededRandom) {
    this.program = program;
    this.#random = random;
  }

  static async start(
    size: number,
    program: ChaosProgram,
    random: SeededRandom,
  ): Promise<ChaosCluster> {
    const cluster = new ChaosCluster(program, random);
    try {
      await cluster.#start(size);
    } catch (error) {
      await cluster.stop();
      cluster.remove();
      throw error;
    }
    return cluster;
  }

  async #start(size: number): Promise<void> {
    for (let at = 0; at < size; at++) this.members.push(await this.prepare(`m${at + 1}`));
    const initial = this.members.map(({ process: { name, peerUrl } }) => `${name}=${peerUrl}`);
    for (const member of this.members) this.#startWith(member, initial, []);
    await this.healthy();
  }

  /** Prepares a member: its relay runs, its process does not yet. */
  async prepare(name: string): Promise<ChaosMember> {
    const [clientPort = 0, peerPort = 0, listenPort = 0] = await freePorts(3);
    const { directory, program } = this;
    const dataDir = join(directory, name);
    const clockFile = `${dataDir}.clock`;
    writeFileSync(clockFile, '+0\n');
    const process = new MemberProcess({
      name,
      directory,
      clientPort,
      peerPort,
      flags: [],
      program: program.command(clockFile),
      onEnd: (end) => this.exits.note(end),
    });
    const relay = new Relay({
      name,
      targetPort: listenPort,
      sky: this.sky,
      random: this.#random,
      whoCalls: (callerPort, port) => callerOf(callerPort, port, this.#pids()),
    });
    await relay.listen(peerPort);
    const hasSmallDisk = name === 'm1' && mountSmallDisk(dataDir, program.smallDiskMegabytes);
    return { process, relay, listenPort, diskFile: `${dataDir}.disk`, clockFile, hasSmallDisk };
  }

  /** Starts a member again, unless only the operator may. */
  start(member: ChaosMember): void {
    if (!this.inMaintenance.has(member)) member.process.start();
  }

  /** Starts a member that was added to the cluster; `initial` lists all members. */
  join(member: ChaosMember, initial: readonly string[]): void {
    this.#startWith(member, initial, ['--initial-cluster-state=existing']);
  }

  #startWith(member: ChaosMember, initial: readonly string[], more: readonly string[]): void {
    const listen = `--listen-peer-urls=http://127.0.0.1:${member.listenPort}`;
    const { flags } = this.program;
    member.process.start([...flags, listen, '--initial-cluster', initial.join(','), ...more]);
  }

  async kill({ process }: ChaosMember): Promise<void> {
    await within(`the end of ${process.name} after SIGKILL`, killMsMax, process.kill());
  }

  /** Kills a member, and removes from its disk what was not synced. Returns the number of bytes lost. */
  async cutPower(member: ChaosMember, random: SeededRandom): Promise<number> {
    await this.kill(member);
    // It may have been started meanwhile; nothing is removed from the disk of a running process.
    if (!this.program.isRollcall || member.process.running) return 0;
    return loseUnsynced(member.process.dataDir, random);
  }

  /** Empties the directory of a member. */
  async empty(member: ChaosMember): Promise<void> {
    await this.kill(member);
    wipe(member.process.dataDir);
  }

  /** Ends a member for good. */
  async retire(member: ChaosMember): Promise<void> {
    await this.empty(member);
    member.relay.close();
    member.process.client.close();
  }

  #pids(): ReadonlyMap<string, number> {
    const all = this.temporary === undefined ? this.members : [...this.members, this.temporary];
    const running = all.filter(({ process }) => process.running);
    return new Map(running.map(({ process }) => [process.name, process.pid]));
  }

  get running(): readonly ChaosMember[] {
    return this.members.filter(({ process }) => process.running);
  }

  /** The leader according to most members; undefined if they cannot be asked. */
  async leader(): Promise<ChaosMember | undefined> {
    for (const member of this.running) {
      const status = await member.process.client.status().catch(() => undefined);
      if (status === undefined || status.leader === '0') continue;
      if (status.leader === status.header.member_id) return member;
    }
    return undefined;
  }

  /** Ends all faults and starts all members that do not run. */
  heal(): void {
    this.sky.clear();
    for (const member of this.members) {
      rmSync(member.diskFile, { force: true });
      writeFileSync(member.clockFile, '+0\n');
      if (member.process.running) member.process.resume();
      else this.start(member);
    }
  }

  /** Waits until all members are ready; starts those that stop by themselves, as a service manager does. */
  async healthy(withinMs = 60_000): Promise<void> {
    for (const member of this.members) {
      const { process } = member;
      await eventually(
        `${process.name} being healthy`,
        async () => {
          // It may have been about to stop, because of its disk, when the faults ended.
          if (!process.running) this.start(member);
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
    for (const member of this.temporary === undefined
      ? this.members
      : [...this.members, this.temporary]) {
      member.process.client.close();
      await this.kill(member);
      member.relay.close();
      if (member.hasSmallDisk) unmount(member.process.dataDir);
    }
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}
