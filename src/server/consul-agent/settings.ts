import { isIP } from 'node:net';
import { parseDuration } from '../../base/go-duration.ts';
import { ConfigProblem } from '../config.ts';
import type { LogNotice } from '../config.ts';
import { objectOf } from './configuration.ts';
import type { Source } from './configuration.ts';

/** Settings that are read, and that mean what they mean in Consul. */
const known: ReadonlySet<string> = new Set(
  (
    'node_name node_id node_meta data_dir server bootstrap bootstrap_expect bind_addr ' +
    'advertise_addr client_addr addresses ports datacenter domain alt_domain recursors ' +
    'dns_config log_level log_file pid_file acl service services check checks start_join ' +
    'retry_join start_join_wan retry_join_wan primary_datacenter enable_script_checks'
  ).split(' '),
);

/** All settings of an agent. A key is written as `ports.http`; letter case does not count. */
export class AgentSettings {
  readonly #all: Source;

  constructor(all: Source) {
    this.#all = all;
  }

  value(key: string): unknown {
    const [first = '', second] = key.split('.');
    const found = fieldOf(this.#all, first);
    if (second === undefined) return found ?? undefined;
    return fieldOf(objectOf(found) ?? {}, second) ?? undefined;
  }

  /** Undefined if it is missing or empty, as everywhere in Consul. */
  text(key: string): string | undefined {
    const value = this.value(key);
    if (value === undefined || value === '') return undefined;
    if (typeof value === 'string') return value;
    throw wrongType(key, 'a text', value);
  }

  switch(key: string): boolean | undefined {
    const value = this.value(key);
    if (value === undefined || typeof value === 'boolean') return value;
    if (value === 'true' || value === 'false') return value === 'true';
    throw wrongType(key, 'true or false', value);
  }

  number(key: string): number | undefined {
    const value = this.value(key);
    if (value === undefined) return undefined;
    if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
    throw wrongType(key, 'a whole number', value);
  }

  /** A port of `ports`; -1 is off, and so is 0, as in Consul. */
  port(name: string, byDefault: number): number {
    const port = this.number(`ports.${name}`) ?? byDefault;
    if (port < -1 || port > 65_535) throw new ConfigProblem(`ports.${name}: invalid port: ${port}`);
    return port === 0 ? -1 : port;
  }

  list(key: string): readonly string[] {
    const value = this.value(key) ?? [];
    const list: readonly unknown[] = Array.isArray(value) ? value : [value];
    return list.map((one) => {
      if (typeof one === 'string') return one;
      throw wrongType(key, 'a list of texts', value);
    });
  }

  object(key: string): Source {
    return objectOf(this.value(key)) ?? {};
  }

  texts(key: string): Readonly<Record<string, string>> {
    const entries = Object.entries(this.object(key));
    return Object.fromEntries(
      entries.map(([name, value]) => {
        if (typeof value === 'string') return [name, value];
        throw wrongType(`${key}.${name}`, 'a text', value);
      }),
    );
  }

  uuid(key: string): string | undefined {
    const id = this.text(key)?.toLowerCase();
    if (id === undefined || /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/.test(id)) return id;
    throw new ConfigProblem(`${key}: "${id}" is no UUID`);
  }

  /** IP addresses, with spaces between. */
  addresses(key: string, byDefault: string): readonly string[] {
    return words(this.text(key) ?? byDefault).map((word) => addressOf(key, word));
  }

  /** As `addresses`, and sockets as `unix:///path`. */
  httpAddresses(byDefault: readonly string[]): readonly string[] {
    const key = 'addresses.http';
    return words(this.text(key) ?? byDefault.join(' ')).map((word) =>
      word.startsWith('unix:///') ? word : addressOf(key, word),
    );
  }

  /** The first of these keys that asks for something: not `false`, not empty. */
  firstGiven(keys: readonly string[]): string | undefined {
    return keys.find((key) => asksForSomething(this.value(key)));
  }

  notices(): readonly LogNotice[] {
    const idle = Object.keys(this.#all).filter((key) => !known.has(key.toLowerCase()));
    if (idle.length === 0) return [];
    return [
      {
        level: 'info',
        message: `settings of Consul that have no effect here: ${idle.join(', ')}`,
        fields: { settings: idle },
      },
    ];
  }

  static durationMs(key: string, value: unknown): number {
    const nanoseconds = typeof value === 'string' ? parseDuration(value) : undefined;
    if (nanoseconds === undefined || nanoseconds < 0n) throw wrongType(key, 'as 10s', value);
    return Number(nanoseconds / 1_000_000n);
  }
}

function fieldOf(object: Source, name: string): unknown {
  if (Object.hasOwn(object, name)) return object[name];
  return Object.entries(object).find(([key]) => key.toLowerCase() === name)?.[1];
}

function words(text: string): readonly string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}

function addressOf(key: string, word: string): string {
  if (word === 'localhost') return '127.0.0.1';
  const plain = word.replace(/^\[(.*)\]$/, '$1');
  if (isIP(plain) > 0) return plain;
  const advice = word.includes('{{') ? 'templates are not supported; write the address' : '';
  throw new ConfigProblem(`${key}: "${word}" is no IP address${advice && `: ${advice}`}`);
}

function asksForSomething(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(asksForSomething);
  if (typeof value === 'object' && value !== null) {
    return Object.values(value).some(asksForSomething);
  }
  return value !== undefined && value !== null && value !== false && value !== '';
}

function wrongType(key: string, expected: string, value: unknown): ConfigProblem {
  return new ConfigProblem(`'${key}' must be ${expected}, and is ${JSON.stringify(value)}`);
}
