import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { check } from '../api/etcd/exchange.ts';
import { conversation } from '../api/etcd/expectations.ts';
import { responseTo } from '../api/etcd/serve.ts';
import { Subject, targets } from './targets.ts';

/** As Go's library for gRPC names them. */
const statusNames =
  'OK Canceled Unknown InvalidArgument DeadlineExceeded NotFound AlreadyExists PermissionDenied ResourceExhausted ' +
  'FailedPrecondition Aborted OutOfRange Unimplemented Internal Unavailable DataLoss Unauthenticated';

/** The answers are those of this release; older ones speak otherwise over HTTP. */
const subjects = targets
  .map((target) => new Subject(target))
  .filter((subject) => subject.since('3.7'));

describe.each(subjects)('the JSON gateway: $target.name', (subject) => {
  beforeAll(() => subject.start(1, []));
  afterAll(() => subject.end());

  test.each(conversation)('$name', async (exchange) => {
    await check(subject.members[0]!.clientUrl, exchange);
  });

  test('figures have sorted labels, and each status of each call from the start', async () => {
    const text = await (await fetch(`${subject.members[0]!.clientUrl}/metrics`)).text();
    const codes = (call: string): string[] =>
      text
        .split('\n')
        .filter((line) => line.startsWith('grpc_server_handled_total{') && line.includes(call))
        .map((line) => line.replace(/"\} \d+$/, '"}'));
    const labels = 'grpc_method="Hash",grpc_service="etcdserverpb.Maintenance",grpc_type="unary"';
    expect(new Set(codes('grpc_method="Hash"'))).toEqual(
      new Set(
        statusNames
          .split(' ')
          .map((code) => `grpc_server_handled_total{grpc_code="${code}",${labels}}`),
      ),
    );
    for (const [, list = ''] of text.matchAll(/^\w+\{(.*)\} \S+$/gm)) {
      const names = [...list.matchAll(/(\w+)="/g)].map(([, name = '']) => name);
      // The bound of a bucket stands behind the others.
      const ranked = names.map((name) => (name === 'le' ? '~' : name));
      expect(ranked).toEqual(ranked.toSorted((one, other) => (one < other ? -1 : 1)));
    }
  });

  test('a watch continues after the end of its request', async () => {
    const key = Buffer.from(subject.freshKey()).toString('base64');
    const asked = request(`${subject.members[0]!.clientUrl}/v3/watch`, { method: 'POST' });
    onTestFinished(() => void asked.destroy());
    asked.end(JSON.stringify({ create_request: { key } }));
    const answers = (await responseTo(asked))[Symbol.asyncIterator]();
    expect(String((await answers.next()).value)).toContain('"created":true');

    await fetch(`${subject.members[0]!.clientUrl}/v3/kv/put`, {
      method: 'POST',
      body: JSON.stringify({ key }),
    });

    expect(String((await answers.next()).value)).toContain(`"events":[{"kv":{"key":"${key}"`);
  });

  test('a snapshot comes in parts, the last of which says how it ends', async () => {
    const response = await fetch(`${subject.members[0]!.clientUrl}/v3/maintenance/snapshot`, {
      method: 'POST',
      body: '{}',
    });

    const lines = (await response.text()).trimEnd().split('\n');
    for (const line of lines) expect(line).toMatch(/^\{"result":\{.*"blob":"/);
    expect(lines.at(-1)).not.toContain('remaining_bytes');
  });
});
