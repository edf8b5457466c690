import type { HttpResponse } from './message.ts';

/** Responds with plain text, which browsers must not take for anything else. */
export function sendText(
  response: HttpResponse,
  status: number,
  text: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, {
    'Content-Type': 'text/plain; charset=utf-8',
    'X-Content-Type-Options': 'nosniff',
    'Content-Length': Buffer.byteLength(text),
    ...headers,
  });
  response.end(text);
}

/** Responds with encoded JSON. */
export function sendJson(
  response: HttpResponse,
  status: number,
  json: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(json),
    ...headers,
  });
  response.end(json);
}

/** Sends the client to another path, with the same method and body. */
export function sendRedirect(
  response: HttpResponse,
  location: string,
  { withBody }: { readonly withBody: boolean },
): void {
  if (!withBody) {
    response.writeHead(307, { Location: location, 'Content-Length': 0 }).end();
    return;
  }
  const link = location.replaceAll('&', '&amp;').replaceAll('"', '&#34;').replaceAll('<', '&lt;');
  const body = `<a href="${link}">Temporary Redirect</a>.\n\n`;
  response.writeHead(307, {
    Location: location,
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Length': Buffer.byteLength(body),
  });
  response.end(body);
}

export function sendNotFound(response: HttpResponse): void {
  sendText(response, 404, '404 page not found\n');
}

export function sendMethodNotAllowed(response: HttpResponse, allowed: string): void {
  sendText(response, 405, 'Method Not Allowed\n', { Allow: allowed });
}

/** Aborts when the caller disconnects before it has its response. */
export function goneSignal(response: HttpResponse): AbortSignal {
  const controller = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) controller.abort();
  });
  return controller.signal;
}
