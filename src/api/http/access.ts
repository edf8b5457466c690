import { sendText } from './responses.ts';
import { partsOf } from './target.ts';
import type { HttpRequest, HttpResponse } from './message.ts';

/** Host names that plain HTTP serves, and origins whose pages may read it. `*` in either list allows all. */
export interface AccessOptions {
  readonly corsOrigins: readonly string[];
  readonly hostWhitelist: readonly string[];
}

/** Headers of a response that say which origins may read it. */
export type OriginHeaders = Readonly<Record<string, string>>;

/**
 * Refuses requests for a host name that is not allowed, and says which origins may read the others. Undefined: it was
 * refused.
 */
export type AccessCheck = (
  request: HttpRequest,
  response: HttpResponse,
) => OriginHeaders | undefined;

export function createAccessCheck(options: AccessOptions): AccessCheck {
  const hosts = new Set(options.hostWhitelist);
  const origins = new Set(options.corsOrigins);
  const anyHost = hosts.size === 0 || hosts.has('*');
  return (request, response) => {
    // The page of an attacker can make its host name resolve to this machine and then read us as its own origin (DNS
    // rebinding). Over TLS it cannot, because the certificate does not match.
    if (!anyHost && !isEncrypted(request)) {
      const { authority } = partsOf(request.url ?? '/');
      const host = hostnameOf(authority ?? request.headers.host ?? '');
      if (!hosts.has(host)) {
        refuseHost(response, host);
        return undefined;
      }
    }
    const origin = request.headers.origin;
    if (origin !== undefined && origins.has(origin)) return headersFor(origin);
    return origins.has('*') ? forAllOrigins : noOrigin;
  };
}

/** Responds to the preflight requests of browsers; true if it was one. */
export function answeredPreflight(request: HttpRequest, response: HttpResponse): boolean {
  if (request.method !== 'OPTIONS') return false;
  response.writeHead(200, { 'Content-Length': '0' }).end();
  return true;
}

function isEncrypted({ socket }: HttpRequest): boolean {
  return 'encrypted' in socket && socket.encrypted;
}

/** "registry.example:2379" and "[::1]:2379": without the port and the brackets. */
function hostnameOf(host: string): string {
  const bracketed = /^\[([^\]]*)\]/.exec(host);
  return bracketed?.[1] ?? host.replace(/:\d*$/, '');
}

function headersFor(origin: string): OriginHeaders {
  return {
    'Access-Control-Allow-Methods': 'POST, GET, OPTIONS, PUT, DELETE',
    'Access-Control-Allow-Origin': origin,
    'Access-Control-Allow-Headers': 'accept, content-type, authorization',
  };
}

const forAllOrigins = headersFor('*');
export const noOrigin: OriginHeaders = {};

function refuseHost(response: HttpResponse, host: string): void {
  const body =
    `The name in the Host header, "${host}", is not allowed here.\n` +
    `Use a name from --host-whitelist, add this one to it (--host-whitelist "${host}"), or use TLS.\n` +
    'This keeps web pages of attackers out (DNS rebinding, CVE-2018-5702).\n';
  sendText(response, 421, body);
}
