/**
 * Looks at instances: HTTP, TCP, UDP, gRPC, HTTP/2 pings and scripts, each once, with a time limit. It decides nothing:
 * `registry` says what is looked at and when, and what follows from it.
 *
 * Left out on purpose: connections that are kept for the next look (a check should see whether a new client could connect),
 * proxies, and Docker's and the operating system's own checks.
 */
export { createProber } from './prober.ts';
export type { ProberOptions } from './prober.ts';
