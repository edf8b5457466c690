/** `npm start`: a cluster on this machine, from nothing but Node.js and a clone. Flags: see `cluster.ts`. */
import { loadTypeScript, prepare } from './lib/prepare.mjs';

prepare();
// In this process, so that signals reach the cluster and no process is left behind.
await loadTypeScript();
await import('./cluster.ts');
