import type { Cancel } from '../../../base/clock.ts';
import type { Key } from '../../../base/key.ts';
import type { Caller, CallOptions } from '../../../operations/index.ts';
import { goneSignal } from '../../http/index.ts';
import { JsonFields, parseJson } from './json-in.ts';
import type { JsonValue } from './json-in.ts';
import { badRequest } from './refusals.ts';
import type { Query } from './query.ts';
import type { HttpRequest, HttpResponse } from '../../http/index.ts';

/** One request that has been read and checked by the frame. */
export class Call {
  readonly request: HttpRequest;
  readonly query: Query;
  readonly body: Uint8Array;
  /** Parts of the path, by the names in the pattern; binary strings. */
  readonly #parts: Readonly<Record<string, Key>>;
  readonly #response: HttpResponse;
  readonly #callerNow: () => Caller;
  #gone: AbortSignal | undefined;

  constructor(
    request: HttpRequest,
    response: HttpResponse,
    parts: Readonly<Record<string, Key>>,
    query: Query,
    body: Uint8Array,
    callerNow: () => Caller,
  ) {
    this.request = request;
    this.query = query;
    this.body = body;
    this.#parts = parts;
    this.#response = response;
    this.#callerNow = callerNow;
  }

  /** For `operations`. The caller as it is now: a query can wait for minutes, in which its token may end. */
  get options(): CallOptions {
    const callerNow = this.#callerNow;
    return { caller: callerNow(), callerNow, gone: () => this.gone() };
  }

  /** Aborts when the caller disconnects. */
  gone(): AbortSignal {
    this.#gone ??= goneSignal(this.#response);
    return this.#gone;
  }

  /** The caller has disconnected before it has its response. */
  get isGone(): boolean {
    const { destroyed, writableFinished } = this.#response;
    return destroyed && !writableFinished;
  }

  /** Calls back once when the caller disconnects. Thousands of queries wait at once: an `AbortSignal` is several objects. */
  onGone(callback: () => void): Cancel {
    this.#response.once('close', callback);
    return () => void this.#response.off('close', callback);
  }

  /** A part of the path as bytes. */
  key(name: string): Key {
    return this.#parts[name] ?? '';
  }

  /** A part of the path as text. */
  part(name: string): string {
    return Buffer.from(this.key(name), 'latin1').toString('utf8');
  }

  /** A part of the path that must be there. */
  requiredPart(name: string, missing: string): string {
    const part = this.part(name);
    if (part === '') throw badRequest(missing);
    return part;
  }

  has(name: string): boolean {
    return this.query.parameters.has(name);
  }

  /** A parameter of the query; empty if it is missing. */
  get(name: string): string {
    return this.query.parameters.get(name) ?? '';
  }

  all(name: string): readonly string[] {
    return this.query.parameters.getAll(name);
  }

  json(): JsonValue {
    return parseJson(this.body);
  }

  /** The body, which must be a JSON object; `optional`: an empty body stands for one without fields. */
  fields({ optional = false }: { readonly optional?: boolean } = {}): JsonFields {
    return new JsonFields(optional && this.body.length === 0 ? {} : this.json());
  }
}
