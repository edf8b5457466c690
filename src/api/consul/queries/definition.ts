import { compilePattern } from '../filter/regular-expression.ts';
import type { RegularExpression } from '../filter/regular-expression.ts';
import { parseDuration } from '../../../base/go-duration.ts';
import { JsonFields } from '../frame/json-in.ts';
import { badRequest, failed } from '../frame/refusals.ts';

/** A prepared query, as it was put and as it comes back. Null stands for what was not given. */
export interface PreparedQuery {
  readonly ID: string;
  readonly Name: string;
  readonly Session: string;
  readonly Token: string;
  readonly Template: {
    readonly Type: string;
    readonly Regexp: string;
    readonly RemoveEmptyTags: boolean;
  };
  readonly Service: QueriedService;
  readonly DNS: { readonly TTL: string };
}

export interface QueriedService {
  readonly Service: string;
  readonly Failover: {
    readonly NearestN: number;
    readonly Datacenters: readonly string[] | null;
    readonly Targets?: readonly unknown[];
  };
  readonly OnlyPassing: boolean;
  readonly IgnoreCheckIDs: readonly string[] | null;
  readonly Near: string;
  readonly Tags: readonly string[] | null;
  readonly NodeMeta: Readonly<Record<string, string>> | null;
  readonly ServiceMeta: Readonly<Record<string, string>> | null;
  readonly Connect: boolean;
}

const patternLengthMax = 1000;

export function queryOfFields(fields: JsonFields): PreparedQuery {
  const template = fields.object('Template') ?? noFields;
  const service = fields.object('Service') ?? noFields;
  const failover = service.object('Failover') ?? noFields;
  const targets = failover.raw('Targets');
  if (targets !== undefined && !Array.isArray(targets)) {
    throw badRequest('Request decode failed: Service.Failover.Targets must be a list');
  }
  return {
    ID: fields.text('ID'),
    Name: fields.text('Name'),
    Session: fields.text('Session'),
    Token: fields.text('Token'),
    Template: {
      Type: template.text('Type'),
      Regexp: template.text('Regexp'),
      RemoveEmptyTags: template.flag('RemoveEmptyTags'),
    },
    Service: {
      Service: service.text('Service'),
      Failover: {
        NearestN: failover.whole('NearestN'),
        Datacenters: orNull(failover, 'Datacenters', failover.texts('Datacenters')),
        ...(targets === undefined ? {} : { Targets: targets }),
      },
      OnlyPassing: service.flag('OnlyPassing'),
      IgnoreCheckIDs: orNull(service, 'IgnoreCheckIDs', service.texts('IgnoreCheckIDs')),
      Near: service.text('Near'),
      Tags: orNull(service, 'Tags', service.texts('Tags')),
      NodeMeta: orNull(service, 'NodeMeta', service.textMap('NodeMeta')),
      ServiceMeta: orNull(service, 'ServiceMeta', service.textMap('ServiceMeta')),
      Connect: service.flag('Connect'),
    },
    DNS: { TTL: fields.object('DNS')?.text('TTL') ?? '' },
  };
}

const noFields = new JsonFields({});

function orNull<T>(fields: JsonFields, name: string, value: T): T | null {
  return fields.has(name) ? value : null;
}

export function isTemplate({ Template: { Type } }: PreparedQuery): boolean {
  return Type !== '';
}

/** Refuses a query that makes no sense, in Consul's words. */
export function checkQuery(query: PreparedQuery): void {
  const { Name, Session, Service, DNS, Template } = query;
  if (!isTemplate(query) && Name === '' && Session === '') {
    throw failed('Invalid prepared query: Must be bound to a session');
  }
  if (Service.Service === '') {
    throw failed('Invalid prepared query: Must provide a Service name to query');
  }
  if (Service.Failover.NearestN < 0) {
    throw failed(
      `Invalid prepared query: Bad NearestN '${Service.Failover.NearestN}', must be >= 0`,
    );
  }
  if (DNS.TTL !== '') {
    const ttl = parseDuration(DNS.TTL);
    if (ttl === undefined) {
      const text = `Bad DNS TTL '${DNS.TTL}': time: invalid duration "${DNS.TTL}"`;
      throw failed(`Invalid prepared query: ${text}`);
    }
    if (ttl < 0n) throw failed(`Invalid prepared query: DNS TTL '${ttl}', must be >=0`);
  }
  if (!isTemplate(query)) return;
  if (Template.Type !== 'name_prefix_match') {
    throw failed(`failed compiling template: Bad Template.Type '${Template.Type}'`);
  }
  patternOf(Template.Regexp);
  // Shows unknown variables.
  render(query, '');
}

function patternOf(text: string): RegularExpression | undefined {
  if (text === '') return undefined;
  if (text.length > patternLengthMax) {
    throw failed(
      `failed compiling template: Bad Regexp: it has more than ${patternLengthMax} characters`,
    );
  }
  try {
    return compilePattern(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw failed(`failed compiling template: Bad Regexp: ${reason}`);
  }
}

/** The query that a template is for a name that begins with its own. */
export function render(query: PreparedQuery, name: string): PreparedQuery {
  const { Name, Template, Service } = query;
  const matcher = patternOf(Template.Regexp)?.matcher(name);
  const groups: string[] = [];
  if (matcher?.find() === true) {
    for (let at = 0; at <= matcher.groupCount(); at++) groups.push(matcher.group(at) ?? '');
  }
  const variables = new Map([
    ['name.full', name],
    ['name.prefix', Name],
    ['name.suffix', name.slice(Name.length)],
    ['agent.segment', ''],
  ]);
  const valueOf = (variable: string): string | undefined => {
    const [, number] = /^match\(\s*(\d{1,4})\s*\)$/.exec(variable) ?? [];
    return number === undefined ? variables.get(variable) : (groups[Number(number)] ?? '');
  };
  const inside = (value: unknown, path: string): unknown => {
    if (typeof value === 'string') return filled(value, path, valueOf);
    if (Array.isArray(value)) return value.map((each, at) => inside(each, `${path}[${at}]`));
    if (typeof value !== 'object' || value === null) return value;
    const fields = Object.entries(value).map(([key, field]) => [
      key,
      inside(field, `${path}.${key}`),
    ]);
    return Object.fromEntries(fields);
  };
  const text = (value: string, field: string): string => filled(value, `Service.${field}`, valueOf);
  const texts = (list: readonly string[] | null, field: string) =>
    list?.map((each, at) => text(each, `${field}[${at}]`)) ?? null;
  const map = (fields: Readonly<Record<string, string>> | null, field: string) =>
    fields &&
    Object.fromEntries(
      Object.entries(fields).map(([key, each]) => [key, text(each, `${field}[${key}]`)]),
    );
  const tags = texts(Service.Tags, 'Tags');
  return {
    ...query,
    Service: {
      ...Service,
      Service: text(Service.Service, 'Service'),
      Failover: {
        ...Service.Failover,
        Datacenters: texts(Service.Failover.Datacenters, 'Failover.Datacenters'),
        ...(Service.Failover.Targets === undefined
          ? {}
          : {
              Targets: Service.Failover.Targets.map((each) =>
                inside(each, 'Service.Failover.Targets'),
              ),
            }),
      },
      IgnoreCheckIDs: texts(Service.IgnoreCheckIDs, 'IgnoreCheckIDs'),
      Near: text(Service.Near, 'Near'),
      Tags: Template.RemoveEmptyTags ? (tags?.filter((tag) => tag !== '') ?? null) : tags,
      NodeMeta: map(Service.NodeMeta, 'NodeMeta'),
      ServiceMeta: map(Service.ServiceMeta, 'ServiceMeta'),
    },
  };
}

/** A text with its variables, `${…}`, filled in; `$${` stands for `${`. */
function filled(
  text: string,
  path: string,
  valueOf: (variable: string) => string | undefined,
): string {
  return text.replaceAll(/\$\$\{|\$\{([^}]*)\}/g, (_, variable: string | undefined, at: number) => {
    if (variable === undefined) return '${';
    const value = valueOf(variable.trim());
    if (value !== undefined) return value;
    throw failed(
      `failed compiling template: Bad evaluation for '${text}' in ${path}: 1:${at + 3}: unknown variable accessed: ${variable}`,
    );
  });
}
