import { request, STATUS_CODES } from 'node:http';
import type { ClientRequest, IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import type { Socket } from 'node:net';
import type { CheckStatus, Probe, ProbeResult } from '../registry/index.ts';
import type { Target } from './dial.ts';
import { asError, codeOf, ProbeFailure, reasonOf } from './failure.ts';
import type { Look } from './look.ts';
import { Tail } from './output.ts';

type HttpProbe = Extract<Probe, { kind: 'http' }>;

/** As in Go's client. */
const redirectsMax = 10;
/** A body is read so far; its status is known by then, and its end may never come. */
const bodyBytesMax = 1024 * 1024;
/** Headers of an answer. */
const headerBytesMax = 32 * 1024;

/** One request of a probe: the first, or one after a redirect. */
interface Step {
  readonly url: URL;
  readonly method: string;
  readonly headers: OutgoingHttpHeaders;
  readonly body: string;
}

/** 2xx is passing, 429 is a warning, everything else is critical. Redirects are followed, each as a new target. */
export async function probeHttp(probe: HttpProbe, look: Look): Promise<ProbeResult> {
  let step: Step = firstStep(probe);
  for (let redirects = 0; ; redirects++) {
    const answer = await answerTo(step, probe, look).catch((error: unknown) => {
      throw new ProbeFailure(`${goVerb(step.method)} "${shown(step.url)}": ${whyNot(error)}`);
    });
    const location = probe.followRedirects ? answer.location : undefined;
    if (location === undefined) return resultOf(probe, answer);
    if (redirects >= redirectsMax - 1) {
      throw new ProbeFailure(`${goVerb(step.method)} "${location}": stopped after 10 redirects`);
    }
    step = nextStep(step, answer.code, location);
  }
}

interface Answer {
  readonly code: number;
  readonly reason: string;
  readonly body: string;
  /** Where it redirects to. */
  readonly location: string | undefined;
}

function firstStep({ url: text, method, headers, body }: HttpProbe): Step {
  const url = urlOf(text, `${goVerb(method)} "${text}"`);
  const given = Object.entries(headers).map(([name, values]) => [name.toLowerCase(), [...values]]);
  return {
    url,
    method: method === '' ? 'GET' : method,
    headers: {
      'user-agent': 'Consul Health Check',
      accept: 'text/plain, text/*, */*',
      ...Object.fromEntries(given),
    },
    body,
  };
}

/** The request after a redirect, as browsers and Go's client make it. */
function nextStep({ url, method, headers, body }: Step, code: number, location: string): Step {
  const next = urlOf(location, `${goVerb(method)} "${location}"`, url.href);
  const isSame = code === 307 || code === 308 || method === 'HEAD';
  const kept = { ...headers };
  if (next.host !== url.host) {
    // Another host must not learn what was meant for the first one, nor be called by its name.
    for (const name of ['authorization', 'cookie', 'www-authenticate', 'host']) delete kept[name];
  }
  if (!isSame) delete kept['content-type'];
  return { url: next, method: isSame ? method : 'GET', headers: kept, body: isSame ? body : '' };
}

function urlOf(text: string, call: string, base?: string): URL {
  if (!URL.canParse(text, base)) throw new ProbeFailure(`${call}: it is no URL`);
  const url = new URL(text, base);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new ProbeFailure(`${call}: unsupported protocol scheme "${url.protocol.slice(0, -1)}"`);
  }
  return url;
}

async function answerTo(step: Step, probe: HttpProbe, look: Look): Promise<Answer> {
  const { dialer, signal } = look;
  const { url } = step;
  const isEncrypted = url.protocol === 'https:';
  const port = url.port === '' ? (isEncrypted ? 443 : 80) : Number(url.port);
  const target: Target = { host: url.hostname.replace(/^\[(.*)\]$/, '$1'), port };
  const plain = await dialer.connect(target, signal);
  try {
    const socket = isEncrypted ? await dialer.encrypt(plain, target, probe.tls, signal) : plain;
    return await exchange(step, socket, probe, signal);
  } finally {
    plain.destroy();
  }
}

/** Sends the request and reads the answer on a connection of its own. */
function exchange(
  step: Step,
  socket: Socket,
  { outputBytesMax }: HttpProbe,
  signal: AbortSignal,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = requestOn(socket, step);
    const tail = new Tail(outputBytesMax);
    let answer: IncomingMessage | undefined;
    const end = (error?: unknown): void => {
      signal.removeEventListener('abort', onAbort);
      socket.destroy();
      // The status is known even if the body never ends.
      if (answer !== undefined) resolve(answerOf(answer, tail.text()));
      else reject(error === undefined ? new ProbeFailure('EOF') : asError(error));
    };
    const onAbort = (): void => end(signal.reason);
    sent.on('error', end);
    sent.on('close', () => end());
    sent.on('response', (response) => {
      answer = response;
      response.on('data', (piece: Buffer) => {
        tail.add(piece);
        if (tail.total >= bodyBytesMax) end();
      });
      response.on('end', () => end());
      response.on('error', end);
    });
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
    sent.end(step.body);
  });
}

function requestOn(socket: Socket, { url, method, headers, body }: Step): ClientRequest {
  const { username, password, pathname, search } = url;
  return request({
    createConnection: () => socket,
    host: url.hostname,
    port: url.port,
    path: `${pathname}${search}`,
    method,
    headers: { ...headers, ...(body === '' ? {} : { 'content-length': Buffer.byteLength(body) }) },
    maxHeaderSize: headerBytesMax,
    ...(username === '' ? {} : { auth: decodeURIComponent(`${username}:${password}`) }),
  });
}

function answerOf(message: IncomingMessage, body: string): Answer {
  const { statusCode: code = 0, headers } = message;
  const isRedirect = [301, 302, 303, 307, 308].includes(code);
  const reason = STATUS_CODES[code] ?? 'unknown';
  return { code, reason, body, location: isRedirect ? headers.location : undefined };
}

function resultOf({ method, url }: HttpProbe, { code, reason, body }: Answer): ProbeResult {
  const status: CheckStatus =
    code >= 200 && code <= 299 ? 'passing' : code === 429 ? 'warning' : 'critical';
  const name = method === '' ? 'GET' : method;
  const shownUrl = withoutPassword(url);
  return { status, output: `HTTP ${name} ${shownUrl}: ${code} ${reason} Output: ${body}` };
}

function whyNot(error: unknown): string {
  const code = codeOf(error);
  if (code === 'ETIMEDOUT') {
    return 'context deadline exceeded (Client.Timeout exceeded while awaiting headers)';
  }
  if (code.startsWith('HPE_')) {
    return `HTTP/1.x transport connection broken: malformed HTTP response (${asError(error).message})`;
  }
  if (code === 'ECONNRESET') return 'EOF';
  return reasonOf(error);
}

function shown(url: URL): string {
  return withoutPassword(url.href);
}

/** Outputs are for everyone who may read the registry. */
function withoutPassword(url: string): string {
  return url.replace(/^(\w+:\/\/[^/@]*?:)[^/@]*@/, '$1xxxxx@');
}

/** `Get`, as Go's errors begin. */
function goVerb(method: string): string {
  const name = method === '' ? 'GET' : method;
  return `${name.slice(0, 1).toUpperCase()}${name.slice(1).toLowerCase()}`;
}
