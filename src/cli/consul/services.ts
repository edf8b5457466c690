import { readFileSync } from 'node:fs';
import { HclError, parseHcl } from '../../base/hcl.ts';
import { ConsulFailure, isRecord, rowsOf, textOf } from './command.ts';
import type { ConsulCommand, ConsulContext } from './command.ts';

export const serviceCommands: readonly ConsulCommand[] = [
  {
    name: 'services register',
    about: 'Registers services, from files or from flags',
    usage: '[options] [FILE…]',
    flags: [
      { name: 'name', kind: 'text', help: 'The service.' },
      { name: 'id', kind: 'text', help: 'The instance; else the name of the service.' },
      { name: 'address', kind: 'text', help: 'Its address; else that of the caller.' },
      { name: 'port', kind: 'number', help: 'Its port.' },
      { name: 'tag', kind: 'text', help: 'A tag; can be given several times.' },
      { name: 'meta', kind: 'text', value: 'key=value', help: 'Can be given several times.' },
      { name: 'tagged-address', kind: 'text', value: 'name=host:port' },
      { name: 'kind', kind: 'text' },
    ],
    run: register,
  },
  {
    name: 'services deregister',
    about: 'Removes services, those of files or one by its id',
    usage: '[options] [FILE…]',
    flags: [{ name: 'id', kind: 'text', help: 'The instance.' }],
    run: deregister,
  },
];

type Service = Readonly<Record<string, unknown>>;

async function register(context: ConsulContext): Promise<void> {
  const { flags } = context;
  const files = flags.rest;
  if (files.length === 0 && flags.text('name') === undefined) {
    throw new ConsulFailure('Service registration requires at least one argument or flags.');
  }
  if (files.length > 0 && flags.text('name') !== undefined) {
    throw new ConsulFailure('Service registration takes files or flags, not both.');
  }
  const services = files.length > 0 ? files.flatMap(servicesIn) : [serviceOf(context)];
  for (const service of services) {
    const name = fieldOf(service, 'name');
    await context.call('agent/service/register', {
      method: 'PUT',
      body: JSON.stringify(service),
      failure: `Error registering service ${JSON.stringify(name)}`,
    });
    context.line(`Registered service: ${name}`);
  }
}

function serviceOf({ flags }: ConsulContext): Service {
  const [name, id, kind] = [flags.text('name'), flags.text('id'), flags.text('kind')];
  const tagged = flags.all('tagged-address').map((pair) => {
    const [, label = '', address = '', port = ''] =
      /^([^=]+)=\[?([^\]]*)\]?:(\d{1,5})$/.exec(pair) ?? [];
    if (label === '') {
      throw new ConsulFailure(`Invalid -tagged-address "${pair}": write name=address:port`);
    }
    return [label, { Address: address, Port: Number(port) }];
  });
  return {
    Name: name,
    ...(id === undefined ? {} : { ID: id }),
    ...(kind === undefined ? {} : { Kind: kind }),
    Address: flags.text('address') ?? '',
    Port: flags.number('port') ?? 0,
    Tags: flags.all('tag'),
    Meta: Object.fromEntries(flags.all('meta').map(pairOf)),
    ...(tagged.length === 0 ? {} : { TaggedAddresses: Object.fromEntries(tagged) }),
  };
}

/** `key=value` */
function pairOf(text: string): [string, string] {
  const equals = text.indexOf('=');
  return equals === -1 ? [text, ''] : [text.slice(0, equals), text.slice(equals + 1)];
}

async function deregister(context: ConsulContext): Promise<void> {
  const { flags } = context;
  const id = flags.text('id');
  if (flags.rest.length === 0 && id === undefined) {
    throw new ConsulFailure('Service deregistration requires at least one argument or -id.');
  }
  if (flags.rest.length > 0 && id !== undefined) {
    throw new ConsulFailure('Service deregistration takes files or -id, not both.');
  }
  const ids =
    id === undefined
      ? flags.rest.flatMap(servicesIn).map((one) => fieldOf(one, 'id') || fieldOf(one, 'name'))
      : [id];
  for (const one of ids) {
    await context.call(`agent/service/deregister/${encodeURIComponent(one)}`, {
      method: 'PUT',
      failure: `Error deregistering service ${JSON.stringify(one)}`,
    });
    context.line(`Deregistered service: ${one}`);
  }
}

/** The services that a configuration file, in JSON or HCL, describes. */
function servicesIn(path: string): readonly Service[] {
  const parsed = parsedFile(path);
  const services = ['service', 'services'].flatMap((key) => {
    const value = isRecord(parsed) ? parsed[key] : undefined;
    return Array.isArray(value) ? rowsOf(value) : isRecord(value) ? [value] : [];
  });
  if (services.length === 0) throw new ConsulFailure(`Error: ${path} describes no service`);
  return services;
}

function parsedFile(path: string): unknown {
  try {
    const text = readFileSync(path, 'utf8');
    return path.endsWith('.hcl') ? parseHcl(text) : JSON.parse(text);
  } catch (error) {
    const isOfFile = error instanceof HclError || error instanceof SyntaxError;
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConsulFailure(
      `Error: ${isOfFile ? 'failed to parse' : 'cannot read'} ${path}: ${reason}`,
    );
  }
}

function fieldOf(service: Service, name: string): string {
  const [, value] = Object.entries(service).find(([key]) => key.toLowerCase() === name) ?? [];
  return textOf(value);
}
