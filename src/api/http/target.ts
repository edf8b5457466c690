/** The target of a request line, undecoded: a path, or a whole URL (RFC 9112, section 3.2). */
export interface TargetParts {
  /** Host and port of a whole URL; it counts in place of the Host header. */
  readonly authority: string | undefined;
  readonly path: string;
  /** Without the question mark. */
  readonly query: string;
}

const absoluteForm = /^[a-z][a-z0-9+.-]*:\/\/(?:[^/?#@]*@)?([^/?#]*)/i;

export function partsOf(url: string): TargetParts {
  const [prefix = '', authority] = absoluteForm.exec(url) ?? [];
  const rest = url.slice(prefix.length);
  const mark = rest.indexOf('?');
  return {
    authority,
    path: mark === -1 ? rest : rest.slice(0, mark),
    query: mark === -1 ? '' : rest.slice(mark + 1),
  };
}

/** The path without empty parts, `.` and `..`; a slash at its end stays. Parts that are percent-encoded are only names. */
export function cleanPath(path: string): string {
  // Most requests by far.
  if (path.startsWith('/') && !/\/(\/|\.)/.test(path)) return path;
  // `*` is about the server as a whole.
  if (path === '*') return path;
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  const isFolder = path.endsWith('/') && parts.length > 0;
  return `/${parts.join('/')}${isFolder ? '/' : ''}`;
}
