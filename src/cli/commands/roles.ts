import type { Command } from 'commander';
import { bytesOfKey, keyOf, prefixRange } from '../../base/key.ts';
import type { Keys, Permission } from '../../client/index.ts';
import { usageError } from '../exit.ts';
import type { Run, Session } from '../session.ts';

/** `role …`, with etcdctl's words and output, and permissions for services. */
export function addRoles(program: Command, run: Run): void {
  const role = program.command('role').description('add, change and look at roles');
  role
    .command('add')
    .description('add a role without permissions')
    .argument('<name>', 'its name')
    .addHelpText('after', '\nExample:\n  rollcall role add payments')
    .action((name: string, _flags: unknown, command: Command) =>
      run(command, async (session) => {
        await session.client.auth.addRole(name);
        session.result({ role: name }, `Role ${name} created`);
      }),
    );
  role
    .command('delete')
    .description('delete a role, also from its users')
    .argument('<name>', 'its name')
    .addHelpText('after', '\nExample:\n  rollcall role delete payments')
    .action((name: string, _flags: unknown, command: Command) =>
      run(command, async (session) => {
        await session.client.auth.deleteRole(name);
        session.result({ role: name }, `Role ${name} deleted`);
      }),
    );
  role
    .command('list')
    .description('print the names of all roles')
    .addHelpText('after', '\nExample:\n  rollcall role list')
    .action((_flags: unknown, command: Command) =>
      run(command, async (session) => {
        const roles = await session.client.auth.roles();
        session.result({ roles }, roles);
      }),
    );
  role
    .command('get')
    .description('print the permissions of a role')
    .argument('<name>', 'its name')
    .addHelpText('after', '\nExample:\n  rollcall role get payments')
    .action((name: string, _flags: unknown, command: Command) =>
      run(command, (session) => showRole(session, name)),
    );
  addPermissions(role, run);
  addServices(role, run);
}

interface RangeFlags {
  readonly prefix?: boolean;
  readonly fromKey?: boolean;
}

function addPermissions(role: Command, run: Run): void {
  role
    .command('grant-permission')
    .description('permit keys: read, write or readwrite')
    .argument('<role>', 'the role')
    .argument('<type>', 'read, write or readwrite')
    .argument('<key>', 'the key, or the first one')
    .argument('[end]', 'the key after the last one')
    .option('--prefix', 'all keys that begin with the key')
    .option('--from-key', 'all keys from the key on')
    .addHelpText(
      'after',
      '\nExample:\n  rollcall role grant-permission payments readwrite /config/payments/ --prefix',
    )
    .action(
      (
        name: string,
        type: string,
        key: string,
        end: string | undefined,
        flags: RangeFlags,
        command: Command,
      ) =>
        run(command, async (session) => {
          await session.client.auth.grantPermission(name, typeOf(type), keysOf(key, end, flags));
          session.result({ role: name }, `Role ${name} updated`);
        }),
    );
  role
    .command('revoke-permission')
    .description('take back what was permitted for exactly these keys')
    .argument('<role>', 'the role')
    .argument('<key>', 'the key, or the first one')
    .argument('[end]', 'the key after the last one')
    .option('--prefix', 'all keys that begin with the key')
    .option('--from-key', 'all keys from the key on')
    .addHelpText(
      'after',
      '\nExample:\n  rollcall role revoke-permission payments /config/payments/ --prefix',
    )
    .action(
      (name: string, key: string, end: string | undefined, flags: RangeFlags, command: Command) =>
        run(command, async (session) => {
          await session.client.auth.revokePermission(name, keysOf(key, end, flags));
          const what = whatOf(key, end, flags);
          session.result({ role: name }, `Permission of ${what} is revoked from role ${name}`);
        }),
    );
}

/** The tables of keys of a service, each in a directory of its own. */
const serviceTables = ['/services/', '/checks/', '/heartbeats/', '/outputs/'] as const;
const departuresPrefix = '/consul/departures/';

/** The prefixes of all keys of a service: its instances, their checks, and what they leave behind. */
export function prefixesOfService(service: string): readonly string[] {
  const written = service.replaceAll('%', '%25').replaceAll('/', '%2F');
  const departures = `${written}/`.replaceAll('%', '%25').replaceAll('/', '%2F');
  return [
    ...serviceTables.map((table) => `${table}${written}/`),
    `${departuresPrefix}${departures}`,
  ];
}

function addServices(role: Command, run: Run): void {
  const commands = [
    ['grant', 'permit a service: read shows its instances, write registers them, too'],
    ['revoke', 'take back what was permitted for a service'],
  ] as const;
  for (const [name, description] of commands) {
    const example =
      name === 'grant' ? 'payments --service payment write' : 'payments --service payment';
    role
      .command(name)
      .description(description)
      .argument('<role>', 'the role')
      .argument(name === 'grant' ? '<right>' : '[right]', 'read or write')
      .requiredOption('--service <name>', 'the name of the service')
      .addHelpText('after', `\nExample:\n  rollcall role ${name} ${example}`)
      .action(
        (
          roleName: string,
          right: string | undefined,
          { service }: { readonly service: string },
          command: Command,
        ) =>
          run(command, (session) =>
            name === 'grant'
              ? grantService(session, roleName, service, right ?? '')
              : revokeService(session, roleName, service),
          ),
      );
  }
}

async function grantService(
  session: Session,
  role: string,
  service: string,
  right: string,
): Promise<void> {
  if (right !== 'read' && right !== 'write') {
    throw usageError(`"${right}" is no right for a service; give read or write`);
  }
  // A registration is read before it is written.
  const type = right === 'read' ? 'read' : 'readwrite';
  for (const prefix of prefixesOfService(service)) {
    await session.client.auth.grantPermission(role, type, { prefix });
  }
  session.result({ role, service, right }, `Role ${role} may ${right} the service ${service}`);
}

async function revokeService(session: Session, role: string, service: string): Promise<void> {
  const { client, sdk } = session;
  for (const prefix of prefixesOfService(service)) {
    try {
      await client.auth.revokePermission(role, { prefix });
    } catch (error) {
      const isGone = error instanceof sdk.RollcallError && error.code === 'permission-not-granted';
      if (!isGone) throw error;
    }
  }
  session.result({ role, service }, `Role ${role} has no right to the service ${service} itself`);
}

function typeOf(given: string): Permission['type'] {
  const type = given.toLowerCase();
  if (type === 'read' || type === 'write' || type === 'readwrite') return type;
  throw usageError(`invalid permission type: ${given}; give read, write or readwrite`);
}

function keysOf(key: string, end: string | undefined, { prefix, fromKey }: RangeFlags): Keys {
  if (prefix === true && fromKey === true) {
    throw usageError('--prefix and --from-key cannot be given together');
  }
  if (end !== undefined && (prefix === true || fromKey === true)) {
    throw usageError('an end cannot be given together with --prefix or --from-key');
  }
  if (prefix === true) return { prefix: key };
  if (fromKey === true) return { from: key };
  return end === undefined ? key : { from: key, to: end };
}

function whatOf(key: string, end: string | undefined, { prefix, fromKey }: RangeFlags): string {
  if (fromKey === true) return `range [${key}, <open ended>`;
  if (prefix === true) {
    const after = prefixRange(keyOf(Buffer.from(key))).end;
    return after === undefined ? `range [${key}, <open ended>` : `range [${key}, ${textOf(after)})`;
  }
  return end === undefined ? `key ${key}` : `range [${key}, ${end})`;
}

function textOf(key: string): string {
  return bytesOfKey(key).toString('utf8');
}

/** Prints a role as etcdctl does. */
export async function showRole(session: Session, name: string): Promise<void> {
  const permissions = await session.client.auth.permissionsOf(name);
  const may = (right: 'read' | 'write'): string[] =>
    permissions
      .filter(({ type }) => type === right || type === 'readwrite')
      .map((permission) => `\t${shownRange(permission)}`);
  const json = permissions.map((one) => ({
    type: one.type,
    key: Buffer.from(one.key).toString('utf8'),
    rangeEnd: Buffer.from(one.rangeEnd).toString('utf8'),
  }));
  session.result({ role: name, permissions: json }, [
    `Role ${name}`,
    'KV Read:',
    ...may('read'),
    'KV Write:',
    ...may('write'),
  ]);
}

function shownRange({ key, rangeEnd }: Permission): string {
  const [start, end] = [keyOf(key), keyOf(rangeEnd)];
  if (end === '') return textOf(start);
  const isPrefix = start !== '' && prefixRange(start).end === end;
  const suffix = isPrefix ? ` (prefix ${textOf(start)})` : '';
  return end === '\0'
    ? `[${textOf(start)}, <open ended>`
    : `[${textOf(start)}, ${textOf(end)})${suffix}`;
}
