import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { ConsulContext, ConsulFailure, recordOf, rowsOf, textOf } from './command.ts';
import type { ConsulCommand } from './command.ts';

/** Commands of scripts that need no file of their own. */
export const otherCommands: readonly ConsulCommand[] = [
  {
    name: 'event',
    about: 'Fires an event',
    usage: '[options] [PAYLOAD]',
    flags: ['name', 'node', 'service', 'tag'].map((name) => ({
      name,
      kind: 'text',
      help: name === 'name' ? 'The name of the event.' : `Only for those of this ${name}.`,
    })),
    run: fire,
  },
  {
    name: 'rtt',
    about: 'Estimates the time of a round between two nodes',
    usage: '[options] NODE [NODE]',
    flags: [{ name: 'wan', kind: 'switch' }],
    run: estimate,
  },
  {
    name: 'snapshot save',
    about: "Saves the data of Consul's API into a file",
    usage: '[options] FILE',
    flags: [{ name: 'append-filename', kind: 'text' }],
    run: save,
  },
  {
    name: 'snapshot restore',
    about: "Puts the data of Consul's API back as it is in a file",
    usage: '[options] FILE',
    flags: [],
    run: restore,
  },
];

async function fire(context: ConsulContext): Promise<void> {
  const { flags } = context;
  const name = flags.text('name');
  if (name === undefined) throw new ConsulFailure('Event name must be specified');
  if (flags.rest.length > 1) throw new ConsulFailure('Too many command line arguments.');
  const answer = await context.call(`event/fire/${encodeURIComponent(name)}`, {
    method: 'PUT',
    body: flags.rest[0] ?? '',
    query: { node: flags.text('node'), service: flags.text('service'), tag: flags.text('tag') },
    failure: 'Error firing event',
  });
  context.line(`Event ID: ${textOf(recordOf(ConsulContext.json(answer))['ID'])}`);
}

async function estimate(context: ConsulContext): Promise<void> {
  const [first, given, ...more] = context.flags.rest;
  if (first === undefined || more.length > 0) {
    throw new ConsulFailure('One or two node names must be specified');
  }
  if (context.flags.isOn('wan')) throw new ConsulFailure('There is one datacenter');
  let second = given;
  if (second === undefined) {
    const self = await context.call('agent/self', { failure: 'Unable to look up agent info' });
    second = textOf(recordOf(recordOf(ConsulContext.json(self))['Config'])['NodeName']);
  }
  const answer = await context.call('coordinate/nodes', { failure: 'Error getting coordinates' });
  const rows = rowsOf(ConsulContext.json(answer));
  const of = (node: string): Coordinate => {
    const row = rows.find(({ Node }) => Node === node);
    if (row === undefined)
      throw new ConsulFailure(`Could not find a coordinate for node "${node}"`);
    return coordinateOf(recordOf(row['Coord']));
  };
  const milliseconds = (roundSeconds(of(first), of(second)) * 1000).toFixed(3);
  context.line(`Estimated ${first} <-> ${second} rtt: ${milliseconds} ms (using LAN coordinates)`);
}

interface Coordinate {
  readonly vector: readonly number[];
  readonly height: number;
  readonly adjustment: number;
}

function coordinateOf(fields: Readonly<Record<string, unknown>>): Coordinate {
  const { Vec, Height, Adjustment } = fields;
  const vector = Array.isArray(Vec) ? Vec.map(Number) : [];
  return { vector, height: Number(Height ?? 0), adjustment: Number(Adjustment ?? 0) };
}

/** As Vivaldi has it: the distance of the vectors with both heights, adjusted unless that makes it negative. */
function roundSeconds(a: Coordinate, b: Coordinate): number {
  const squares = a.vector.map((one, at) => (one - (b.vector[at] ?? 0)) ** 2);
  const distance = Math.sqrt(squares.reduce((sum, one) => sum + one, 0)) + a.height + b.height;
  const adjusted = distance + a.adjustment + b.adjustment;
  return adjusted > 0 ? adjusted : distance;
}

function fileOf({ flags }: ConsulContext): string {
  const [file, ...more] = flags.rest;
  if (file === undefined) throw new ConsulFailure('Missing FILE argument');
  if (more.length > 0)
    throw new ConsulFailure(`Too many arguments (expected 1, got ${more.length + 1})`);
  return file;
}

async function save(context: ConsulContext): Promise<void> {
  const file = fileOf(context);
  const answer = await context.call('snapshot', { failure: 'Error saving snapshot' });
  // A file that is there is a whole one.
  const unverified = `${file}.unverified`;
  try {
    writeFileSync(unverified, answer.body);
    renameSync(unverified, file);
  } catch (error) {
    throw new ConsulFailure(`Error writing snapshot file: ${reasonOf(error)}`);
  }
  const index = String(answer.headers['x-consul-index'] ?? '0');
  context.line(`Saved and verified snapshot to index ${index}`);
}

async function restore(context: ConsulContext): Promise<void> {
  const file = fileOf(context);
  let body: Uint8Array;
  try {
    body = readFileSync(file);
  } catch (error) {
    throw new ConsulFailure(`Error opening snapshot file: ${reasonOf(error)}`);
  }
  await context.call('snapshot', { method: 'PUT', body, failure: 'Error restoring snapshot' });
  context.line('Restored snapshot');
}

/** In Go's words, which scripts look for. */
function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  // Node.js: `ENOENT: no such file or directory, open 'x'`.
  return message.replace(/^ENOENT: (no such file or directory), open '(.*)'$/s, 'open $2: $1');
}
