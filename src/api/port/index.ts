/**
 * Where clients knock: listens, and tells apart by the first bytes of a connection who speaks gRPC and who plain HTTP.
 */
export { createHttp1Server } from './http1.ts';
export type { Http1Server } from './http1.ts';
export { listenForClients, listenForHttp } from './listen.ts';
export { refuseHttp } from './refuse-http.ts';
export type { Listening, ListenOptions, TakeConnection } from './listen.ts';
