import { Resolver } from 'node:dns/promises';
import { freePorts } from '../ports.ts';
import { ClusterOfProcesses, eventually } from './processes.ts';
import type { MemberProcess } from './processes.ts';

/** A service, and the DNS of each member of a cluster, which is asked for it. */
export class Named {
  readonly cluster: ClusterOfProcesses;
  readonly #resolvers = new Map<MemberProcess, Resolver>();

  private constructor(cluster: ClusterOfProcesses) {
    this.cluster = cluster;
  }

  /** Starts members that answer DNS. */
  static async start(size: number): Promise<Named> {
    const cluster = await ClusterOfProcesses.prepare(size);
    const named = new Named(cluster);
    const ports = await freePorts(size);
    for (const [at, member] of cluster.members.entries()) {
      const address = `127.0.0.1:${ports[at]}`;
      const resolver = new Resolver({ timeout: 5000, tries: 2 });
      resolver.setServers([address]);
      named.#resolvers.set(member, resolver);
      member.start(['--initial-cluster', cluster.initialCluster, '--dns-listen', address]);
    }
    await cluster.ready();
    return named;
  }

  /** Registers an instance of the service. */
  async put(through: MemberProcess, name: string, address: string): Promise<void> {
    await through.client.put(`/services/named/${name}`, `${address}:80`);
  }

  /** The addresses that a member answers with, sorted. */
  async addresses(member: MemberProcess): Promise<readonly string[]> {
    const found = await this.#resolvers.get(member)?.resolve4('named.service.consul');
    return (found ?? []).toSorted();
  }

  /** The answers of these members in turn, until the signal; rejects if one is not answered. */
  async addressesUntil(
    over: AbortSignal,
    members: readonly MemberProcess[],
  ): Promise<readonly (readonly string[])[]> {
    const answers: (readonly string[])[] = [];
    while (!over.aborted) {
      for (const member of members) answers.push(await this.addresses(member));
    }
    return answers;
  }

  /** Waits until each of these members answers with so many addresses. */
  async answered(members: readonly MemberProcess[], count: number): Promise<void> {
    for (const member of members) {
      await eventually(`${count} addresses by DNS`, async () =>
        (await this.addresses(member)).length === count ? true : undefined,
      );
    }
  }
}
