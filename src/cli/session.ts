import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import pc from 'picocolors';
import type * as client from '../client/index.ts';
import type { KeyValue, Rollcall, TlsOptions } from '../client/index.ts';
import type { EtcdctlOutput } from './etcdctl/output.ts';
import { exitCodes, usageError } from './exit.ts';
import type { CliIo, CliParts } from './io.ts';
import type { Format, GlobalOptions } from './options.ts';
import type { GivenCredentials } from './password.ts';
import { writeProblem } from './report.ts';
import { formatId, parseList } from './values.ts';

type Colors = ReturnType<typeof pc.createColors>;

/** The client's code. Loading it takes longer than all else that a command does, and not every command needs it. */
export type Sdk = typeof client;

/** One command being carried out: its options, its client, and its manner of printing. */
export class Session {
  readonly io: CliIo;
  readonly parts: CliParts;
  readonly options: GlobalOptions;
  readonly colors: Colors;
  /** Prints the answers of servers as etcdctl does; what the command itself prints is then left out. */
  readonly etcdctl: EtcdctlOutput | undefined;
  readonly #sdk: Sdk | undefined;
  readonly #credentials: GivenCredentials;
  #client: Rollcall | undefined;
  #handlesInterrupt = false;

  /** Without `sdk` for commands that ask no server. */
  constructor(
    io: CliIo,
    parts: CliParts,
    options: GlobalOptions,
    sdk?: Sdk,
    etcdctl?: EtcdctlOutput,
    credentials: GivenCredentials = {},
  ) {
    this.#credentials = credentials;
    this.etcdctl = etcdctl;
    this.io = io;
    this.parts = parts;
    this.options = options;
    this.#sdk = sdk;
    this.colors = pc.createColors(wantsColors(io));
  }

  get format(): Format {
    return this.options.format;
  }

  /** True if a program reads what is printed. */
  get isJson(): boolean {
    return this.format === 'json';
  }

  /**
   * Fires when the command shall end. A command that reads this property must end by itself and chooses its exit code;
   * any other is abandoned at that moment.
   */
  get interrupted(): AbortSignal {
    this.#handlesInterrupt = true;
    return this.io.interrupted;
  }

  get handlesInterrupt(): boolean {
    return this.#handlesInterrupt;
  }

  get endpoints(): readonly string[] {
    const endpoints = parseList(this.options.endpoints);
    if (endpoints.length === 0) throw usageError('--endpoints names no endpoint');
    return endpoints;
  }

  get sdk(): Sdk {
    if (this.#sdk === undefined) throw new Error('a command without the client asks a server');
    return this.#sdk;
  }

  /** Connects when first asked. */
  get client(): Rollcall {
    this.#client ??= this.connect(this.endpoints);
    return this.#client;
  }

  /** A client of other endpoints than those that were given; the caller closes it. */
  connect(endpoints: readonly string[]): Rollcall {
    const tls = this.#tls();
    return new this.sdk.Rollcall({
      endpoints,
      ...this.#credentials,
      timeoutMs: this.options.timeout,
      // A person waits: fail at once if there is no server.
      waitForServer: false,
      ...(this.etcdctl === undefined
        ? {}
        : { onAnswer: (...answer) => this.etcdctl?.heard(...answer) }),
      tls,
    });
  }

  close(): void {
    this.#client?.close();
  }

  line(text: string): void {
    if (this.etcdctl === undefined) this.io.stdout.write(`${text}\n`);
  }

  /** A value exactly as it is, and an end of line. */
  bytes(value: Uint8Array): void {
    if (this.etcdctl !== undefined) return;
    this.io.stdout.write(value);
    this.io.stdout.write('\n');
  }

  /** Something for people beside the result; programs do not see it. */
  note(text: string): void {
    if (!this.isJson) this.io.stderr.write(`${text}\n`);
  }

  json(value: unknown): void {
    this.line(JSON.stringify(value, (_, field: unknown) => jsonField(field)));
  }

  /** The JSON document for programs, or the lines for people. */
  result(value: unknown, lines: string | readonly string[]): void {
    if (this.isJson) return this.json(value);
    for (const line of typeof lines === 'string' ? [lines] : lines) this.line(line);
  }

  /** Something that is wrong although there is a result; the caller gives the exit code. */
  problem(code: string, message: string, exitCode: number = exitCodes.failed, hint?: string): void {
    const problem = { code, message, exitCode };
    writeProblem(this.io, this.isJson, hint === undefined ? problem : { ...problem, hint });
  }

  /** A table for people; columns where a program reads along. */
  async table(head: readonly string[], rows: readonly (readonly string[])[]): Promise<void> {
    if (this.format === 'table' || this.io.stdout.isTTY === true) {
      const { default: Table } = await import('cli-table3');
      const table = new Table({
        head: head.map((title) => this.colors.bold(title)),
        style: { head: [], border: [], compact: true },
      });
      table.push(...rows.map((row) => [...row]));
      this.line(table.toString());
    } else {
      for (const line of alignedColumns([head, ...rows])) this.line(line);
    }
  }

  #tls(): TlsOptions {
    const { cacert, cert, key } = this.options;
    const files = Object.entries({ ca: cacert, cert, key });
    return {
      verifyServer: !this.options.insecureSkipTlsVerify,
      ...Object.fromEntries(
        files.flatMap(([name, path]) => (path === undefined ? [] : [[name, readPem(path)]])),
      ),
    };
  }
}

/** Carries out the work of one command with a session, and keeps its exit code. */
export type Run = (
  command: Command,
  work: (session: Session) => Promise<number | void>,
  options?: {
    /** The command asks no server; the client is not loaded. */
    readonly isLocal?: boolean;
  },
) => Promise<void>;

/** A key and value for programs: text, and base64 beside it for bytes that are no text. */
export function kvJson(kv: KeyValue): Record<string, unknown> {
  return {
    ...kv.toJSON(),
    lease: kv.lease === 0n ? undefined : formatId(kv.lease),
    keyBase64: base64UnlessText(kv.keyBytes, kv.key),
    valueBase64: base64UnlessText(kv.valueBytes, kv.value),
  };
}

function base64UnlessText(bytes: Uint8Array, text: string): string | undefined {
  const buffer = Buffer.from(bytes);
  return buffer.equals(Buffer.from(text)) ? undefined : buffer.toString('base64');
}

/** Lines that `awk` and `cut` can take apart: every cell but the last is one word, `-` if it is empty. */
function alignedColumns(rows: readonly (readonly string[])[]): string[] {
  const lines = rows.map((row) =>
    row.map((cell, column) => {
      if (cell === '') return '-';
      return column === row.length - 1 ? cell : cell.replaceAll(' ', rows[0] === row ? '-' : '');
    }),
  );
  const widths = (rows[0] ?? []).map((_, column) =>
    lines.reduce((width, row) => Math.max(width, row[column]?.length ?? 0), 0),
  );
  return lines.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

/** JSON has no 64-bit integers: ids go as hexadecimal text, as they are printed and typed. */
function jsonField(field: unknown): unknown {
  return typeof field === 'bigint' ? formatId(field) : field;
}

function wantsColors(io: CliIo): boolean {
  // See no-color.org: any value but the empty one turns colours off.
  const refused = (io.env['NO_COLOR'] ?? '') !== '' || io.env['TERM'] === 'dumb';
  return io.stdout.isTTY === true && !refused;
}

function readPem(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    throw usageError(`cannot read ${path}: ${error instanceof Error ? error.message : ''}`);
  }
}
