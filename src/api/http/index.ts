/**
 * Plain HTTP for the pages of any API: which hosts and origins are served, clean paths, and a response to every
 * request. Knows no API: each brings its routes.
 */
export { createHttpHandler, getOnly } from './handler.ts';
export type {
  HttpHandler,
  HttpOptions,
  HttpRoutes,
  Page,
  RawPage,
  RawRoutes,
  Target,
} from './handler.ts';
export type { HttpRequest, HttpResponse } from './message.ts';
export { acceptHttp } from './over-http2.ts';
export type { OverHttp2Options } from './over-http2.ts';
export type { AccessOptions, OriginHeaders } from './access.ts';
export { goneSignal, sendJson, sendMethodNotAllowed, sendNotFound, sendText } from './responses.ts';
export { cleanPath } from './target.ts';
