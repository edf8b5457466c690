/**
 * Listens for clients, and tells by the first bytes of a connection whether it speaks HTTP/2 or HTTP/1.1. Serves HTTP/1.1
 * with the server of Node.js.
 */
export { ConnectionSlots } from './connection-slots.ts';
export { createHttp1Server } from './http1.ts';
export type { Http1Server } from './http1.ts';
export { listenForClients } from './listen.ts';
export { refuseHttp } from './refuse-http.ts';
export type { Encryption, Listening, ListenOptions, TakeConnection } from './listen.ts';
export { listenForMessages } from './messages.ts';
export type { MessagePort, MessageTransport, Respond } from './messages.ts';
export { exchangeMessages } from './exchange.ts';
export type { Exchange } from './exchange.ts';
