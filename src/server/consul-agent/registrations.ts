import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { rename, writeFile } from 'node:fs/promises';
import { RegistryError } from '../../base/errors.ts';
import type { Definition } from './definitions.ts';

/** A definition that was registered: enough to remove it. */
type Owned = Pick<Definition, 'kind' | 'id'>;

/** A call of Consul's API: `PUT`, with a body in JSON. Rejects unless it succeeds. */
export type Put = (path: string, body?: unknown) => Promise<void>;

/**
 * The services and checks of the configuration files, as they are registered. They belong to the files: one that is in no file
 * any more is removed at the next reload or start. Their ids are on the disk before they are registered, so that none is
 * forgotten.
 */
export class Registrations {
  readonly #put: Put;
  readonly #file: string | undefined;
  #owned: readonly Owned[];

  /** Without a file for data that is in memory alone. */
  constructor(put: Put, file: string | undefined) {
    this.#put = put;
    this.#file = file;
    this.#owned = file === undefined ? [] : readOwned(file);
  }

  /** Registers these definitions, and removes those that were registered before and are not among them. */
  async apply(definitions: readonly Definition[]): Promise<void> {
    const wanted = definitions.map(({ kind, id }): Owned => ({ kind, id }));
    const gone = this.#owned.filter((owned) => !wanted.some((one) => isSame(one, owned)));
    await this.#keep([...wanted, ...gone]);
    for (const { kind, body } of definitions) {
      const query = kind === 'service' ? '?replace-existing-checks=true' : '';
      await this.#put(`/v1/agent/${kind}/register${query}`, body);
    }
    // Checks first: those of a service go with it.
    for (const { kind, id } of gone.toReversed()) await this.#remove(kind, id);
    await this.#keep(wanted);
  }

  async #remove(kind: Owned['kind'], id: string): Promise<void> {
    try {
      await this.#put(`/v1/agent/${kind}/deregister/${encodeURIComponent(id)}`);
    } catch (error) {
      // It is gone already.
      if (!(error instanceof CallRefused && error.status === 404)) throw error;
    }
  }

  async #keep(owned: readonly Owned[]): Promise<void> {
    this.#owned = owned;
    if (this.#file === undefined) return;
    const next = `${this.#file}.new`;
    await writeFile(next, `${JSON.stringify(owned)}\n`, { flush: true });
    await rename(next, this.#file);
  }
}

function isSame(a: Owned, b: Owned): boolean {
  return a.kind === b.kind && a.id === b.id;
}

function readOwned(file: string): readonly Owned[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
  const list: unknown = JSON.parse(text);
  if (Array.isArray(list) && list.every(isOwned)) return list;
  throw new RegistryError(
    'invalid-request',
    `${file} is not understood; delete it, and deregister by hand what is in no configuration file any more`,
  );
}

function isOwned(value: unknown): value is Owned {
  return (
    typeof value === 'object' &&
    value !== null &&
    'kind' in value &&
    (value.kind === 'service' || value.kind === 'check') &&
    'id' in value &&
    typeof value.id === 'string'
  );
}

/** The member did not do it. */
class CallRefused extends Error {
  override readonly name = 'CallRefused';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

const callLimitMs = 10_000;

/** Calls Consul's API of this very member. */
export function putTo(clientUrl: string): Put {
  const url = new URL(
    clientUrl.replace('//0.0.0.0:', '//127.0.0.1:').replace('//[::]:', '//[::1]:'),
  );
  return (path, body) =>
    new Promise((resolve, reject) => {
      const call = request(new URL(path, url), { method: 'PUT', timeout: callLimitMs });
      call.on('response', (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (part: string) => (text += part));
        response.on('error', reject);
        response.on('end', () => {
          const { statusCode = 0 } = response;
          if (statusCode === 200) resolve();
          else reject(new CallRefused(statusCode, `${path}: ${text.trim()} (${statusCode})`));
        });
      });
      call.on('timeout', () => call.destroy(new Error(`${path}: no answer within 10 s`)));
      call.on('error', reject);
      call.end(body === undefined ? undefined : JSON.stringify(body));
    });
}
