import { once } from 'node:events';
import { createServer } from 'node:http';
import type { ClusterOfProcesses, MemberProcess } from './processes.ts';
import { eventually } from './processes.ts';

/** How many checks of 1 s there are: the chance that one of three members runs none is below one in ten thousand. */
const checks = 24;

/** Checks of an endpoint in this process, which notes when each was looked at. */
export class Probed {
  readonly #cluster: ClusterOfProcesses;
  readonly #server = createServer((request, response) => {
    this.#looksMs.get(request.url?.slice(1) ?? '')?.push(performance.now());
    response.end('well');
  });
  readonly #looksMs = new Map<string, number[]>(
    Array.from({ length: checks }, (_, at) => [`probed-${at}`, []]),
  );

  constructor(cluster: ClusterOfProcesses) {
    this.#cluster = cluster;
  }

  /** Registers them, as an etcd client does, and waits until all are looked at. */
  async start(): Promise<void> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    const address = this.#server.address();
    const port = typeof address === 'object' ? address?.port : 0;
    const [member] = this.#cluster.members;
    for (const id of this.#looksMs.keys()) {
      await member!.client.put(`/services/probed/${id}`, `127.0.0.1:${port}`);
      const definition = { HTTP: `http://127.0.0.1:${port}/${id}`, Interval: '1s' };
      await member!.client.put(`/checks/probed/${id}/${id}`, JSON.stringify({ definition }));
    }
    await eventually('a look at each', () => this.#whenAllAfter(0));
  }

  /** The checks that a member runs. */
  async ownedBy(owner: MemberProcess): Promise<readonly string[]> {
    const owned: string[] = [];
    for (const id of this.#looksMs.keys()) {
      const answer = await fetch(`${owner.clientUrl}/v1/agent/check/run/${id}`);
      if ((await answer.text()).includes(`"Owner":"${owner.name}"`)) owned.push(id);
    }
    return owned;
  }

  /** Waits until all are looked at after a time; the longest time for which one of some was not looked at, around it. */
  async longestGapMs(of: readonly string[], sinceMs: number): Promise<number> {
    await eventually('a look at each after the kill', () => this.#whenAllAfter(sinceMs), 60_000);
    const gaps = of.map((id) => {
      const looks = this.#looksMs.get(id) ?? [];
      const next = looks.find((ms) => ms > sinceMs) ?? Infinity;
      return next - (looks.findLast((ms) => ms <= sinceMs) ?? 0);
    });
    return Math.max(...gaps);
  }

  /** The most looks at one of them between two times. */
  mostLooks(fromMs: number, toMs: number): number {
    const counts = [...this.#looksMs.values()].map(
      (looks) => looks.filter((ms) => ms > fromMs && ms <= toMs).length,
    );
    return Math.max(...counts);
  }

  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  #whenAllAfter(sinceMs: number): Promise<true | undefined> {
    const all = [...this.#looksMs.values()];
    return Promise.resolve(all.every((looks) => (looks.at(-1) ?? -1) > sinceMs) || undefined);
  }
}
