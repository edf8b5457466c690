#!/usr/bin/env node
// Node.js would open its debugger for everybody on this machine.
process.on('SIGUSR1', () => {});
const [word] = process.argv.slice(2);
/** Flags alone are the server, as with etcd's own program; words, and calls for help, are commands for people. */
const isServer =
  word === 'serve' || (word?.startsWith('-') === true && !['-h', '-help', '--help'].includes(word));

if (isServer) {
  const { serveCommand } = await import('./server/serve-command.ts');
  process.exitCode = await serveCommand(process.argv.slice(word === 'serve' ? 3 : 2));
} else {
  const { runCommand } = await import('./server/command.ts');
  process.exitCode = await runCommand(process.argv.slice(2));
}
