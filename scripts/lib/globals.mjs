/**
 * Globals of Node.js that the bundles import instead. On the global object they are getters, and V8 calls one each time
 * that a function names `Buffer`.
 */
export { Buffer } from 'node:buffer';
export { performance } from 'node:perf_hooks';
export { default as process } from 'node:process';
