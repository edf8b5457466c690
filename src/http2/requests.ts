import type { HeaderField } from './static-table.ts';

/** Pseudo-headers that every request has, and one that it may have (RFC 9113, section 8.3.1), as bits. */
const pseudoHeaders: ReadonlyMap<string, number> = new Map([
  [':method', 1],
  [':scheme', 2],
  [':path', 4],
  [':authority', 8],
]);
const neededHeaders = 1 | 2 | 4;

/** Connection-specific headers of HTTP/1.1, which HTTP/2 forbids (section 8.2.2). */
const ofConnections: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
]);

const colon = 0x3a;

/**
 * Whether headers are those of a request. The content of `:authority` is not checked: old clients of etcd write a whole
 * URL there.
 */
export function isRequest(headers: readonly HeaderField[]): boolean {
  let seen = 0;
  let areOthers = false;
  for (const field of headers) {
    if (!isPseudo(field)) {
      areOthers = true;
      if (!isOther(field)) return false;
      continue;
    }
    const which = pseudoHeaders.get(field.name) ?? 0;
    const isFine = which !== 0 && (seen & which) === 0 && !areOthers;
    if (!isFine || field.isMalformed === true) return false;
    if (field.name === ':path' && field.value === '') return false;
    seen |= which;
  }
  return (seen & neededHeaders) === neededHeaders;
}

/** Whether headers may be the trailers of a request (section 8.1). */
export function areTrailers(headers: readonly HeaderField[]): boolean {
  return headers.every((field) => !isPseudo(field) && isOther(field));
}

/** The `content-length` of a request; NaN if it is not a number. */
export function bodyBytesOf(headers: readonly HeaderField[]): number | undefined {
  for (const { name, value } of headers) {
    if (name === 'content-length') return /^\d{1,15}$/.test(value) ? Number(value) : Number.NaN;
  }
  return undefined;
}

function isPseudo({ name }: HeaderField): boolean {
  return name.charCodeAt(0) === colon;
}

function isOther({ name, value, isMalformed }: HeaderField): boolean {
  if (isMalformed === true || ofConnections.has(name)) return false;
  return name !== 'te' || value === 'trailers';
}
