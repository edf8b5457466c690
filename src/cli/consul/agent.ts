import { consulVersion } from '../../base/consul-version.ts';
import { ConsulContext, ConsulFailure, recordOf, rowsOf, textOf } from './command.ts';
import type { ConsulCommand } from './command.ts';

export const agentCommands: readonly ConsulCommand[] = [
  {
    name: 'members',
    about: 'Lists the members of the cluster',
    usage: '[options]',
    flags: [
      { name: 'detailed', kind: 'switch', help: 'With all tags.' },
      { name: 'status', kind: 'text', help: 'Only those whose status matches this expression.' },
      { name: 'wan', kind: 'switch' },
      { name: 'segment', kind: 'text' },
      { name: 'filter', kind: 'text', help: 'An expression that selects members.' },
    ],
    run: members,
  },
  {
    name: 'info',
    about: 'Prints statistics of the member',
    usage: '',
    flags: [],
    run: async (context) => {
      const failure = 'Error querying agent';
      const { Stats } = recordOf(ConsulContext.json(await context.call('agent/self', { failure })));
      for (const [group, values] of sorted(recordOf(Stats))) {
        context.line(`${group}:`);
        for (const [name, value] of sorted(recordOf(values))) {
          context.line(`\t${name} = ${textOf(value)}`);
        }
      }
    },
  },
  {
    name: 'reload',
    about: 'Makes "consul agent" read its configuration files again',
    usage: '',
    flags: [],
    run: async (context) => {
      await context.call('agent/reload', { method: 'PUT', failure: 'Error reloading' });
      context.line('Configuration reload triggered');
    },
  },
  {
    name: 'leave',
    about: 'Ends "consul agent"',
    usage: '',
    flags: [],
    run: async (context) => {
      await context.call('agent/leave', { method: 'PUT', failure: 'Error leaving' });
      context.line('Graceful leave complete');
    },
  },
  {
    name: 'maint',
    about: 'Puts a node or an instance into maintenance, or takes it out',
    usage: '[options]',
    flags: [
      { name: 'enable', kind: 'switch', help: 'Into maintenance.' },
      { name: 'disable', kind: 'switch', help: 'Out of maintenance.' },
      { name: 'reason', kind: 'text', help: 'Why, for people.' },
      { name: 'service', kind: 'text', help: 'An instance by its id; else the node.' },
    ],
    run: maintenance,
  },
  {
    name: 'operator raft list-peers',
    about: 'Lists the members that take part in Raft',
    usage: '',
    flags: [],
    run: async (context) => {
      const failure = 'Error getting peers';
      const answer = await context.call('operator/raft/configuration', { failure });
      const { Servers } = recordOf(ConsulContext.json(answer));
      const rows = rowsOf(Servers).map((server) => [
        ...['Node', 'ID', 'Address'].map((name) => textOf(server[name])),
        server['Leader'] === true ? 'leader' : 'follower',
        textOf(server['Voter']),
        textOf(server['ProtocolVersion']),
      ]);
      context.columns([['Node', 'ID', 'Address', 'State', 'Voter', 'RaftProtocol'], ...rows]);
    },
  },
];

export const versionCommand: ConsulCommand = {
  name: 'version',
  about: 'Prints the release of Consul that this program stands for, and its own',
  usage: '[options]',
  flags: [{ name: 'format', kind: 'text', help: 'pretty or json.' }],
  run: (context) => {
    const format = context.flags.text('format') ?? 'pretty';
    if (format !== 'pretty' && format !== 'json') {
      throw new ConsulFailure(`Unknown format: ${format}`);
    }
    const { version } = context.parts;
    if (format === 'pretty') {
      context.line(`Consul v${consulVersion}`);
      context.line(`Rollcall ${version} speaks its API\n`);
    } else {
      const rpc = { Default: 2, Min: 2, Max: 3 };
      const about = { Version: consulVersion, Revision: '', Prerelease: '', RPC: rpc };
      context.line(JSON.stringify({ ...about, Rollcall: version }, undefined, 3));
    }
    return Promise.resolve();
  },
};

function sorted(
  object: Readonly<Record<string, unknown>>,
): readonly (readonly [string, unknown])[] {
  return Object.entries(object).toSorted(([a], [b]) => (a < b ? -1 : 1));
}

const statuses = ['none', 'alive', 'leaving', 'left', 'failed'];

async function members(context: ConsulContext): Promise<number> {
  const { flags } = context;
  const wanted = patternOf(flags.text('status') ?? '.*');
  const answer = await context.call('agent/members', {
    query: {
      wan: flags.isOn('wan') ? '1' : undefined,
      segment: flags.text('segment') ?? '_all',
      filter: flags.text('filter'),
    },
    failure: 'Error retrieving members',
  });
  const found = rowsOf(ConsulContext.json(answer)).filter((member) =>
    wanted.test(statusOf(member)),
  );
  // As Consul: none is no failure of the call.
  if (found.length === 0) return 2;
  const rows = found.map((member) => {
    const tags = recordOf(member['Tags']);
    const tag = (name: string): string => textOf(tags[name]);
    const few = [
      textOf(member['Name']),
      `${textOf(member['Addr'])}:${textOf(member['Port'])}`,
      statusOf(member),
    ];
    if (flags.isOn('detailed')) {
      return [
        ...few,
        sorted(tags)
          .map(([name, value]) => `${name}=${textOf(value)}`)
          .join(','),
      ];
    }
    const [build = ''] = tag('build').split(':');
    return [
      ...few,
      tag('role') === 'consul' ? 'server' : 'client',
      build,
      tag('vsn'),
      tag('dc'),
      'default',
      '<all>',
    ];
  });
  const few = ['Node', 'Address', 'Status'];
  const head = flags.isOn('detailed')
    ? [...few, 'Tags']
    : [...few, 'Type', 'Build', 'Protocol', 'DC', 'Partition', 'Segment'];
  context.columns([head, ...rows]);
  return 0;
}

function patternOf(text: string): RegExp {
  try {
    return new RegExp(text);
  } catch {
    throw new ConsulFailure(`Failed to compile status regexp: ${text}`);
  }
}

function statusOf(member: Readonly<Record<string, unknown>>): string {
  return statuses[Number(member['Status'])] ?? 'none';
}

async function maintenance(context: ConsulContext): Promise<void> {
  const { flags } = context;
  const [enables, disables] = [flags.isOn('enable'), flags.isOn('disable')];
  if (enables && disables)
    throw new ConsulFailure('Only one of -enable or -disable may be provided');
  if (!enables && !disables) return await showMaintenance(context);
  const service = flags.text('service');
  const path =
    service === undefined
      ? 'agent/maintenance'
      : `agent/service/maintenance/${encodeURIComponent(service)}`;
  await context.call(path, {
    method: 'PUT',
    query: { enable: String(enables), reason: enables ? flags.text('reason') : undefined },
    failure: `Error ${enables ? 'enabling' : 'disabling'} maintenance`,
  });
  const where = service === undefined ? 'Node maintenance' : `Service maintenance for "${service}"`;
  context.line(`${where} is now ${enables ? 'enabled' : 'disabled'}`);
}

async function showMaintenance(context: ConsulContext): Promise<void> {
  const failure = 'Error getting checks';
  const checks = recordOf(ConsulContext.json(await context.call('agent/checks', { failure })));
  for (const [id, value] of sorted(checks)) {
    const check = recordOf(value);
    if (id === '_node_maintenance') {
      context.line(
        `Node:\n  Name:   ${textOf(check['Node'])}\n  Reason: ${textOf(check['Notes'])}\n`,
      );
    } else if (id.startsWith('_service_maintenance:')) {
      const name = textOf(check['ServiceName']);
      context.line(
        `Service:\n  ID:     ${textOf(check['ServiceID'])}\n  Name:   ${name}\n  Reason: ${textOf(check['Notes'])}\n`,
      );
    }
  }
}
