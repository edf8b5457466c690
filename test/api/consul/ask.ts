import { request } from 'node:http';

export interface Asked {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  /** The body, which must be JSON. */
  readonly json: unknown;
}

export interface AskOptions {
  readonly method?: string;
  readonly body?: string | Uint8Array | object;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** Sends one request with its path as it is written; `fetch` would clean it. */
export function ask(url: string, path: string, options: AskOptions = {}): Promise<Asked> {
  const { method = 'GET', body, headers = {}, signal } = options;
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const sent = request(
      { hostname, port, path, method, headers, agent: false, ...(signal && { signal }) },
      (response) => {
        const pieces: Buffer[] = [];
        response.on('data', (piece: Buffer) => pieces.push(piece));
        response.on('error', reject);
        response.on('end', () => {
          const bytes = Buffer.concat(pieces);
          const text = bytes.toString('utf8');
          const single = Object.entries(response.headers).map(([name, value]) => [
            name,
            String(value),
          ]);
          resolve({
            status: response.statusCode ?? 0,
            headers: Object.fromEntries(single),
            text,
            get json() {
              return JSON.parse(text);
            },
          });
        });
      },
    );
    sent.on('error', reject);
    if (typeof body === 'string' || body instanceof Uint8Array) sent.end(body);
    else sent.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

/** A part of a JSON value, by the names and places on the way to it. */
export function at(value: unknown, ...way: readonly (string | number)[]): unknown {
  let found = value;
  for (const name of way) {
    found =
      typeof found === 'object' && found !== null
        ? new Map(Object.entries(found)).get(String(name))
        : undefined;
  }
  return found;
}

export function textAt(value: unknown, ...way: readonly (string | number)[]): string {
  return String(at(value, ...way));
}
