import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { startServer, type EmbeddedMember } from '../../src/server/index.ts';
import { freePorts } from '../ports.ts';

/** The alerts and the board ask only for metrics and labels that members serve. */

const root = join(import.meta.dirname, '../..');
const read = (file: string): string => readFileSync(join(root, file), 'utf8');

const rule = z.object({
  alert: z.string(),
  expr: z.string(),
  labels: z.object({ severity: z.enum(['critical', 'warning']) }),
  annotations: z.object({ summary: z.string(), runbook_url: z.string() }),
});
const alerts = z
  .object({ groups: z.array(z.object({ rules: z.array(rule) })) })
  .parse(parse(read('deploy/prometheus/alerts.yml')))
  .groups.flatMap(({ rules }) => rules);

const panel = z.object({
  id: z.number(),
  title: z.string(),
  gridPos: z.object({ x: z.number(), y: z.number(), w: z.number(), h: z.number() }),
  targets: z.array(z.object({ expr: z.string(), legendFormat: z.string() })).default([]),
});
const board = z
  .object({
    panels: z.array(panel),
    templating: z.object({ list: z.array(z.object({ name: z.string() })) }),
  })
  .parse(JSON.parse(read('deploy/grafana/rollcall.json')));

let dir: string;
let members: readonly EmbeddedMember[] = [];
/** The labels of each metric, from the samples of two members with data on a disk. */
const served = new Map<string, Set<string>>();

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'rollcall-metrics-'));
  const peers = (await freePorts(2)).map((port) => `http://127.0.0.1:${port}`);
  const initialCluster = peers.map((peerUrl, at) => ({ name: `m${at}`, peerUrl }));
  members = await Promise.all(
    peers.map((peerUrl, at) =>
      startServer({
        name: `m${at}`,
        dataDir: join(dir, `m${at}`),
        listenPeerUrls: [peerUrl],
        initialAdvertisePeerUrls: [peerUrl],
        initialCluster,
      }),
    ),
  );
  await Promise.all(members.map(({ ready }) => ready));
  for (const { clientUrls } of members) {
    const text = await (await fetch(`${clientUrls[0]}/metrics`)).text();
    for (const [, name = ''] of text.matchAll(/^# TYPE (\S+)/gm)) served.set(name, new Set());
    for (const [, name = '', labels = ''] of text.matchAll(/^([a-z]\w*)(?:\{(.*)\})? /gm)) {
      const known = served.get(name) ?? new Set();
      for (const [, label = ''] of labels.matchAll(/(\w+)="/g)) known.add(label);
      served.set(name, known);
    }
  }
});

afterAll(async () => {
  await Promise.all(members.map((member) => member.stop()));
  rmSync(dir, { recursive: true });
});

/** The metrics that an expression asks for. `up` is Prometheus' own. */
function metricsIn(expr: string): readonly string[] {
  const names = expr.matchAll(/\b(?:etcd|grpc|rollcall|process|nodejs|os|go)_\w+/g);
  return [...new Set([...names].map(([name]) => name))].filter(
    (name) => !labelsIn(expr).includes(name),
  );
}

function labelsIn(expr: string): readonly string[] {
  const grouped = [...expr.matchAll(/\b(?:by|without) \(([^)]*)\)/g)].flatMap(([, list = '']) =>
    list.split(/,\s*/),
  );
  const matched = [...expr.matchAll(/[{,]\s*(\w+)\s*(?:=~|!~|!=|=)/g)].map(([, name = '']) => name);
  return [...grouped, ...matched];
}

/** Labels that Prometheus adds, and those of metrics that have no sample as long as all is well. */
const added = ['job', 'instance', 'alarm_type'];

const expressions: readonly (readonly [place: string, expr: string])[] = [
  ...alerts.map(({ alert, expr }) => [alert, expr] as const),
  ...board.panels.flatMap(({ title, targets }) =>
    targets.map(({ expr }) => [`panel "${title}"`, expr] as const),
  ),
];

test.each(expressions)('%s asks for metrics and labels that there are', (_, expr) => {
  const names = metricsIn(expr);
  const labels = new Set([...added, ...names.flatMap((name) => [...(served.get(name) ?? [])])]);

  expect(names.filter((name) => !served.has(name))).toEqual([]);
  expect(labelsIn(expr).filter((label) => !labels.has(label))).toEqual([]);
  expect(expr).toContain('job="');
});

test('each alert has its place in the runbook, and there is none for another', () => {
  const described = [...read('docs/runbook.md').matchAll(/^## (\w+)$/gm)].map(([, name]) => name);
  const severities = [...read('docs/runbook.md').matchAll(/^\*(Critical|Warning)\.\*/gm)].map(
    ([, severity]) => severity?.toLowerCase(),
  );

  expect(described).toEqual(alerts.map(({ alert }) => alert));
  expect(severities).toEqual(alerts.map(({ labels }) => labels.severity));
  for (const { alert, annotations } of alerts) {
    expect(annotations.runbook_url).toMatch(
      new RegExp(`/docs/runbook\\.md#${alert.toLowerCase()}$`),
    );
  }
});

describe('the board', () => {
  test('has panels with different ids that do not overlap', () => {
    const cells = board.panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, at) => `${x + (at % w)},${y + Math.floor(at / w)}`),
    );
    expect(new Set(board.panels.map(({ id }) => id)).size).toBe(board.panels.length);
    expect(new Set(cells).size).toBe(cells.length);
    expect(Math.max(...board.panels.map(({ gridPos }) => gridPos.x + gridPos.w))).toBe(24);
  });

  test('uses no variable that it does not define', () => {
    const defined = ['__rate_interval', ...board.templating.list.map(({ name }) => name)];
    const used = read('deploy/grafana/rollcall.json').matchAll(/\$\{?(\w+)\}?/g);
    expect(
      [...used].map(([, name = '']) => name).filter((name) => !defined.includes(name)),
    ).toEqual([]);
  });
});

const promtool = process.env['ROLLCALL_TEST_PROMTOOL'] ?? 'promtool';
const hasPromtool = spawnSync(promtool, ['--version']).status === 0;
if (!hasPromtool)
  console.log('alerts are evaluated only where promtool (of Prometheus) is installed');

test.skipIf(!hasPromtool)('each alert fires when it should, as Prometheus evaluates it', () => {
  const { status, stdout, stderr } = spawnSync(
    promtool,
    ['test', 'rules', join(root, 'test/deploy/alerts.yml')],
    { encoding: 'utf8' },
  );
  expect(`${stdout}${stderr}exit code ${status}`).toContain('exit code 0');
});
