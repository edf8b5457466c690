import { consulVersion } from './cluster/servers.ts';
import type { Endpoint, Route } from './frame/route.ts';

/** The OpenAPI document of the routes; it is made from the table that serves them, so it cannot differ. */
export function openApiOf(routes: readonly Route[], version: string): object {
  const sorted = routes.toSorted((a, b) => (a.path < b.path ? -1 : 1));
  return {
    openapi: '3.1.0',
    info: {
      title: "Rollcall: Consul's HTTP API",
      version,
      description: `The calls of Consul ${consulVersion} that clients for discovery use. Errors are plain text.`,
    },
    paths: Object.fromEntries(sorted.map((route) => [route.path, pathItemOf(route)])),
    components: { parameters },
  };
}

function pathItemOf({ path, methods }: Route): object {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  const operations = Object.entries(methods).map(([method, endpoint]) => [
    method.toLowerCase(),
    operationOf(`${method} ${path}`, names, endpoint),
  ]);
  return Object.fromEntries(operations);
}

function operationOf(id: string, names: readonly string[], endpoint: Endpoint): object {
  const { about, scope, parameters: own = [], body } = endpoint;
  return {
    operationId: id
      .replaceAll(/[^\w/ ]/g, '')
      .split(/[/ ]/)
      .filter((word) => word !== '' && word !== 'v1')
      .join('-'),
    summary: about,
    parameters: [
      ...names.map((name) => ({
        name,
        in: 'path',
        required: true,
        description: 'The rest of the path; slashes in it need not be escaped.',
        schema: { type: 'string' },
      })),
      ...[...commonOf[scope], 'pretty', 'token'].map((name) => ({
        $ref: `#/components/parameters/${name}`,
      })),
      ...own.map((name) => ({ name, in: 'query', schema: { type: 'string' } })),
    ],
    ...(body === undefined ? {} : { requestBody: { content: { [contentOf[body]]: {} } } }),
    responses: {
      '200': { description: 'The answer.' },
      default: { description: 'A refusal.', content: { 'text/plain': {} } },
    },
  };
}

const contentOf = { json: 'application/json', bytes: 'application/octet-stream' } as const;

const commonOf: Readonly<Record<Endpoint['scope'], readonly string[]>> = {
  member: [],
  datacenter: ['dc'],
  index: ['dc', 'index', 'wait', 'stale', 'consistent', 'filter'],
};

const text = { type: 'string' };
const parameters: Readonly<Record<string, object>> = Object.fromEntries(
  Object.entries({
    dc: 'The datacenter; there is one.',
    index: 'The index of the answer that the caller has: it waits for a newer one.',
    wait: 'How long it waits at most, as `30s`.',
    stale: "Answered from this member's state, as old as that is.",
    consistent: 'Answered after a round with the other members.',
    filter: 'An expression that rows of the answer have to satisfy.',
    pretty: 'JSON with lines and blanks.',
    token: 'A token; without access lists it does not matter.',
  }).map(([name, description]) => [name, { name, in: 'query', description, schema: text }]),
);
