import { eventually } from './processes.ts';
import type { ClusterOfProcesses, MemberProcess } from './processes.ts';

/** A client gives up on one member after this, and asks the next. */
const patienceMs = 2000;
/** More at once would keep the machine busy, and prove no more. */
const writersCount = 6;

/** Each caller pauses between two writes: speed is not tested here. */
const breathMs = 3;

/** Callers that write one new key after the other, at any member that responds, and record acknowledged writes. */
export class Load {
  /** The revision that each acknowledged key was given. */
  readonly acknowledged: Map<string, string> = new Map();
  /** Number of errors by kind, as "code text". */
  readonly errors: Map<string, number> = new Map();
  readonly #members: () => readonly MemberProcess[];
  #stopping = false;
  #writers: readonly Promise<void>[] = [];

  private constructor(members: () => readonly MemberProcess[]) {
    this.#members = members;
  }

  /** Begins to write, at the members that run. */
  static start(cluster: ClusterOfProcesses): Load {
    const load = new Load(() => cluster.members.filter((member) => member.running));
    load.#writers = Array.from({ length: writersCount }, (_, writer) => load.#write(writer));
    return load;
  }

  /** Waits until so many more writes were acknowledged. */
  async more(count: number): Promise<void> {
    const target = this.acknowledged.size + count;
    await eventually(`${count} more writes`, () =>
      Promise.resolve(this.acknowledged.size >= target ? true : undefined),
    );
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    await Promise.all(this.#writers);
  }

  /** Acknowledged writes that are missing or different now. */
  async lost({ client }: MemberProcess): Promise<string[]> {
    // A client that has lost its connection may fail at once for a while.
    const { kvs } = await eventually('an answer', () =>
      client.range('load/', { keys_only: true }).catch(() => undefined),
    );
    const found = new Map(kvs.map(({ key, mod_revision }) => [key.toString(), mod_revision]));
    return [...this.acknowledged]
      .filter(([key, revision]) => found.get(key) !== revision)
      .map(([key]) => key);
  }

  async #write(writer: number): Promise<void> {
    let turn = writer;
    for (let number = 0; !this.#stopping; number++) {
      const members = this.#members();
      const member = members[turn % Math.max(1, members.length)];
      const key = `load/${writer}/${String(number).padStart(6, '0')}`;
      try {
        if (member === undefined) throw new Error('nobody runs');
        const { header } = await member.client.put(key, 'v'.repeat(100), {}, patienceMs);
        this.acknowledged.set(key, header.revision);
      } catch (error) {
        const kind = textOf(error);
        this.errors.set(kind, (this.errors.get(kind) ?? 0) + 1);
        turn++;
      }
      await new Promise((resolve) => setTimeout(resolve, breathMs));
    }
  }
}

function textOf(error: unknown): string {
  return error instanceof Error && 'code' in error && 'details' in error
    ? `${String(error.code)} ${String(error.details)}`
    : String(error);
}
