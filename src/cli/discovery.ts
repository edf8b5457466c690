import { CliFailure, exitCodes } from './exit.ts';
import { startHint } from './hints.ts';
import { callHttp, NoHttpAnswer } from './http.ts';
import type { HttpAnswer, HttpServer } from './http.ts';
import type { Session } from './session.ts';

/** Calls of Consul's HTTP API, which every member serves at its client URLs; the next member is asked if one cannot answer. */
export class Discovery {
  readonly #session: Session;
  readonly #servers: readonly HttpServer[];

  readonly #signal: AbortSignal | undefined;

  /** `evenIfInterrupted`: for what a command does after Ctrl-C. */
  constructor(
    session: Session,
    { evenIfInterrupted = false }: { readonly evenIfInterrupted?: boolean } = {},
  ) {
    this.#session = session;
    this.#signal = evenIfInterrupted ? undefined : session.io.interrupted;
    this.#servers = session.endpoints.map((endpoint) => serverAt(endpoint, session));
  }

  async get(path: string): Promise<unknown> {
    const { text } = await this.#call('GET', path);
    return JSON.parse(text);
  }

  /** Asks each endpoint, all at once. */
  getFromAll(path: string): Promise<readonly FromMember[]> {
    return Promise.all(
      this.#servers.map(async (server): Promise<FromMember> => {
        const { url } = server;
        try {
          const answer = await this.#ask(server, 'GET', path, this.#session.options.timeout);
          if (answer.status >= 500) return { url, problem: answer.text.trim() };
          return { url, answer: JSON.parse(accepted(answer).text) };
        } catch (error) {
          if (!(error instanceof NoHttpAnswer)) throw error;
          return { url, problem: error.message };
        }
      }),
    );
  }

  /** All calls that are made so may be repeated: twice is as once. */
  async put(path: string, body?: unknown): Promise<void> {
    await this.#call('PUT', path, body === undefined ? undefined : JSON.stringify(body));
  }

  /** The same, for calls that answer with JSON. */
  async putForAnswer(path: string): Promise<unknown> {
    const { text } = await this.#call('PUT', path);
    return JSON.parse(text);
  }

  async #call(method: string, path: string, body?: string): Promise<HttpAnswer> {
    const endsMs = performance.now() + this.#session.options.timeout;
    const failures: string[] = [];
    for (const server of this.#servers) {
      const timeoutMs = Math.ceil(endsMs - performance.now());
      if (timeoutMs <= 0) break;
      try {
        const answer = await this.#ask(server, method, path, timeoutMs, body);
        if (answer.status < 500) return accepted(answer);
        failures.push(`${server.url}: ${answer.text.trim()}`);
      } catch (error) {
        if (!(error instanceof NoHttpAnswer)) throw error;
        failures.push(error.message);
      }
    }
    const reasons =
      failures.length === 0 ? 'no time was left to ask a member' : failures.join('; ');
    throw new CliFailure(exitCodes.failed, `${reasons}\n  ${startHint}`);
  }

  #ask(
    server: HttpServer,
    method: string,
    path: string,
    timeoutMs: number,
    body?: string,
  ): Promise<HttpAnswer> {
    return callHttp(server, {
      method,
      path: `/v1/${path}`,
      timeoutMs,
      ...(this.#signal === undefined ? {} : { signal: this.#signal }),
      ...(body === undefined ? {} : { body }),
    });
  }
}

/** The answer of one member, or the reason why there is none. */
export interface FromMember {
  readonly url: string;
  readonly answer?: unknown;
  readonly problem?: string;
}

function serverAt(endpoint: string, { options }: Session): HttpServer {
  const { cacert, cert, key, insecureSkipTlsVerify } = options;
  const isTls = [cacert, cert, key].some((file) => file !== undefined);
  const url = /^(?:https?|unix):\/\//.test(endpoint)
    ? endpoint
    : `${isTls ? 'https' : 'http'}://${endpoint}`;
  if (!url.startsWith('unix://') && !URL.canParse(url)) {
    throw new CliFailure(exitCodes.usage, `"${endpoint}" is no address of a member`);
  }
  return { url, tls: { ca: cacert, cert, key, verifyServer: !insecureSkipTlsVerify } };
}

function accepted(answer: HttpAnswer): HttpAnswer {
  const { status, text } = answer;
  if (status === 200) return answer;
  const reason = text.trim() === '' ? `the member answered with status ${status}` : text.trim();
  if (status === 404) throw new CliFailure(exitCodes.notFound, reason);
  throw new CliFailure(status === 400 ? exitCodes.usage : exitCodes.failed, reason);
}
