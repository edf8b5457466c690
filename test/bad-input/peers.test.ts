import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { once } from 'node:events';
import { connect } from 'node:net';
import { status } from '@grpc/grpc-js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ClusterOfProcesses, eventually } from '../cluster/processes.ts';
import type { MemberProcess } from '../cluster/processes.ts';
import { Victim } from './member.ts';
import { RawCaller } from './raw-calls.ts';

let victim: Victim;
beforeAll(async () => {
  victim = await Victim.start();
});
afterAll(() => victim[Symbol.asyncDispose]());

const peerMethod = (name: string) => ({
  path: `/rollcall.Peer/${name}`,
  requestStream: true,
  responseStream: name === 'Stream',
});

/** An empty batch of messages, so that only its sender can be wrong. */
const frame = Buffer.from('0a03920090', 'hex');

function hexOf(decimal: string): string {
  return BigInt(decimal).toString(16);
}

/** The handshake of a peer that knows everything about the member under attack. */
async function introduction(): Promise<Record<string, string>> {
  const { header } = await victim.member.client.call('Cluster', 'MemberList', {});
  const { cluster_id, member_id } = header;
  return { cluster: hexOf(cluster_id), from: 'abc', to: hexOf(member_id), protocol: '1' };
}

function saysOnce(member: MemberProcess, message: string): Promise<true> {
  return eventually(`"${message}" in the log`, () => {
    const count = readFileSync(member.logFile, 'utf8').split(message).length - 1;
    return Promise.resolve(count === 1 ? true : undefined);
  });
}

test('a member of another cluster is refused with the reason on both sides, and both go on', async () => {
  const stranger = await ClusterOfProcesses.prepare(1, ['--initial-cluster-token=other']);
  try {
    const [member] = stranger.members;
    const initial = `${stranger.initialCluster},m9=${victim.member.peerUrl}`;
    member!.start([`--initial-cluster=${initial}`, '--initial-cluster-token=other']);
    await saysOnce(victim.member, 'refused a peer');
    await eventually('the reason in the log of the stranger', () => {
      const log = readFileSync(member!.logFile, 'utf8');
      return Promise.resolve(/no connection to peer.*belongs to cluster/.test(log) || undefined);
    });
    expect(member!.running).toBe(true);
    await victim.goesOn();
  } finally {
    await stranger.end();
  }
});

test('a peer that says too little, or the wrong thing, is refused with the reason', async () => {
  const right = await introduction();
  const caller = new RawCaller(victim.peerPort);
  const refusal = async (entries: Record<string, string>): Promise<string> => {
    const { code, details } = await caller.call(peerMethod('Stream'), frame, entries);
    expect(code).not.toBe(0);
    return details;
  };
  expect(await refusal({})).toContain('speaks peer protocol none');
  expect(await refusal({ ...right, protocol: '99' })).toContain('run the same release');
  expect(await refusal({ ...right, cluster: 'feed' })).toContain('belongs to cluster feed');
  expect(await refusal({ ...right, to: 'beef' })).toContain('wanted member beef');
  caller.close();
  await victim.goesOn();
});

test("garbage from a caller with a peer's id closes its stream, and nothing else", async () => {
  const entries = await introduction();
  const caller = new RawCaller(victim.peerPort);
  for (const name of ['Stream', 'Snapshot']) {
    for (const hex of ['', 'ff', '0a03aabbcc', '0a01c1', '0a0180', '0affffffffff7f', '12020000']) {
      const { code } = await caller.call(peerMethod(name), Buffer.from(hex, 'hex'), entries);
      expect([name, hex, code]).toEqual([name, hex, expect.toBeOneOf(refusals)]);
    }
  }
  caller.close();
  await victim.goesOn();
});

// No deadline: the call must end at once.
const refusals = [status.INVALID_ARGUMENT, status.ABORTED, status.INTERNAL];

test('noise on the port of peers is dropped', async () => {
  const noise = [
    Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n'),
    Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\nand then not'),
    createHash('sha512').update('noise').digest(),
    Buffer.alloc(100_000, 0xff),
  ];
  for (const bytes of noise) {
    const socket = connect(victim.peerPort, '127.0.0.1');
    socket.on('error', () => {});
    socket.resume();
    socket.write(bytes);
    await once(socket, 'close');
  }
  await victim.goesOn();
});
