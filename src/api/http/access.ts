import type { IncomingMessage, ServerResponse } from 'node:http';
import { sendText } from './responses.ts';
import { partsOf } from './target.ts';

/** Whom plain HTTP answers, and what browsers may read. `*` in either list means everybody. */
export interface AccessOptions {
  readonly corsOrigins: readonly string[];
  readonly hostWhitelist: readonly string[];
}

/**
 * Answers what must not, or need not, go further: a name that this member does not go by, and a browser that asks
 * beforehand. True if the request may go on.
 */
export function createAccessCheck(
  options: AccessOptions,
): (request: IncomingMessage, response: ServerResponse) => boolean {
  const hosts = new Set(options.hostWhitelist);
  const origins = new Set(options.corsOrigins);
  const anyHost = hosts.size === 0 || hosts.has('*');
  return (request, response) => {
    // A page of a stranger can make its name point to this machine and then talk to us as its own origin (DNS
    // rebinding). It cannot do so over TLS, where the certificate would not fit.
    if (!anyHost && !isEncrypted(request)) {
      const { authority } = partsOf(request.url ?? '/');
      const host = hostnameOf(authority ?? request.headers.host ?? '');
      if (!hosts.has(host)) {
        refuseHost(response, host);
        return false;
      }
    }
    const origin = request.headers.origin;
    if (origin !== undefined && origins.has(origin)) allowOrigin(response, origin);
    else if (origins.has('*')) allowOrigin(response, '*');
    if (request.method !== 'OPTIONS') return true;
    response.writeHead(200, { 'Content-Length': '0' }).end();
    return false;
  };
}

function isEncrypted({ socket }: IncomingMessage): boolean {
  return 'encrypted' in socket && socket.encrypted === true;
}

/** "registry.example:2379" and "[::1]:2379": without the port and the brackets. */
function hostnameOf(host: string): string {
  const bracketed = /^\[([^\]]*)\]/.exec(host);
  return bracketed?.[1] ?? host.replace(/:\d*$/, '');
}

function allowOrigin(response: ServerResponse, origin: string): void {
  response.setHeader('Access-Control-Allow-Methods', 'POST, GET, OPTIONS, PUT, DELETE');
  response.setHeader('Access-Control-Allow-Origin', origin);
  response.setHeader('Access-Control-Allow-Headers', 'accept, content-type, authorization');
}

function refuseHost(response: ServerResponse, host: string): void {
  const body =
    `This member does not go by the name in the Host header, "${host}".\n` +
    `Use a name from --host-whitelist, add this one to it (--host-whitelist "${host}"), or use TLS.\n` +
    'The check keeps web pages of strangers out (DNS rebinding, CVE-2018-5702).\n';
  sendText(response, 421, body);
}
