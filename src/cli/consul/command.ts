import { readFileSync } from 'node:fs';
import type { GoFlag, GoFlags } from '../../base/go-flags.ts';
import { callHttp, NoHttpAnswer } from '../http.ts';
import type { HttpAnswer, HttpServer } from '../http.ts';
import type { CliIo, CliParts } from '../io.ts';

/** One command of Consul's command line. */
export interface ConsulCommand {
  /** `kv get`. */
  readonly name: string;
  /** One line for the list of commands. */
  readonly about: string;
  /** Behind the name, in its help: `[options] KEY`. */
  readonly usage: string;
  /** Its own; those of all calls come on top. */
  readonly flags: readonly GoFlag[];
  readonly run: (context: ConsulContext) => Promise<number | void>;
}

/** Ends a command with a line on standard error. */
export class ConsulFailure extends Error {
  override readonly name = 'ConsulFailure';
  readonly exitCode: number;

  constructor(message: string, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** Flags of all commands that ask a member. */
export const httpFlags: readonly GoFlag[] = [
  {
    name: 'http-addr',
    kind: 'text',
    value: 'address',
    help: 'Where to ask; else $CONSUL_HTTP_ADDR or http://127.0.0.1:8500.',
  },
  {
    name: 'token',
    kind: 'text',
    help: 'Sent along; else $CONSUL_HTTP_TOKEN. Rollcall reads no tokens.',
  },
  { name: 'token-file', kind: 'text' },
  { name: 'datacenter', kind: 'text', help: 'The datacenter to ask.' },
  { name: 'stale', kind: 'switch', help: 'The answer may be that of a member without a leader.' },
  { name: 'ca-file', kind: 'text', help: 'Authorities to trust; else $CONSUL_CACERT.' },
  { name: 'ca-path', kind: 'text' },
  { name: 'client-cert', kind: 'text', help: 'Our certificate; else $CONSUL_CLIENT_CERT.' },
  { name: 'client-key', kind: 'text', help: 'Its key; else $CONSUL_CLIENT_KEY.' },
  { name: 'tls-server-name', kind: 'text' },
  { name: 'namespace', kind: 'text' },
  { name: 'partition', kind: 'text' },
];

const callLimitMs = 60_000;

/** One command line of `consul` being carried out. */
export class ConsulContext {
  readonly flags: GoFlags;
  readonly io: CliIo;
  readonly parts: CliParts;

  constructor(flags: GoFlags, io: CliIo, parts: CliParts) {
    this.flags = flags;
    this.io = io;
    this.parts = parts;
  }

  line(text: string): void {
    this.io.stdout.write(`${text}\n`);
  }

  /** Something that is no failure, on standard error. */
  note(text: string): void {
    this.io.stderr.write(`${text}\n`);
  }

  /** Rows with spaces between the columns. */
  columns(rows: readonly (readonly string[])[], gap = 2): void {
    const widths = (rows[0] ?? []).map((_, at) =>
      rows.reduce((width, row) => Math.max(width, row[at]?.length ?? 0), 0),
    );
    for (const row of rows) {
      const cells = row.map((cell, at) =>
        at < row.length - 1 ? cell.padEnd(widths[at] ?? 0) : cell,
      );
      this.line(cells.join(' '.repeat(gap)));
    }
  }

  /** Makes a call; fails unless its status is 200, or 404 where that is an answer. */
  async call(
    path: string,
    options: {
      readonly method?: string;
      readonly query?: Readonly<Record<string, string | readonly string[] | undefined>>;
      readonly body?: string | Uint8Array;
      readonly mayBeMissing?: boolean;
      readonly timeoutMs?: number;
      /** For what a command does after Ctrl-C. */
      readonly evenIfInterrupted?: boolean;
      /** In front of what went wrong: `Error retrieving members`. */
      readonly failure: string;
    },
  ): Promise<HttpAnswer> {
    const { method = 'GET', query = {}, body, mayBeMissing = false, failure } = options;
    const dc = this.flags.text('datacenter');
    const stale = method === 'GET' && this.flags.isOn('stale') ? '' : undefined;
    let answer: HttpAnswer;
    try {
      answer = await callHttp(this.#server(), {
        method,
        path: `/v1/${path}${queryOf({ ...query, dc, stale })}`,
        timeoutMs: options.timeoutMs ?? callLimitMs,
        ...(options.evenIfInterrupted === true ? {} : { signal: this.io.interrupted }),
        ...(body === undefined ? {} : { body }),
      });
    } catch (error) {
      if (!(error instanceof NoHttpAnswer)) throw error;
      const reason = error.reason.replace(
        /^connect ECONNREFUSED (\S+)$/,
        'dial tcp $1: connect: connection refused',
      );
      const verb = method.slice(0, 1) + method.slice(1).toLowerCase();
      throw new ConsulFailure(`${failure}: ${verb} "${error.url}/v1/${path}": ${reason}`);
    }
    if (answer.status === 200 || (mayBeMissing && answer.status === 404)) return answer;
    const { status, text } = answer;
    throw new ConsulFailure(`${failure}: Unexpected response code: ${status} (${text.trim()})`);
  }

  /** The JSON of an answer. Numbers of 64 bits that JavaScript does not have are texts. */
  static json(answer: HttpAnswer): unknown {
    return JSON.parse(answer.text.replaceAll(/"(\w*Index|Flags)":(\d{16,})(?=[,}])/g, '"$1":"$2"'));
  }

  /** JSON as the answer had it. */
  static shown(json: unknown, indent = 0): string {
    const text = JSON.stringify(json, undefined, indent);
    return text.replaceAll(/"(\w*Index|Flags)":( ?)"(\d{16,})"/g, '"$1":$2$3');
  }

  #server(): HttpServer {
    const { flags } = this;
    const env = (name: string): string | undefined => this.io.env[name] || undefined;
    const file = flags.text('token-file') ?? env('CONSUL_HTTP_TOKEN_FILE');
    const token = flags.text('token') ?? env('CONSUL_HTTP_TOKEN') ?? tokenIn(file);
    return {
      url: urlOf(flags.text('http-addr') ?? env('CONSUL_HTTP_ADDR'), env('CONSUL_HTTP_SSL')),
      ...(token === undefined ? {} : { headers: { 'X-Consul-Token': token } }),
      tls: {
        ca: flags.text('ca-file') ?? env('CONSUL_CACERT'),
        cert: flags.text('client-cert') ?? env('CONSUL_CLIENT_CERT'),
        key: flags.text('client-key') ?? env('CONSUL_CLIENT_KEY'),
        serverName: flags.text('tls-server-name') ?? env('CONSUL_TLS_SERVER_NAME'),
        verifyServer: env('CONSUL_HTTP_SSL_VERIFY') !== 'false',
      },
    };
  }
}

function tokenIn(file: string | undefined): string | undefined {
  if (file === undefined) return undefined;
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw new ConsulFailure(
      `Error loading token file: ${error instanceof Error ? error.message : ''}`,
    );
  }
}

function urlOf(address: string | undefined, ssl: string | undefined): string {
  const scheme = ssl === 'true' || ssl === '1' ? 'https' : 'http';
  const url = address ?? '127.0.0.1:8500';
  const whole = /^(?:https?|unix):\/\//.test(url) ? url : `${scheme}://${url}`;
  if (whole.startsWith('unix://') || URL.canParse(whole)) return whole;
  throw new ConsulFailure(`Error connecting to Consul agent: "${url}" is no address`);
}

function queryOf(
  parameters: Readonly<Record<string, string | readonly string[] | undefined>>,
): string {
  const pairs = Object.entries(parameters).flatMap(([name, value]) => {
    const values = value === undefined ? [] : typeof value === 'string' ? [value] : value;
    return values.map((one) => (one === '' ? name : `${name}=${encodeURIComponent(one)}`));
  });
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}

/** Objects of a list in JSON; anything else is none. */
export function rowsOf(json: unknown): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(json) ? json.filter(isRecord) : [];
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return isRecord(value) ? value : {};
}

/** A field for people. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}
