import { createServer } from 'node:http';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { onTestFinished } from 'vitest';
import type { HttpHandler } from '../../../src/api/http/index.ts';

/** Serves a handler on a free port until the test is over; returns its URL. */
export async function serve(handler: HttpHandler): Promise<string> {
  const server = createServer(handler);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => {
      server.close(resolve);
    });
  });
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('it listens nowhere');
  return `http://127.0.0.1:${address.port}`;
}

/** The response to a request, whose text is still to come. */
export function responseTo(asked: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    asked.once('response', (response) => resolve(response.setEncoding('utf8')));
    asked.once('error', reject);
  });
}
