import { Argument, type Command } from 'commander';
import { completionScript, type Shell } from '../completion.ts';
import type { Run } from '../session.ts';

/** `completion`. */
export function addCompletion(program: Command, run: Run): void {
  program
    .command('completion')
    .description('print a script that completes commands and options in your shell')
    .addArgument(new Argument('<shell>').choices(['bash', 'zsh', 'fish']))
    .addHelpText(
      'after',
      `
Examples:
  source <(rollcall completion bash)
  source <(rollcall completion zsh)
  rollcall completion fish > ~/.config/fish/completions/rollcall.fish`,
    )
    .action((shell: Shell, _flags: unknown, command: Command) =>
      run(
        command,
        (session) => {
          session.io.stdout.write(completionScript(program, shell));
          return Promise.resolve();
        },
        { isLocal: true },
      ),
    );
}
