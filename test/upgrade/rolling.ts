import { ClusterOfProcesses, eventually, MemberProcess } from '../cluster/processes.ts';
import type { ServerProgram } from '../cluster/processes.ts';

/** The members of one cluster, each at its own release. */
export class RollingCluster {
  readonly cluster: ClusterOfProcesses;

  private constructor(cluster: ClusterOfProcesses) {
    this.cluster = cluster;
  }

  /** One member for each of these releases. */
  static async start(...programs: readonly ServerProgram[]): Promise<RollingCluster> {
    const cluster = await ClusterOfProcesses.prepare(programs.length);
    const { directory, members } = cluster;
    for (const [at, program] of programs.entries()) {
      const member = members[at];
      if (member !== undefined) members[at] = atRelease(program, member, directory, []);
    }
    await cluster.startAll();
    return new RollingCluster(cluster);
  }

  /** Stops a member and starts another release on its data. */
  async exchange(name: string, program: ServerProgram): Promise<MemberProcess> {
    const { members, directory, initialCluster } = this.cluster;
    const at = members.findIndex((member) => member.name === name);
    const former = members[at];
    if (former === undefined) throw new Error(`there is no member ${name}`);
    await former.stop();
    const flags = [`--initial-cluster=${initialCluster}`];
    const member = atRelease(program, former, directory, flags);
    members[at] = member;
    member.start();
    return member;
  }

  /** The same, and waits until it is ready, as an operator does before the next member. */
  async upgrade(name: string, program: ServerProgram): Promise<void> {
    const member = await this.exchange(name, program);
    await this.cluster.ready([member]);
  }

  /** Of the newest revision, once all members have it; fails if they do not agree. */
  async agreedHash(): Promise<unknown> {
    const { members } = this.cluster;
    const [first] = members;
    const revision = (await first?.client.range('x'))?.header.revision;
    const hashes = await Promise.all(
      members.map(async ({ client }) => {
        await client.range('x');
        return (await client.call('Maintenance', 'HashKV', { revision }))['hash'];
      }),
    );
    if (new Set(hashes).size !== 1) throw new Error(`the members differ: ${hashes.join()}`);
    return hashes[0];
  }

  end(): Promise<void> {
    return this.cluster.end();
  }
}

/** Waits until a member ends by itself; returns how, with its last log lines. */
export async function endOf(
  member: MemberProcess,
): Promise<{ readonly exitCode: number | null | undefined; readonly words: string }> {
  const words = await eventually(`the end of ${member.name}`, () =>
    Promise.resolve(member.lastWords),
  );
  return { exitCode: member.exitCode, words };
}

/** The same member at another release; the former process has ended. */
function atRelease(
  program: ServerProgram,
  former: MemberProcess,
  directory: string,
  flags: readonly string[],
): MemberProcess {
  former.client.close();
  const { name, clientUrl, peerUrl } = former;
  const ports = { clientPort: portOf(clientUrl), peerPort: portOf(peerUrl) };
  return new MemberProcess({ name, directory, ...ports, flags, program });
}

function portOf(url: string): number {
  return Number(new URL(url).port);
}
