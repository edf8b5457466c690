/** `npm start`: a cluster on this machine, from nothing but Node.js and a clone. Flags: see `cluster.ts`. */
import { loadTypeScript, prepare } from './lib/prepare.mjs';

prepare();
// In this process: signals come straight to the cluster, and nobody is left behind.
await loadTypeScript();
await import('./cluster.ts');
