import { drainType } from './check.ts';
import type { CheckRecord } from './check.ts';
import { durationMsOf } from './definition.ts';
import { isRecord } from './json.ts';
import type { Probe, ProbeTls } from './prober.ts';

/** Consecutive results after which a status counts. */
export interface Thresholds {
  readonly successBeforePassing: number;
  readonly failuresBeforeWarning: number;
  readonly failuresBeforeCritical: number;
}

/** What the cluster does for a check. */
export interface CheckPlan {
  /** Undefined: nobody looks; its status comes from outside, or from another service. */
  readonly probe: Probe | undefined;
  /** The instance, or the node with all its checks, that it follows. */
  readonly alias: { readonly instance: string; readonly node: string } | undefined;
  readonly intervalMs: number;
  readonly thresholds: Thresholds;
  /** Its instance is deregistered when its heartbeat is gone. */
  readonly isDrain: boolean;
  /** Its instance is deregistered when it was critical for so long; 0: never. */
  readonly deregisterAfterMs: number;
}

/** Shorter ones are raised, as in Consul. */
const intervalMsMin = 1000;
const deregisterAfterMsMin = 60_000;
const timeoutMsDefault = 10_000;
const scriptTimeoutMsDefault = 30_000;
const outputBytesDefault = 4096;
/** Longer times are of no use, and a timer must not overflow. */
const msMax = 365 * 24 * 3600 * 1000;

type Fields = Readonly<Record<string, unknown>>;

/**
 * Reads the definition of a check, in the fields of Consul's API: durations are texts such as `10s`, or numbers of
 * nanoseconds. A string says what is wrong with it, in Consul's words where it has some.
 */
export function planOf(
  { type, definition }: Pick<CheckRecord, 'type' | 'definition'>,
  defaults: { readonly failuresBeforeCritical: number },
): CheckPlan | string {
  const read = new Reader(definition);
  const isScript = type === 'script';
  const intervalMs = read.durationMs('Interval');
  const ttlMs = read.durationMs('TTL');
  const timeoutMs = read.durationMs('Timeout');
  const outputBytes = read.number('OutputMaxSize', outputBytesDefault);
  const probe = probeOf(type, read, {
    timeoutMs: timeoutMs > 0 ? timeoutMs : isScript ? scriptTimeoutMsDefault : timeoutMsDefault,
    outputBytesMax: Math.min(outputBytes, outputBytesDefault),
  });
  const failuresBeforeCritical = read.number(
    'FailuresBeforeCritical',
    defaults.failuresBeforeCritical,
  );
  const failuresBeforeWarning = read.number('FailuresBeforeWarning', failuresBeforeCritical);
  const deregisterAfterMs = read.durationMs('DeregisterCriticalServiceAfter');
  const plan: CheckPlan = {
    probe,
    alias:
      type === 'alias'
        ? { instance: read.text('AliasService'), node: read.text('AliasNode') }
        : undefined,
    isDrain: type === drainType,
    intervalMs: Math.max(intervalMs, intervalMsMin),
    thresholds: {
      successBeforePassing: read.number('SuccessBeforePassing', 0),
      failuresBeforeWarning,
      failuresBeforeCritical,
    },
    deregisterAfterMs:
      deregisterAfterMs > 0 ? Math.max(deregisterAfterMs, deregisterAfterMsMin) : 0,
  };
  if (read.fault !== undefined) return read.fault;
  if (intervalMs !== 0 && ttlMs !== 0) return 'Interval and TTL cannot both be specified';
  if (type === 'ttl' && ttlMs <= 0) return 'TTL must be > 0 for TTL checks';
  if (probe !== undefined && intervalMs <= 0) {
    return 'Interval must be > 0 for Script, HTTP, H2PING, UDP, gRPC or TCP checks';
  }
  if (failuresBeforeWarning > failuresBeforeCritical) {
    return "FailuresBeforeWarning can't be higher than FailuresBeforeCritical";
  }
  if (outputBytes <= 0) return 'OutputMaxSize must be positive';
  return plan;
}

/** What the probe of a type is called in a definition. */
function probeOf(
  type: string,
  read: Reader,
  limits: Pick<Probe, 'timeoutMs' | 'outputBytesMax'>,
): Probe | undefined {
  switch (type) {
    case 'http':
      return {
        kind: 'http',
        url: read.text('HTTP'),
        method: read.text('Method').toUpperCase(),
        headers: read.headers('Header'),
        body: read.text('Body'),
        followRedirects: !read.flag('DisableRedirects', false),
        tls: read.tls(),
        ...limits,
      };
    case 'tcp':
      return {
        kind: 'tcp',
        target: read.text('TCP'),
        tls: read.flag('TCPUseTLS', false) ? read.tls() : undefined,
        ...limits,
      };
    case 'udp':
      return { kind: 'udp', target: read.text('UDP'), ...limits };
    case 'grpc':
      return {
        kind: 'grpc',
        target: read.text('GRPC'),
        tls: read.flag('GRPCUseTLS', false) ? read.tls() : undefined,
        ...limits,
      };
    case 'h2ping':
      return {
        kind: 'h2ping',
        target: read.text('H2PING'),
        tls: read.flag('H2PingUseTLS', true) ? read.tls() : undefined,
        ...limits,
      };
    case 'script':
      return { kind: 'script', args: read.texts('Args'), ...limits };
    default:
      return undefined;
  }
}

/** Reads fields, and remembers the first that has a wrong type. */
class Reader {
  readonly #fields: Fields;
  fault: string | undefined;

  constructor(fields: Fields) {
    this.#fields = fields;
  }

  text(name: string): string {
    const value = this.#fields[name] ?? '';
    return typeof value === 'string' ? value : this.#wrong(name, 'a text', '');
  }

  texts(name: string): readonly string[] {
    const value = this.#fields[name] ?? [];
    const isTexts = Array.isArray(value) && value.every((one) => typeof one === 'string');
    return isTexts ? value : this.#wrong(name, 'a list of texts', []);
  }

  flag(name: string, byDefault: boolean): boolean {
    const value = this.#fields[name] ?? byDefault;
    return typeof value === 'boolean' ? value : this.#wrong(name, 'true or false', byDefault);
  }

  /** A count; 0 stands for the default, as a field that is left out does. */
  number(name: string, byDefault: number): number {
    const value = this.#fields[name] ?? 0;
    if (!Number.isSafeInteger(value)) return this.#wrong(name, 'a whole number', byDefault);
    return value === 0 ? byDefault : Number(value);
  }

  durationMs(name: string): number {
    const value = this.#fields[name] ?? 0;
    const ms = value === '' ? 0 : durationMsOf(value);
    if (ms === undefined) return this.#wrong(name, 'a duration such as 10s', 0);
    return Math.min(ms, msMax);
  }

  headers(name: string): Readonly<Record<string, readonly string[]>> {
    const value = this.#fields[name] ?? {};
    if (!isRecord(value)) return this.#wrong(name, 'an object of lists of texts', {});
    const lists = Object.entries(value).map(([header, given]) => {
      const list: unknown[] = Array.isArray(given) ? given : [given];
      return [header, list.filter((one) => typeof one === 'string')] as const;
    });
    return Object.fromEntries(lists);
  }

  tls(): ProbeTls {
    return {
      serverName: this.text('TLSServerName'),
      skipVerify: this.flag('TLSSkipVerify', false),
    };
  }

  #wrong<T>(name: string, expected: string, instead: T): T {
    this.fault ??= `${name} must be ${expected}`;
    return instead;
  }
}
