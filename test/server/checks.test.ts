import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { afterEach, expect, test, vi } from 'vitest';
import { Rollcall } from '../../src/client/index.ts';
import { startServer } from '../../src/server/index.ts';
import type { EmbeddedMember } from '../../src/server/index.ts';
import { listening } from '../probe/targets.ts';
import { freePorts } from '../ports.ts';

const running: EmbeddedMember[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((member) => member.stop()));
});

async function startCluster(): Promise<readonly EmbeddedMember[]> {
  const ports = await freePorts(3);
  const urls = ports.map((port) => `http://127.0.0.1:${port}`);
  const initialCluster = urls.map((peerUrl, at) => ({ name: `m${at}`, peerUrl }));
  const members = await Promise.all(
    urls.map((url, at) =>
      startServer({
        name: `m${at}`,
        listenPeerUrls: [url],
        initialAdvertisePeerUrls: [url],
        initialCluster,
      }),
    ),
  );
  running.push(...members);
  await Promise.all(members.map(({ ready }) => ready));
  return members;
}

interface Entry {
  readonly Checks: readonly {
    readonly CheckID: string;
    readonly Status: string;
    readonly Output: string;
  }[];
}

/** The status of the check `c` on each member, asked of Consul's API without consensus. */
function statusesOn(members: readonly EmbeddedMember[]): Promise<(string | undefined)[]> {
  return Promise.all(
    members.map(async ({ clientUrls }) => {
      const response = await fetch(`${clientUrls[0]}/v1/health/service/web?stale`);
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as Consul's API has it
      const entries = (await response.json()) as readonly Entry[];
      return entries[0]?.Checks.find(({ CheckID }) => CheckID === 'c')?.Status;
    }),
  );
}

async function until(
  members: readonly EmbeddedMember[],
  status: string,
  timeout: number,
): Promise<void> {
  const all = members.map(() => status);
  await vi.waitFor(async () => expect(await statusesOn(members)).toEqual(all), {
    timeout,
    interval: 50,
  });
}

async function register(member: EmbeddedMember, url: string): Promise<void> {
  await using client = new Rollcall({ endpoints: [...member.clientUrls] });
  const definition = { HTTP: url, Interval: '1s', Timeout: '500ms' };
  await client.put('/services/web/i1', '10.0.0.1:80');
  await client.put('/checks/web/i1/c', JSON.stringify({ definition }));
}

const answering = (): Server => createServer((_, response) => void response.end('well'));

test('an endpoint that dies is critical on all members, and one that comes back is passing', async () => {
  const members = await startCluster();
  const target = await listening(answering());
  await register(members[0]!, `http://${target.at}/health`);
  await until(members, 'passing', 10_000);
  await target[Symbol.asyncDispose]();
  // Interval, time limit and a second; a busy machine may need more.
  await until(members, 'critical', 20_000);
  const again = answering().listen(target.port, '127.0.0.1');
  await until(members, 'passing', 20_000);
  again.close();
  again.closeAllConnections();
});

test('when the owner of a check stops, another member takes it over', async () => {
  const members = await startCluster();
  const target = await listening(answering());
  await register(members[0]!, `http://${target.at}/health`);
  await until(members, 'passing', 10_000);
  const response = await fetch(`${members[0]!.clientUrls[0]}/v1/agent/check/run/c`);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as our own endpoint has it
  const { Owner } = (await response.json()) as { Owner: string };
  const owner = members[Number(Owner.slice(1))]!;
  await owner.stop();
  const others = members.filter((member) => member !== owner);
  await target[Symbol.asyncDispose]();
  await until(others, 'critical', 20_000);
});

test('a check of a member itself does no harm', async () => {
  const members = await startCluster();
  const [member] = members;
  await using client = new Rollcall({ endpoints: [...member!.clientUrls] });
  const own = new URL(member!.clientUrls[0]!).host;
  const peer = new URL(member!.peerUrls[0]!).host;
  const definitions = {
    http: { HTTP: `http://${own}/health` },
    blocking: { HTTP: `http://${own}/v1/health/service/web?index=1000000&wait=10m` },
    grpc: { GRPC: own },
    'peer-grpc': { GRPC: peer },
    'peer-tcp': { TCP: peer },
    'peer-http': { HTTP: `http://${peer}/` },
    h2ping: { H2PING: own, H2PingUseTLS: false },
  };
  await client.put('/services/web/i1', '10.0.0.1:80');
  for (const [name, definition] of Object.entries(definitions)) {
    const timed = { ...definition, Interval: '1s', Timeout: '500ms' };
    await client.put(`/checks/web/i1/${name}`, JSON.stringify({ definition: timed }));
  }
  const statuses = async (): Promise<Record<string, string>> => {
    const response = await fetch(`${member!.clientUrls[0]}/v1/health/service/web?stale`);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as Consul's API has it
    const [entry] = (await response.json()) as readonly Entry[];
    const found = (entry?.Checks ?? []).filter(({ Output }) => Output !== '');
    return Object.fromEntries(found.map(({ CheckID, Status }) => [CheckID, Status]));
  };
  await vi.waitFor(
    async () =>
      expect(await statuses()).toMatchObject({
        http: 'passing',
        blocking: 'critical',
        grpc: 'passing',
        'peer-grpc': 'critical',
        'peer-tcp': 'passing',
        'peer-http': 'critical',
        h2ping: 'passing',
      }),
    { timeout: 20_000, interval: 100 },
  );
  await client.put('k', 'v');
  expect(await client.get('k')).toMatchObject({});
});
