import { expect } from 'vitest';
import { ClusterOfProcesses } from '../cluster/processes.ts';
import type { MemberProcess } from '../cluster/processes.ts';

/** A member process, which must survive all input. */
export class Victim implements AsyncDisposable {
  readonly cluster: ClusterOfProcesses;
  readonly member: MemberProcess;
  #rounds = 0;

  private constructor(cluster: ClusterOfProcesses) {
    this.cluster = cluster;
    this.member = cluster.members[0]!;
  }

  static async start(flags: readonly string[] = []): Promise<Victim> {
    return new Victim(await ClusterOfProcesses.start(1, flags));
  }

  get clientPort(): number {
    return Number(new URL(this.member.clientUrl).port);
  }

  get peerPort(): number {
    return Number(new URL(this.member.peerUrl).port);
  }

  /** The member continues unaffected. */
  async goesOn(): Promise<void> {
    const { client } = this.member;
    const value = `round ${++this.#rounds}`;
    await client.put('still-there', value);
    expect(await client.get('still-there')).toBe(value);
    expect(this.member.running).toBe(true);
  }

  /** Nothing done here takes effect. */
  async unchanged(action: () => Promise<unknown>): Promise<void> {
    const { client } = this.member;
    const before = await client.range('\0');
    await action();
    const after = await client.range('\0');
    expect(after.kvs).toEqual(before.kvs);
    expect(after.header.revision).toBe(before.header.revision);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.cluster.end();
  }
}
