#!/usr/bin/env node
import { isForServer } from './cli/global-options.ts';
import { nameSources } from './server/source-stack.ts';

// Node.js would open its debugger to every user of this machine.
process.on('SIGUSR1', () => {});
// Runs before Node.js prints an uncaught error.
process.on('uncaughtExceptionMonitor', nameSources);

const argv = process.argv.slice(2);

if (isForServer(argv)) {
  const { serveCommand } = await import('./server/serve-command.ts');
  process.exitCode = await serveCommand(argv[0] === 'serve' ? argv.slice(1) : argv);
} else {
  const { runCommand } = await import('./server/command.ts');
  process.exitCode = await runCommand(argv);
}
