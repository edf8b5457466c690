import { ConsulContext, recordOf, rowsOf, textOf } from './command.ts';
import type { ConsulCommand } from './command.ts';

const nodeMeta = {
  name: 'node-meta',
  kind: 'text',
  value: 'key=value',
  help: 'Only of nodes with this metadata; can be given several times.',
} as const;

export const catalogCommands: readonly ConsulCommand[] = [
  {
    name: 'catalog datacenters',
    about: 'Lists all known datacenters',
    usage: '',
    flags: [],
    run: async (context) => {
      const failure = 'Error listing datacenters';
      const json = ConsulContext.json(await context.call('catalog/datacenters', { failure }));
      if (Array.isArray(json)) for (const one of json) context.line(textOf(one));
    },
  },
  {
    name: 'catalog nodes',
    about: 'Lists all nodes',
    usage: '[options]',
    flags: [
      { name: 'detailed', kind: 'switch', help: 'With all fields.' },
      { name: 'service', kind: 'text', help: 'Only nodes with an instance of this service.' },
      { name: 'filter', kind: 'text', help: 'An expression that selects nodes.' },
      { name: 'near', kind: 'text' },
      nodeMeta,
    ],
    run: nodes,
  },
  {
    name: 'catalog services',
    about: 'Lists all registered services',
    usage: '[options]',
    flags: [
      { name: 'node', kind: 'text', help: 'Only services with an instance on this node.' },
      { name: 'tags', kind: 'switch', help: 'With the tags of each service.' },
      nodeMeta,
    ],
    run: services,
  },
];

/** The parameter of the API: `key:value`. */
function metaOf(context: ConsulContext): readonly string[] {
  return context.flags.all('node-meta').map((pair) => pair.replace('=', ':'));
}

async function nodes(context: ConsulContext): Promise<void> {
  const { flags } = context;
  const service = flags.text('service');
  const path =
    service === undefined ? 'catalog/nodes' : `catalog/service/${encodeURIComponent(service)}`;
  const answer = await context.call(path, {
    query: { filter: flags.text('filter'), near: flags.text('near'), 'node-meta': metaOf(context) },
    failure: 'Error listing nodes',
  });
  const byName = new Map(
    rowsOf(ConsulContext.json(answer)).map((row) => [textOf(row['Node']), row]),
  );
  if (byName.size === 0) {
    return context.note('No nodes match the given query - try expanding your search.');
  }
  const isDetailed = flags.isOn('detailed');
  const rows = [...byName.values()].map((row) => {
    const id = textOf(row['ID']);
    const few = [
      textOf(row['Node']),
      isDetailed ? id : id.slice(0, 8),
      textOf(row['Address']),
      textOf(row['Datacenter']),
    ];
    if (!isDetailed) return few;
    const meta = service === undefined ? row['Meta'] : row['NodeMeta'];
    return [...few, pairsOf(row['TaggedAddresses']), pairsOf(meta)];
  });
  const more = isDetailed ? ['TaggedAddresses', 'Meta'] : [];
  context.columns([['Node', 'ID', 'Address', 'DC', ...more], ...rows]);
}

function pairsOf(value: unknown): string {
  const pairs = Object.entries(recordOf(value)).map(([key, one]) => `${key}=${textOf(one)}`);
  return pairs.toSorted().join(', ');
}

async function services(context: ConsulContext): Promise<void> {
  const { flags } = context;
  const node = flags.text('node');
  const path = node === undefined ? 'catalog/services' : `catalog/node/${encodeURIComponent(node)}`;
  const answer = await context.call(path, {
    query: { 'node-meta': metaOf(context) },
    failure: 'Error listing services',
  });
  const json = recordOf(ConsulContext.json(answer));
  const tags = node === undefined ? tagsByName(json) : tagsOnNode(json);
  if (tags.size === 0) {
    return context.note('No services match the given query - try expanding your search.');
  }
  const names = [...tags.keys()].toSorted();
  if (!flags.isOn('tags')) {
    for (const name of names) context.line(name);
    return;
  }
  const gap = 6;
  context.columns(
    names.map((name) => [name, [...(tags.get(name) ?? [])].toSorted().join(',')]),
    gap,
  );
}

function tagsByName(json: Readonly<Record<string, unknown>>): Map<string, Set<string>> {
  return new Map(Object.entries(json).map(([name, tags]) => [name, new Set(listOf(tags))]));
}

function tagsOnNode(json: Readonly<Record<string, unknown>>): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const instance of Object.values(recordOf(json['Services']))) {
    const { Service: name, Tags: tags } = recordOf(instance);
    const before = found.get(textOf(name)) ?? new Set();
    found.set(textOf(name), new Set([...before, ...listOf(tags)]));
  }
  return found;
}

function listOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(textOf) : [];
}
