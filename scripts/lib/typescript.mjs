/** For `node --import`: lets a process or a thread import TypeScript. */
import { loadTypeScript } from './prepare.mjs';

await loadTypeScript();
