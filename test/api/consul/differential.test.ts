import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startServer } from '../../../src/server/index.ts';
import { eventually } from '../../cluster/processes.ts';
import { freePorts } from '../../ports.ts';
import { ask, textAt } from './ask.ts';
import type { Asked } from './ask.ts';
import { requests } from './differential-requests.ts';
import type { Request } from './differential-requests.ts';

/**
 * The same requests to a member and to a real Consul. What Consul 1.12.9 answered is recorded, so that the comparison runs
 * without one. With its program in `ROLLCALL_TEST_CONSUL` it is asked again, and with `ROLLCALL_RECORD=1` recorded anew.
 */
const program = process.env['ROLLCALL_TEST_CONSUL'];
const file = join(import.meta.dirname, 'recorded/requests.json');

/** An answer without what differs from run to run. */
interface Answer {
  readonly request: string;
  readonly status: number;
  readonly headers: readonly string[];
  readonly body: unknown;
}

async function answersOf(url: string): Promise<Answer[]> {
  const kept = new Map<string, string>();
  const answers: Answer[] = [];
  for (const request of requests) {
    const path = request.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => kept.get(name) ?? '');
    const { method, body, keep } = request;
    const asked = await ask(url, `/v1/${path}`, {
      method,
      ...(body === undefined ? {} : { body }),
    });
    if (keep !== undefined) kept.set(keep, textAt(asked.json, 'ID'));
    answers.push(answerOf(request, asked));
  }
  return answers;
}

function answerOf({ method, path }: Request, { status, headers, text }: Asked): Answer {
  const names = Object.keys(headers)
    .filter((name) => !changing.has(name) && !name.startsWith('access-control-'))
    .toSorted();
  const isJson = headers['content-type'] === 'application/json';
  return {
    request: `${method} ${path}`,
    status,
    headers: names,
    body: isJson
      ? settled(JSON.parse(text))
      : headers['content-type'] === undefined
        ? ''
        : words(text),
  };
}

/** Headers that say nothing of the answer. Consul has the second only on answers of some calls, newer releases on more. */
const changing: ReadonlySet<string> = new Set([
  'date',
  'x-consul-effective-consistency',
  'content-length',
  'transfer-encoding',
  'connection',
]);

/** Texts without what Consul puts in front of them, and which later releases leave out. */
function words(text: string): string {
  return text
    .trimEnd()
    .replace(/^Bad request: /, '')
    .replace(/^(?:raft )?apply failed: /, '')
    .replaceAll(uuid, '<uuid>');
}

const uuid = /[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}/g;
const numbered: ReadonlySet<string> = new Set(['CreateIndex', 'ModifyIndex', 'Index', 'LTime']);
/** Consul's own numbers and names of a node; and fields that only its program has. */
const left: ReadonlySet<string> = new Set([
  'Node',
  'ConsistencyLevel',
  'NotModified',
  'Backend',
  'ResultsFilteredByACLs',
]);

function settled(value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll(uuid, '<uuid>');
  if (Array.isArray(value)) return value.map(settled).toSorted(byJson);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value)
    .filter(([name]) => !left.has(name))
    .map(([name, field]) => [name, numbered.has(name) ? 'number' : settled(field)]);
  return Object.fromEntries(fields);
}

/** Lists of sessions are in the order of their random IDs. */
function byJson(a: unknown, b: unknown): number {
  return JSON.stringify(a) < JSON.stringify(b) ? -1 : 1;
}

function recorded(): Answer[] {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : [];
}

/** Consul reads the limit before it begins the query; here all refusals with 500 have the same headers. */
const withoutHeaders = 'GET query/q1/execute?limit=x';

function same(answer: Answer): Answer {
  return answer.request === withoutHeaders ? { ...answer, headers: [] } : answer;
}

describe('a member answers as Consul did', () => {
  test('all requests are recorded', () => {
    expect(recorded().map(({ request }) => request)).toEqual(
      requests.map(({ method, path }) => `${method} ${path}`),
    );
  });

  test('with status, names of headers and body', async () => {
    const member = await startServer({ consulListen: ['127.0.0.1:0'], name: 'n1' });
    onTestFinished(() => member.stop());
    await member.ready;
    const answers = await answersOf(member.consulUrls[0] ?? '');
    expect(answers.map(same)).toEqual(recorded().map(same));
  });
});

test.skipIf(program === undefined)(
  'a real Consul answers as recorded (ROLLCALL_TEST_CONSUL has its path)',
  async () => {
    const [http = 0, dns = 0, grpc = 0, lan = 0, wan = 0, server = 0] = await freePorts(6);
    const ports = { http, dns, grpc, 'serf-lan': lan, 'serf-wan': wan, server };
    const flags = Object.entries(ports).map(([name, port]) => `-${name}-port=${port}`);
    const child = spawn(program ?? '', ['agent', '-dev', '-bind=127.0.0.1', '-node=n1', ...flags], {
      stdio: 'ignore',
    });
    onTestFinished(async () => {
      child.kill('SIGINT');
      await once(child, 'exit');
    });
    const url = `http://127.0.0.1:${http}`;
    await eventually('Consul has a leader and its node', async () => {
      const { text } = await ask(url, '/v1/health/node/n1');
      return text.includes('serfHealth');
    });
    const answers = await answersOf(url);
    if (process.env['ROLLCALL_RECORD'] === '1') {
      writeFileSync(file, `${JSON.stringify(answers, undefined, 1)}\n`);
    }
    expect(answers).toEqual(recorded());
  },
);
