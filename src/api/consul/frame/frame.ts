import type { Logger } from '../../../base/logger.ts';
import type { Counter, Metrics } from '../../../base/metrics.ts';
import { cleanPath } from '../../http/index.ts';
import type { HttpRequest, HttpResponse, OriginHeaders, RawPage } from '../../http/index.ts';
import type { Caller } from '../../../operations/index.ts';
import { addHeaders, sendAnswer } from './answer.ts';
import type { Answer, HeaderList, Headers } from './answer.ts';
import { readBody } from './body.ts';
import { checkNeeds, consulCaller, whenKnown } from './callers.ts';
import type { CallerOperations } from './callers.ts';
import { Call } from './call.ts';
import { decodedPath } from './path.ts';
import { checkDatacenter, checkTenancy, looseQueryOf, queryOf } from './query.ts';
import type { Query } from './query.ts';
import { consulRefusalOf } from './refusals.ts';
import type { ConsulRefusal } from './refusals.ts';
import { allowed, endpointOf } from './route.ts';
import type { Endpoint, Match, RouteTable } from './route.ts';

export interface FrameOptions {
  readonly operations: CallerOperations;
  readonly table: RouteTable;
  readonly datacenter: string;
  readonly hasLeader: () => boolean;
  readonly leaderContactMs: () => number;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

const bodyBytesMaxDefault = 1 << 20;

const unknownText = 'Invalid URL path: not a recognized HTTP API endpoint';
const elsewhereText =
  "Invalid URL path: if attempting to use the HTTP API, ensure the path starts with '/v1/'";
const homeText = "Rollcall. Consul's HTTP API is below /v1/, and /v1/openapi.json describes it.\n";

/** On answers of all endpoints, by whether there are users. */
const openHeaders: Readonly<Headers> = {
  Vary: 'Accept-Encoding',
  'X-Consul-Default-Acl-Policy': 'allow',
};
const guardedHeaders: Readonly<Headers> = { ...openHeaders, 'X-Consul-Default-Acl-Policy': 'deny' };

/** Serves the routes of a table: everything that is the same for all endpoints. */
export function createFrame(options: FrameOptions): RawPage {
  const frame = new Frame(options);
  return (request, response, target) => frame.serve(request, response, target);
}

type RawTarget = Parameters<RawPage>[2];

class Frame {
  readonly #options: FrameOptions;
  readonly #counters = new Map<number, Counter>();

  constructor(options: FrameOptions) {
    this.#options = options;
  }

  serve(
    request: HttpRequest,
    response: HttpResponse,
    target: RawTarget,
  ): Promise<void> | undefined {
    const path = decodedPath(target.path);
    if (path === undefined) {
      this.#finish(response, 400, { ...target.headers });
      return undefined;
    }
    const match = this.#options.table.find(path);
    if (match === undefined) {
      this.#serveUnknown(request, response, path, target.headers);
      return undefined;
    }
    const { method = '' } = request;
    const endpoint = endpointOf(match.route, method);
    if (endpoint !== undefined) return this.#serve(request, response, match, endpoint, target);
    const headers: Headers = {
      ...target.headers,
      Allow: allowed(match.route),
      ...this.#commonHeaders(),
    };
    if (method === 'OPTIONS') this.#finish(response, 200, headers);
    else this.#finish(response, 405, headers, `method ${method} not allowed`);
    return undefined;
  }

  #serveUnknown(
    request: HttpRequest,
    response: HttpResponse,
    path: string,
    origin: OriginHeaders,
  ): void {
    if (path === '/') {
      this.#finish(response, 200, { ...origin }, homeText);
      return;
    }
    const clean = this.#options.table.isFolder(path) ? `${path}/` : cleanPath(path);
    if (clean !== path) {
      const { url = '' } = request;
      const query = url.includes('?') ? url.slice(url.indexOf('?')) : '';
      const location = encodeURI(Buffer.from(clean, 'latin1').toString('utf8')) + query;
      this.#finish(response, 301, { ...origin, Location: location });
      return;
    }
    const text = path.startsWith('/v1/') ? unknownText : elsewhereText;
    this.#finish(response, 404, { ...origin }, text);
  }

  async #serve(
    request: HttpRequest,
    response: HttpResponse,
    { parts }: Match,
    endpoint: Endpoint,
    { query: parameters, headers: origin }: RawTarget,
  ): Promise<void> {
    try {
      const callerNow = (): Caller => consulCaller(this.#options.operations, parameters, request);
      await whenKnown(this.#options.operations, parameters, request);
      checkNeeds(this.#options.operations, endpoint, callerNow);
      const query = this.#queryFor(endpoint, parameters, request);
      const { body, bodyBytesMax = bodyBytesMaxDefault } = endpoint;
      const bytes = body === undefined ? noBody : await readBody(request, bodyBytesMax);
      const call = new Call(request, response, parts, query, bytes, callerNow);
      const answer = await endpoint.serve(call);
      if (response.destroyed) return;
      this.#count(answer.status ?? 200);
      const headers = this.#headersOf(answer, query, origin);
      await sendAnswer(request, response, answer, { headers, pretty: parameters.has('pretty') });
    } catch (error) {
      const refusal = consulRefusalOf(error);
      if (refusal === undefined) throw error;
      const headers: Headers = { ...origin, ...this.#commonHeaders() };
      this.#refuse(request, response, { endpoint, headers, refusal });
    }
  }

  #commonHeaders(): Readonly<Headers> {
    return this.#options.operations.isAuthOn() ? guardedHeaders : openHeaders;
  }

  #queryFor(
    { scope, takesNamespace = false }: Endpoint,
    parameters: URLSearchParams,
    { headers }: HttpRequest,
  ): Query {
    if (scope === 'member') return looseQueryOf(parameters);
    checkTenancy(parameters, { takesNamespace });
    const query =
      scope === 'index'
        ? queryOf(parameters, headers['cache-control'], this.#options.leaderContactMs)
        : looseQueryOf(parameters);
    checkDatacenter(parameters, this.#options.datacenter);
    return query;
  }

  #headersOf({ index }: Answer, { mode, cached }: Query, origin: OriginHeaders): HeaderList {
    const headers: HeaderList = [];
    addHeaders(headers, origin);
    addHeaders(headers, this.#commonHeaders());
    if (index === undefined) return headers;
    const { hasLeader, leaderContactMs } = this.#options;
    const contactMs = mode === 'consistent' ? 0 : Math.round(leaderContactMs());
    headers.push('X-Consul-Effective-Consistency', mode === 'default' ? 'leader' : mode);
    headers.push('X-Consul-Index', Math.max(index, 1));
    headers.push('X-Consul-Knownleader', String(hasLeader()));
    headers.push('X-Consul-Lastcontact', contactMs);
    headers.push('X-Consul-Query-Backend', 'blocking-query');
    if (cached) headers.push('X-Cache', 'HIT', 'Age', 0);
    return headers;
  }

  #refuse(
    request: HttpRequest,
    response: HttpResponse,
    {
      endpoint: { scope },
      headers,
      refusal,
    }: { endpoint: Endpoint; headers: Headers; refusal: ConsulRefusal },
  ): void {
    const { method, url, socket } = request;
    const { status, message } = refusal;
    this.#options.logger.debug("a call of Consul's API was refused", {
      method,
      path: url?.split('?')[0],
      client: socket.remoteAddress,
      status,
      reason: message,
    });
    if (response.destroyed || response.headersSent) {
      response.destroy();
      return;
    }
    if (scope === 'index' && (status >= 500 || status === 404)) {
      headers['X-Consul-Index'] = 1;
      headers['X-Consul-Knownleader'] = 'false';
      headers['X-Consul-Lastcontact'] = 0;
      headers['X-Consul-Query-Backend'] = 'blocking-query';
    }
    this.#finish(response, status, { ...headers, ...refusal.headers }, message);
  }

  #finish(response: HttpResponse, status: number, headers: Headers, text = ''): void {
    this.#count(status);
    if (text !== '') headers['Content-Type'] = 'text/plain; charset=utf-8';
    headers['Content-Length'] = Buffer.byteLength(text);
    response.writeHead(status, headers).end(text);
  }

  #count(status: number): void {
    let counter = this.#counters.get(status);
    if (counter === undefined) {
      const help = "Requests to Consul's API, by status.";
      const labels = { code: String(status) };
      counter = this.#options.metrics.counter('rollcall_consul_requests_total', help, labels);
      this.#counters.set(status, counter);
    }
    counter.add();
  }
}

const noBody = new Uint8Array();
