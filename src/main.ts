#!/usr/bin/env node
import { isForServer, withoutProgramName } from './cli/global-options.ts';
import { nameSources } from './server/source-stack.ts';

// Node.js would open its debugger to every user of this machine.
process.on('SIGUSR1', () => {});
// Runs before Node.js prints an uncaught error.
process.on('uncaughtExceptionMonitor', nameSources);

const argv = withoutProgramName(process.argv);

if (argv[0] === 'consul' && argv[1] === 'agent') {
  const { consulAgentCommand } = await import('./server/consul-agent/command.ts');
  process.exitCode = await consulAgentCommand(argv.slice(2));
} else if (isForServer(argv)) {
  const { serveCommand } = await import('./server/serve-command.ts');
  process.exitCode = await serveCommand(argv[0] === 'serve' ? argv.slice(1) : argv);
} else {
  const { runCommand } = await import('./server/command.ts');
  process.exitCode = await runCommand(argv);
}
