import { afterAll, beforeAll, expect, test } from 'vitest';
import { ClusterOfProcesses } from '../../cluster/processes.ts';
import type { MemberProcess } from '../../cluster/processes.ts';
import { ask, textAt } from './ask.ts';
import type { Asked } from './ask.ts';

/** What one member has taken is there for the next call to any other: a proxy in front may choose another one each time. */

let cluster: ClusterOfProcesses;
/** A follower. */
let late: MemberProcess;
let other: MemberProcess;

beforeAll(async () => {
  cluster = await ClusterOfProcesses.start(3);
  const [first] = cluster.members;
  const leader = (await ask(first?.clientUrl ?? '', '/v1/status/leader')).text;
  const isLeader = ({ peerUrl }: MemberProcess): boolean =>
    leader === JSON.stringify(new URL(peerUrl).host);
  const [follower, next] = cluster.members.filter((member) => !isLeader(member));
  if (follower === undefined || next === undefined) throw new Error('there are too few followers');
  [late, other] = [follower, next];
}, 60_000);

afterAll(() => cluster.end());

function call(member: MemberProcess, method: string, path: string, body?: object): Promise<Asked> {
  return ask(member.clientUrl, `/v1/${path}`, { method, ...(body && { body }) });
}

const rounds = 10;

/** The answers of a member that has not yet heard of `first`, which another one has answered. */
async function answers(
  first: (at: number) => Promise<Asked>,
  then: (at: number, before: Asked) => Promise<Asked>,
): Promise<readonly string[]> {
  const seen = new Set<string>();
  for (let at = 0; at < rounds; at++) {
    late.pause();
    try {
      const before = await first(at);
      expect(before.status).toBe(200);
      const answer = then(at, before);
      late.resume();
      const { status, text } = await answer;
      seen.add(status === 200 ? '200' : `${status} ${text}`);
    } finally {
      late.resume();
    }
  }
  return [...seen];
}

const onNode = (at: number, more: object): object => {
  return { Node: `n${at}`, Address: '10.0.0.1', SkipNodeUpdate: true, ...more };
};

test('an instance gets a check through another member', async () => {
  const check = { CheckID: 'c', Status: 'passing', ServiceID: 'web' };
  const service = { Service: 'web' };
  const seen = await answers(
    (at) => call(other, 'PUT', 'catalog/register', onNode(at, { Service: service })),
    (at) => call(late, 'PUT', 'catalog/register', onNode(at, { Check: check })),
  );
  expect(seen).toEqual(['200']);
});

test('a session holds by a check that another member took', async () => {
  const check = { CheckID: 'held', Status: 'passing' };
  const seen = await answers(
    (at) => call(other, 'PUT', 'catalog/register', onNode(at, { Check: check })),
    (at) => call(late, 'PUT', 'session/create', { Node: `n${at}`, NodeChecks: ['held'] }),
  );
  expect(seen).toEqual(['200']);
});

test.each(['ID', 'name'])(
  'a prepared query is executed by another member, by its %s',
  async (by) => {
    const seen = await answers(
      (at) => call(other, 'POST', 'query', { Name: `${by}${at}`, Service: { Service: 'web' } }),
      (at, { json }) =>
        call(late, 'GET', `query/${by === 'ID' ? textAt(json, 'ID') : `${by}${at}`}/execute`),
    );
    expect(seen).toEqual(['200']);
  },
);

test.each(['agent/service', 'agent/health/service/id', 'agent/health/service/name'])(
  'an instance of an agent is looked at through another member: %s',
  async (path) => {
    const name = (at: number): string => `${path.replaceAll('/', '-')}-${at}`;
    const seen = await answers(
      (at) => call(other, 'PUT', 'agent/service/register', { Name: name(at) }),
      (at) => call(late, 'GET', `${path}/${name(at)}`),
    );
    expect(seen).toEqual(['200']);
  },
);
