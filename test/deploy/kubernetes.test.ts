import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { parseServeArguments } from '../../src/server/config.ts';
import { startServer } from '../../src/server/index.ts';
import { freePorts } from '../ports.ts';

const root = join(import.meta.dirname, '../..');
const read = (file: string): string => readFileSync(join(root, file), 'utf8');

const labels = z.record(z.string(), z.string());
const probe = z.object({ httpGet: z.object({ path: z.string(), port: z.string() }) });
const container = z.object({
  image: z.string(),
  args: z.array(z.string()),
  ports: z.array(z.object({ name: z.string(), containerPort: z.number() })),
  startupProbe: probe,
  livenessProbe: probe,
  readinessProbe: probe,
  securityContext: z.object({
    allowPrivilegeEscalation: z.literal(false),
    readOnlyRootFilesystem: z.literal(true),
  }),
  volumeMounts: z.array(z.object({ name: z.string(), mountPath: z.string() })),
});
const statefulSet = z.object({
  metadata: z.object({ name: z.string() }),
  spec: z.object({
    serviceName: z.string(),
    replicas: z.number(),
    selector: z.object({ matchLabels: labels }),
    template: z.object({
      metadata: z.object({ labels, annotations: labels }),
      spec: z.object({
        securityContext: z.object({ runAsNonRoot: z.literal(true), runAsUser: z.number() }),
        containers: z.tuple([container]),
      }),
    }),
    volumeClaimTemplates: z.tuple([z.object({ metadata: z.object({ name: z.string() }) })]),
  }),
});

const documents = parseAllDocuments(read('deploy/kubernetes/rollcall.yaml')).map(
  (document): unknown => {
    expect(document.errors).toEqual([]);
    return document.toJS();
  },
);
const ofKind = <T>(kind: string, form: z.ZodType<T>): T[] =>
  documents.filter((one) => Object(one).kind === kind).map((one) => form.parse(one));

const [set] = z.tuple([statefulSet]).parse(ofKind('StatefulSet', statefulSet));
const pod = set.spec.template;
const [member] = pod.spec.containers;

/** The settings of the member with this ordinal, as the program understands the arguments. */
function settingsOf(ordinal: number) {
  const args = member.args.map((arg) =>
    arg.replaceAll('$(POD_NAME)', `${set.metadata.name}-${ordinal}`),
  );
  const found = parseServeArguments(args, {});
  if (found.kind !== 'serve') throw new Error(JSON.stringify(found));
  return found.config;
}

describe('the StatefulSet', () => {
  const members = Array.from({ length: set.spec.replicas }, (_, ordinal) => settingsOf(ordinal));

  test('gives each member its own entry in the list of all, by the names of the headless service', () => {
    expect(members).toHaveLength(3);
    for (const { name, initialCluster, initialAdvertisePeerUrls } of members) {
      expect(initialCluster).toHaveLength(members.length);
      expect(initialCluster).toContainEqual({ name, peerUrl: initialAdvertisePeerUrls[0] });
      expect(initialAdvertisePeerUrls[0]).toContain(`//${name}.${set.spec.serviceName}:`);
    }
  });

  test('listens at the ports that it declares, and keeps its data in the volume', () => {
    const { listenClientUrls, listenPeerUrls, listenMetricsUrls, dataDir } = settingsOf(0);
    const listening = [listenClientUrls, listenPeerUrls, listenMetricsUrls].map(([url]) =>
      Number(new URL(url ?? '').port),
    );
    expect(member.ports.map(({ containerPort }) => containerPort)).toEqual(listening);
    expect(pod.metadata.annotations['prometheus.io/port']).toBe(String(listening[2]));
    const [mount] = member.volumeMounts;
    expect(mount?.name).toBe(set.spec.volumeClaimTemplates[0].metadata.name);
    expect(dataDir?.startsWith(`${mount?.mountPath}/`)).toBe(true);
  });

  test('runs the image of this release as the user that the Dockerfile makes', () => {
    const { version } = JSON.parse(read('package.json'));
    expect(member.image).toMatch(new RegExp(`:${version}$`));
    const [, user] = /^USER (\d+):\d+$/m.exec(read('deploy/Dockerfile')) ?? [];
    expect(pod.spec.securityContext.runAsUser).toBe(Number(user));
  });

  test('is selected by itself, its services, its budget and its policy', () => {
    const selecting = z.object({ spec: z.object({ selector: labels }) });
    const matching = z.object({ spec: z.object({ selector: z.object({ matchLabels: labels }) }) });
    const policy = z.object({ spec: z.object({ podSelector: z.object({ matchLabels: labels }) }) });
    const selectors = [
      ...ofKind('Service', selecting).map(({ spec }) => spec.selector),
      ...ofKind('PodDisruptionBudget', matching).map(({ spec }) => spec.selector.matchLabels),
      ...ofKind('NetworkPolicy', policy).map(({ spec }) => spec.podSelector.matchLabels),
      set.spec.selector.matchLabels,
    ];
    expect(selectors).toHaveLength(5);
    for (const selector of selectors) expect(pod.metadata.labels).toMatchObject(selector);
  });

  test('every port that a service, a probe or the policy names is one of the container', () => {
    const names = new Set(member.ports.map(({ name }) => name));
    const text = read('deploy/kubernetes/rollcall.yaml');
    const used = [...text.matchAll(/\b(?:targetPort|port): ([a-z]+)\b/g)].map(([, name]) => name);
    expect(used.length).toBeGreaterThanOrEqual(10);
    expect(used.filter((name) => name === undefined || !names.has(name))).toEqual([]);
  });
});

test('the probes ask for pages that a member serves; one that waits for others lives and is not ready', async () => {
  const [peerPort, otherPort, metricsPort, lonePort] = await freePorts(4);
  await using alone = await startServer({ listenMetricsUrls: urls(lonePort) });
  await using waiting = await startServer({
    name: 'm1',
    listenMetricsUrls: urls(metricsPort),
    listenPeerUrls: urls(peerPort),
    initialAdvertisePeerUrls: urls(peerPort),
    initialCluster: [
      { name: 'm1', peerUrl: urls(peerPort)[0] ?? '' },
      { name: 'm2', peerUrl: urls(otherPort)[0] ?? '' },
    ],
  });
  waiting.ready.catch(() => {});
  await alone.ready;
  const statusOf = async ({ metricsUrls }: typeof alone, { httpGet }: z.infer<typeof probe>) =>
    (await fetch(`${metricsUrls[0]}${httpGet.path}`)).status;

  for (const one of [member.startupProbe, member.livenessProbe, member.readinessProbe]) {
    expect(await statusOf(alone, one)).toBe(200);
  }
  expect(await statusOf(waiting, member.startupProbe)).toBe(200);
  expect(await statusOf(waiting, member.livenessProbe)).toBe(200);
  expect(await statusOf(waiting, member.readinessProbe)).toBe(503);
});

function urls(port: number | undefined): string[] {
  return [`http://127.0.0.1:${port}`];
}
