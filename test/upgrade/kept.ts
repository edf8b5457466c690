import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { eventually, MemberProcess, rollcall } from '../cluster/processes.ts';
import { freePorts } from '../ports.ts';
import type { Content } from './content.ts';

/**
 * Data kept of each release that changed a format, made by `scripts/keep-data.ts`:
 *
 *     single/m1            a member of its own that lost its power
 *     cluster/m1, m2, m4   members that were stopped; m4 came for m3, and began with a snapshot
 *     backup.db            a backup of the single member
 *     expected.json        what must be readable in each
 *
 * LevelDB's own log and lock are left out: it makes them again.
 */
export const keptReleases: string = join(import.meta.dirname, '../data');

export const keptGroups = { single: ['m1'], cluster: ['m1', 'm2', 'm4'] } as const;

export interface Expected extends Readonly<Record<keyof typeof keptGroups, Content>> {
  /** Members and alarms are not restored. */
  readonly backup: Content;
}

export function releases(): string[] {
  return readdirSync(keptReleases, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
}

export function expectedOf(release: string): Expected {
  const text = readFileSync(join(keptReleases, release, 'expected.json'), 'utf8');
  const expected: Expected = JSON.parse(text);
  return expected;
}

/** Runs one of the commands for people. */
export async function runCommand(...args: readonly string[]): Promise<void> {
  await promisify(execFile)(rollcall.command, [rollcall.args[0] ?? '', ...args]);
}

/**
 * Members in a folder of their own. Their peer URLs are in their data, so they are sockets by a path relative to that
 * folder, wherever it is.
 */
export class KeptMembers {
  readonly directory: string = mkdtempSync(join(tmpdir(), 'rollcall-kept-'));
  readonly members: MemberProcess[] = [];

  /** Names of members that are to run on copies of what a release left; an empty folder without one. */
  static async open(names: readonly string[], from?: string): Promise<KeptMembers> {
    const kept = new KeptMembers();
    for (const name of names) {
      if (from !== undefined && existsSync(join(from, name))) {
        cpSync(join(from, name), join(kept.directory, name), { recursive: true });
      }
      await kept.add(name);
    }
    return kept;
  }

  async add(name: string): Promise<MemberProcess> {
    const [clientPort = 0] = await freePorts(1);
    const { directory } = this;
    const peerUrl = `unix://${name}.sock`;
    const member = new MemberProcess({
      name,
      directory,
      clientPort,
      peerPort: 0,
      flags: [],
      peerUrl,
    });
    this.members.push(member);
    return member;
  }

  member(name: string): MemberProcess {
    const member = this.members.find((candidate) => candidate.name === name);
    if (member === undefined) throw new Error(`there is no member ${name}`);
    return member;
  }

  get initialCluster(): string {
    return this.members.map(({ name, peerUrl }) => `${name}=${peerUrl}`).join(',');
  }

  /** Starts those that do not run, and waits until each can read what the cluster agreed on. */
  async start(flags: readonly string[] = []): Promise<void> {
    for (const member of this.members) {
      member.start([`--initial-cluster=${this.initialCluster}`, ...flags]);
    }
    for (const { name, client } of this.members) {
      await eventually(`${name} answering`, () => client.range('x').then(() => true));
    }
  }

  async stop(): Promise<void> {
    await Promise.all(this.members.map((member) => member.stop()));
  }

  async end(): Promise<void> {
    for (const member of this.members) {
      member.client.close();
      await member.kill();
    }
    rmSync(this.directory, { recursive: true, force: true });
  }
}
