import type { Key } from '../../../base/key.ts';
import type { Answer } from './answer.ts';
import type { Call } from './call.ts';

export type HttpMethod = 'GET' | 'PUT' | 'POST' | 'DELETE';

/** One method at one path: the call itself, and all that the frame and the OpenAPI document have to know of it. */
export interface Endpoint {
  /** One line for people. */
  readonly about: string;
  /**
   * - `index`: takes the parameters of consistency and blocking, and its answers have an index.
   * - `datacenter`: takes `dc`.
   * - `member`: about this member, whatever the datacenter.
   */
  readonly scope: 'index' | 'datacenter' | 'member';
  /**
   * The right that a caller needs while authentication is on.
   *
   * - `nothing`: the answer does not depend on data, members or users.
   * - `sight`: any known caller; the answer is made of what its rights show (`readCatalog`).
   * - `operations`: any known caller; each operation that is asked decides about its rights.
   * - `login`: a user. `root`: a user with the role root.
   */
  readonly needs: 'nothing' | 'sight' | 'operations' | 'login' | 'root';
  /** `ns` is the name of a namespace. Elsewhere there is `default` only. */
  readonly takesNamespace?: boolean;
  /** Its own parameters, beside those of its scope. */
  readonly parameters?: readonly string[];
  /** Undefined: a body is ignored. */
  readonly body?: 'json' | 'bytes';
  /** Of the body; 1 MiB if not given. */
  readonly bodyBytesMax?: number;
  readonly serve: (call: Call) => Answer | Promise<Answer>;
}

/**
 * A path and its methods. `{name}` stands for the rest of the path, slashes included, up to what follows it in the
 * pattern: `/v1/kv/{key}`, `/v1/query/{query}/execute`.
 */
export interface Route {
  readonly path: string;
  readonly methods: Readonly<Partial<Record<HttpMethod, Endpoint>>>;
}

/** A route that is only read. */
export function getRoute(path: string, endpoint: Endpoint): Route {
  return { path, methods: { GET: endpoint } };
}

/** The route of a request, and the parts of its path. */
export interface Match {
  readonly route: Route;
  readonly parts: Readonly<Record<string, Key>>;
}

interface Pattern {
  readonly route: Route;
  readonly name: string;
  readonly suffix: string;
}

/** Parts of a path that a literal beginning has at most; no pattern has more. */
const literalPartsMax = 7;

/** Finds the route of a path: first the whole path, then the longest literal beginning. */
export class RouteTable {
  readonly routes: readonly Route[];
  readonly #literal = new Map<string, Route>();
  /** By the beginning up to the parameter; those with an end of their own first. */
  readonly #patterns = new Map<string, Pattern[]>();

  constructor(routes: readonly Route[]) {
    this.routes = routes;
    for (const route of routes) {
      const [, beginning = '', name = '', suffix = ''] =
        /^([^{]*)\{(\w+)\}(.*)$/.exec(route.path) ?? [];
      if (name === '') {
        this.#literal.set(route.path, route);
        continue;
      }
      const patterns = this.#patterns.get(beginning) ?? [];
      patterns.push({ route, name, suffix });
      patterns.sort((a, b) => b.suffix.length - a.suffix.length);
      this.#patterns.set(beginning, patterns);
    }
  }

  /** `path`: a binary string without percent encoding. */
  find(path: Key): Match | undefined {
    const literal = this.#literal.get(path);
    if (literal !== undefined) return { route: literal, parts: {} };
    const slashes: number[] = [];
    for (let at = path.indexOf('/'); at !== -1; at = path.indexOf('/', at + 1)) {
      slashes.push(at);
      if (slashes.length > literalPartsMax) break;
    }
    for (const slash of slashes.toReversed()) {
      const rest = path.slice(slash + 1);
      for (const { route, name, suffix } of this.#patterns.get(path.slice(0, slash + 1)) ?? []) {
        if (!rest.endsWith(suffix)) continue;
        return { route, parts: { [name]: rest.slice(0, rest.length - suffix.length) } };
      }
    }
    return undefined;
  }

  /** True if a pattern begins with the path and a slash: Consul redirects there. */
  isFolder(path: Key): boolean {
    return this.#patterns.has(`${path}/`);
  }
}

/** The endpoint of a method; undefined: the route does not take it. */
export function endpointOf({ methods }: Route, method: string): Endpoint | undefined {
  switch (method) {
    case 'GET':
    case 'PUT':
    case 'POST':
    case 'DELETE':
      return methods[method];
    default:
      return undefined;
  }
}

/** The methods of a route, as the header `Allow` lists them. */
export function allowed({ methods }: Route): string {
  return ['OPTIONS', ...Object.keys(methods)].join(',');
}
