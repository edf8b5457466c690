import { request } from 'node:http';
import { expect } from 'vitest';

/** A request over HTTP, and the response of etcd 3.7.1. */
export interface Exchange {
  /** The behaviour that it shows. */
  readonly name: string;
  /** POST unless told otherwise. */
  readonly method?: string;
  readonly path: string;
  /** Text goes as it is, everything else as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly status: number;
  /** The whole answer. In JSON the text `*` stands for any value that is not empty. */
  readonly text?: string;
  readonly json?: unknown;
  /** The code and message of a refusal. */
  readonly refusal?: { readonly code: number; readonly message: string };
  /** A stream: its first lines, after which the caller goes away. */
  readonly lines?: readonly unknown[];
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

/** Asks, and fails with the difference if the answer is another one. */
export async function check(base: string, exchange: Exchange): Promise<void> {
  const answer = await ask(base, exchange);
  expect(answer.status, `${exchange.name}: ${answer.text}`).toBe(exchange.status);
  if (exchange.text !== undefined) expect(answer.text).toBe(exchange.text);
  if (exchange.json !== undefined) {
    expect(JSON.parse(answer.text)).toEqual(withWildcards(exchange.json));
  }
  if (exchange.refusal !== undefined) {
    expect(JSON.parse(answer.text)).toMatchObject(exchange.refusal);
  }
  if (exchange.lines !== undefined) {
    const lines = answer.text
      .trimEnd()
      .split('\n')
      .map((line): unknown => JSON.parse(line));
    expect(lines).toEqual(exchange.lines.map(withWildcards));
  }
}

/** Takes the whole answer, or as many lines of it as are expected. */
function ask(base: string, exchange: Exchange): Promise<Answer> {
  const { path, method = 'POST', headers = {}, body, lines } = exchange;
  return new Promise((resolve, reject) => {
    const asked = request(base + path, { method, headers }, (response) => {
      let text = '';
      // Go's protobuf writes its errors with or without a no-break space, as its build fell out.
      const done = (): void =>
        resolve({ status: response.statusCode ?? 0, text: text.replaceAll('\u00a0', ' ') });
      response.setEncoding('utf8');
      response.on('data', (part: string) => {
        text += part;
        if (lines === undefined || text.split('\n').length - 1 < lines.length) return;
        done();
        asked.destroy();
      });
      response.on('end', done);
      response.on('error', reject);
    });
    asked.on('error', reject);
    asked.end(body === undefined || typeof body === 'string' ? body : JSON.stringify(body));
  });
}

function withWildcards(expected: unknown): unknown {
  if (expected === '*') {
    return expect.toSatisfy((value: unknown) => value !== undefined && value !== '', 'is there');
  }
  if (Array.isArray(expected)) return expected.map(withWildcards);
  if (typeof expected !== 'object' || expected === null) return expected;
  return Object.fromEntries(
    Object.entries(expected).map(([name, value]) => [name, withWildcards(value)]),
  );
}
