import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe } from 'vitest';
import { ClusterOfProcesses, rollcall } from '../cluster/processes.ts';
import type { MemberProcess, ServerProgram } from '../cluster/processes.ts';
import { Raw } from './raw.ts';

/** A server that scenarios run against. */
export interface Target {
  readonly name: string;
  /** Its etcd version, real or reported: "3.7". */
  readonly release: string;
  readonly isRollcall: boolean;
  readonly program: ServerProgram;
  /** Instructions to install it; undefined if it is available. */
  readonly missing: string | undefined;
}

/** External programs may be missing on a developer's machine, but not in CI. */
export const everythingMustRun: boolean = process.env['CI'] === 'true';

/** The first line of what a program says about itself, or undefined if it cannot be started. */
export function firstLine(command: string, args: readonly string[]): string | undefined {
  const { status, stdout } = spawnSync(command, args, { encoding: 'utf8' });
  return status === 0 ? stdout.split('\n')[0] : undefined;
}

function etcdTarget(command: string): Target {
  const version = /^etcd Version: (\d+\.\d+)/.exec(firstLine(command, ['--version']) ?? '')?.[1];
  return {
    name: `etcd ${version ?? 'of Debian'}`,
    release: version ?? '3.4',
    isRollcall: false,
    program: { command, args: [] },
    missing: version === undefined ? 'apt-get install etcd-server' : undefined,
  };
}

/** Another etcd to compare with, for features newer than the packaged one. */
const newerEtcd = process.env['ROLLCALL_TEST_ETCD'] ?? '';

/** Real etcd first: Rollcall need not do what etcd does not do. */
export const targets: readonly Target[] = [
  etcdTarget('etcd'),
  ...(newerEtcd === '' ? [] : [etcdTarget(newerEtcd)]),
  { name: 'Rollcall', release: '3.7', isRollcall: true, program: rollcall, missing: undefined },
];

let keysGiven = 0;

/** A running cluster that the scenarios of one file share. */
export class Subject {
  readonly target: Target;
  #cluster: ClusterOfProcesses | undefined;
  readonly #raw = new Map<MemberProcess, Raw>();

  constructor(target: Target) {
    this.target = target;
  }

  get isRollcall(): boolean {
    return this.target.isRollcall;
  }

  /** True if the target has this etcd version or a later one. */
  since(release: string): boolean {
    const [major = 0, minor = 0] = this.target.release.split('.').map(Number);
    const [sinceMajor = 0, sinceMinor = 0] = release.split('.').map(Number);
    return major > sinceMajor || (major === sinceMajor && minor >= sinceMinor);
  }

  get cluster(): ClusterOfProcesses {
    if (this.#cluster === undefined) throw new Error('the cluster does not run');
    return this.#cluster;
  }

  get members(): readonly MemberProcess[] {
    return this.cluster.members;
  }

  /** A client of the first member, in any role. */
  get raw(): Raw {
    return this.rawOf(this.members[0]!);
  }

  rawOf(member: MemberProcess): Raw {
    let raw = this.#raw.get(member);
    if (raw === undefined) {
      raw = new Raw(member.client, member.clientUrl);
      this.#raw.set(member, raw);
    }
    return raw;
  }

  /** The endpoints of all members, for clients. */
  get endpoints(): string {
    return this.members.map(({ clientUrl }) => clientUrl).join(',');
  }

  /** A key, or the beginning of keys, that no other scenario uses. */
  freshKey(): string {
    keysGiven += 1;
    return `k${keysGiven}/`;
  }

  async start(size: number, flags: readonly string[]): Promise<void> {
    this.#cluster = await ClusterOfProcesses.start(size, flags, this.target.program);
  }

  async end(): Promise<void> {
    for (const raw of this.#raw.values()) raw.close();
    const died = this.#cluster?.members.flatMap(({ name, lastWords }) =>
      lastWords === undefined ? [] : [`${name} ended by itself:\n${lastWords}`],
    );
    await this.#cluster?.end();
    this.#cluster = undefined;
    if (died !== undefined && died.length > 0) throw new Error(died.join('\n'));
  }
}

/** Programs that scenarios need besides a server. */
export interface Needed {
  readonly program: string;
  readonly isThere: boolean;
  readonly install: string;
}

/** The cluster of a file: three members with etcd's defaults, unless told otherwise. */
export interface Setup {
  readonly size?: number;
  /** Some flags have other names in older releases. */
  readonly flags?: (subject: Subject) => readonly string[];
  readonly needs?: readonly Needed[];
}

/** Runs the same scenarios against every target, real etcd first. */
export function onEachTarget(
  what: string,
  scenarios: (subject: Subject) => void,
  { size = 3, flags = () => [], needs = [] }: Setup = {},
): void {
  for (const target of targets) {
    const missing = [
      ...(target.missing === undefined ? [] : [target.missing]),
      ...needs.filter(({ isThere }) => !isThere).map(({ install }) => install),
    ];
    if (missing.length > 0) {
      console.log(`${what} with ${target.name} needs: ${missing.join('; ')}`);
    }
    describe.skipIf(missing.length > 0 && !everythingMustRun)(`${what}: ${target.name}`, () => {
      const subject = new Subject(target);
      beforeAll(async () => {
        if (missing.length > 0) throw new Error(`install first: ${missing.join('; ')}`);
        await subject.start(size, flags(subject));
      });
      afterAll(() => subject.end());
      scenarios(subject);
    });
  }
}
