import { printDuration } from '../../../base/go-duration.ts';
import { folded, isCheckStatus, typeOfDefinition } from '../../../registry/index.ts';
import type { CheckStatus, NewCheck } from '../../../registry/index.ts';
import type { JsonFields } from '../frame/json-in.ts';
import { badRequest, failed } from '../frame/refusals.ts';

/** The part of the settings that decides which checks are taken. */
export interface CheckSettings {
  readonly allowsScripts: boolean;
}

const texts = [
  'HTTP',
  'Method',
  'Body',
  'TCP',
  'UDP',
  'GRPC',
  'H2PING',
  'AliasNode',
  'AliasService',
  'TLSServerName',
];
const flags = ['DisableRedirects', 'TCPUseTLS', 'GRPCUseTLS', 'TLSSkipVerify'];
const wholes = [
  'SuccessBeforePassing',
  'FailuresBeforeWarning',
  'FailuresBeforeCritical',
  'OutputMaxSize',
];
const durations = ['Interval', 'Timeout', 'TTL', 'DeregisterCriticalServiceAfter'];

type Definition = Readonly<Record<string, unknown>>;

/** How a check is run: the fields that a client has set, with durations as texts. */
function definitionOf(fields: JsonFields): Definition {
  const definition: Record<string, unknown> = {};
  const args = fields.has('Args') ? fields.texts('Args') : fields.texts('ScriptArgs');
  if (args.length > 0) definition['Args'] = args;
  for (const name of texts) {
    if (fields.text(name) !== '') definition[name] = fields.text(name);
  }
  const header = fields.textListMap('Header');
  if (Object.keys(header).length > 0) definition['Header'] = header;
  for (const name of flags) if (fields.flag(name)) definition[name] = true;
  // The one flag that is on unless it is switched off.
  if (fields.has('H2PingUseTLS') && !fields.flag('H2PingUseTLS'))
    definition['H2PingUseTLS'] = false;
  for (const name of wholes) if (fields.whole(name) !== 0) definition[name] = fields.whole(name);
  for (const name of durations) {
    const nanoseconds = fields.duration(name) ?? 0n;
    if (nanoseconds !== 0n) definition[name] = printDuration(nanoseconds);
  }
  return definition;
}

/** Refuses a definition that cannot be run. The texts are Consul's. */
function checkDefinition(
  fields: JsonFields,
  definition: Definition,
  settings: CheckSettings,
): void {
  const type = typeOfDefinition({ ...definition, TTL: undefined });
  const interval = fields.duration('Interval') ?? 0n;
  const ttl = fields.duration('TTL') ?? 0n;
  for (const name of ['DockerContainerID', 'OSService']) {
    if (fields.text(name) !== '') throw badRequest(`Invalid check: ${name} is not supported`);
  }
  const fault =
    interval > 0n && ttl > 0n
      ? 'Interval and TTL cannot both be specified'
      : type === 'alias' && ttl > 0n
        ? 'TTL must be not be set for Alias checks'
        : type !== '' && type !== 'alias' && interval <= 0n
          ? 'Interval must be > 0 for Script, HTTP, H2PING, UDP, gRPC or TCP checks'
          : type === '' && ttl <= 0n
            ? 'TTL must be > 0 for TTL checks'
            : faultOfCounts(fields);
  if (fault !== undefined) throw badRequest(`Invalid check: ${fault}`);
  if (type === 'script' && !settings.allowsScripts) throw failed(scriptsText);
}

function faultOfCounts(fields: JsonFields): string | undefined {
  if (wholes.some((name) => fields.whole(name) < 0)) return 'MaxOutputMaxSize must be positive';
  const critical = fields.whole('FailuresBeforeCritical');
  return fields.whole('FailuresBeforeWarning') > critical && critical > 0
    ? "FailuresBeforeWarning can't be higher than FailuresBeforeCritical"
    : undefined;
}

const scriptsText =
  'Scripts are disabled on this agent; to run them, start every member with --enable-script-checks';

/** True if a client has written an object without anything in it, which stands for no check. */
function isEmpty(fields: JsonFields): boolean {
  return (
    Object.keys(definitionOf(fields)).length === 0 &&
    ['CheckID', 'Name', 'Notes', 'Status', 'DockerContainerID', 'OSService'].every(
      (name) => fields.text(name) === '',
    )
  );
}

/** The checks in the registration of an instance: `Check` and `Checks`. */
export function checksOfService(
  fields: JsonFields,
  { id, service }: { readonly id: string; readonly service: string },
  settings: CheckSettings,
): readonly NewCheck[] {
  const single = fields.object('Check');
  const all = [...(single === undefined ? [] : [single]), ...fields.objects('Checks')].filter(
    (check) => !isEmpty(check),
  );
  const checks = all.map((check, at) => {
    const definition = definitionOf(check);
    checkDefinition(check, definition, settings);
    const usualId = all.length === 1 ? `service:${id}` : `service:${id}:${at + 1}`;
    const status = statusOf(check, "Status for checks must 'passing', 'warning', 'critical'");
    return newCheck(check, definition, {
      id: orElse(check.text('CheckID'), usualId),
      name: orElse(check.text('Name'), `Service '${service}' check`),
      status,
    });
  });
  // As in Consul, the last one of an ID counts.
  return [...new Map(checks.map((check) => [folded(check.id), check])).values()];
}

/** The body of `agent/check/register`. */
export function agentCheckOf(fields: JsonFields, settings: CheckSettings): NewCheck {
  const name = fields.text('Name');
  if (name === '') throw badRequest('Missing check name');
  const status = statusOf(fields, 'Bad check status');
  const definition = definitionOf(fields);
  checkDefinition(fields, definition, settings);
  const id = orElse(fields.text('ID'), orElse(fields.text('CheckID'), name));
  return newCheck(fields, definition, { id, name, status });
}

function newCheck(
  fields: JsonFields,
  definition: Definition,
  { id, name, status }: { id: string; name: string; status: CheckStatus | undefined },
): NewCheck {
  const notes = fields.text('Notes');
  const { TTL: ttl, ...others } = definition;
  const probed = typeOfDefinition(others);
  const type = probed === '' && ttl !== undefined ? 'ttl' : probed;
  return { id, record: { name, notes, type, definition, status }, keepsStatus: true };
}

/** A check that is registered in the catalog. Nobody runs it, so its status comes with it. */
export function catalogCheckOf(fields: JsonFields): NewCheck & { readonly serviceId: string } {
  const name = fields.text('Name');
  const id = orElse(fields.text('CheckID'), name);
  if (id === '') throw failed('Must provide a name or an ID for each check');
  const status = statusOf(fields, 'Bad check status') ?? 'critical';
  const given = fields.object('Definition');
  const definition = given === undefined ? {} : definitionOf(given);
  return {
    id,
    serviceId: fields.text('ServiceID'),
    output: boundedOutput(fields.text('Output')),
    record: { name, notes: fields.text('Notes'), type: '', definition, status },
  };
}

/** Undefined: it was not given. */
function statusOf(fields: JsonFields, refusal: string): CheckStatus | undefined {
  const status = fields.text('Status');
  if (status === '') return undefined;
  if (!isCheckStatus(status)) throw badRequest(refusal);
  return status;
}

function orElse(text: string, otherwise: string): string {
  return text === '' ? otherwise : text;
}

/** As much of an output as is kept: its end says most. */
const outputBytesMax = 4096;

export function boundedOutput(text: string): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= outputBytesMax) return text;
  const kept = bytes.subarray(-outputBytesMax).toString();
  return `Captured ${outputBytesMax} of ${bytes.length} bytes\n...\n${kept}`;
}
