import type { Command } from 'commander';

export type Shell = 'bash' | 'zsh' | 'fish';

/** One command as completion sees it: the words that lead to it, and what may come next. */
interface Node {
  readonly path: readonly string[];
  readonly commands: readonly { readonly name: string; readonly description: string }[];
  readonly options: readonly { readonly flag: string; readonly description: string }[];
  /** Words that its first argument may be. */
  readonly choices: readonly string[];
}

/** A script that teaches a shell the words and options of every command of `program`. */
export function completionScript(program: Command, shell: Shell): string {
  const nodes = walk(program, [], globalOptions(program));
  switch (shell) {
    case 'bash':
      return bash(nodes);
    case 'zsh':
      // Zsh understands bash's scripts; with this it also finds its own start.
      return `#compdef rollcall\nautoload -U +X bashcompinit && bashcompinit\n${bash(nodes)}`;
    case 'fish':
      return fish(nodes);
    default:
      return '';
  }
}

function walk(command: Command, path: readonly string[], inherited: Node['options']): Node[] {
  const node: Node = {
    path,
    commands: command.commands.map((child) => ({
      name: child.name(),
      description: child.description(),
    })),
    options: path.length === 0 ? inherited : [...optionsOf(command), ...inherited],
    choices: command.registeredArguments[0]?.argChoices ?? [],
  };
  return [
    node,
    ...command.commands.flatMap((child) => walk(child, [...path, child.name()], inherited)),
  ];
}

function globalOptions(program: Command): Node['options'] {
  return [...optionsOf(program), { flag: '--help', description: 'show help' }];
}

function optionsOf(command: Command): Node['options'] {
  return command.options.flatMap((option) =>
    option.long === undefined || option.long === null
      ? []
      : [{ flag: option.long, description: option.description }],
  );
}

function bash(nodes: readonly Node[]): string {
  const cases = nodes.map((node) => {
    const words = [
      ...node.commands.map((child) => child.name),
      ...node.choices,
      ...node.options.map((option) => option.flag),
    ];
    return `    '${node.path.join(' ')}') words='${words.join(' ')}' ;;`;
  });
  const known = nodes.filter((node) => node.path.length > 0).map((node) => node.path.join(' '));
  return `# Completion for rollcall. Use it with: source <(rollcall completion bash)
_rollcall() {
  local path='' word words='' index
  for ((index = 1; index < COMP_CWORD; index++)); do
    word="\${path:+$path }\${COMP_WORDS[index]}"
    case "$word" in
      ${known.map((path) => `'${path}'`).join(' | ')}) path="$word" ;;
    esac
  done
  case "$path" in
${cases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _rollcall rollcall
`;
}

function fish(nodes: readonly Node[]): string {
  const lines = nodes.flatMap((node) => {
    const [parent, child] = node.path;
    const siblings = nodes.find((other) => other.path.join(' ') === parent)?.commands ?? [];
    const names = siblings.map((command) => command.name).join(' ');
    let when = '__fish_use_subcommand';
    if (parent !== undefined) when = `__fish_seen_subcommand_from ${parent}`;
    if (child !== undefined) when += `; and __fish_seen_subcommand_from ${child}`;
    else if (names !== '') when += `; and not __fish_seen_subcommand_from ${names}`;
    const start = `complete -c rollcall -n '${when}'`;
    const words = [...node.commands, ...node.choices.map((name) => ({ name, description: '' }))];
    return [
      ...words.map(({ name, description }) => `${start} -f -a ${name} -d ${quoted(description)}`),
      ...node.options.map(
        ({ flag, description }) => `${start} -l ${flag.slice(2)} -d ${quoted(description)}`,
      ),
    ];
  });
  return `# Completion for rollcall. Use it with: rollcall completion fish | source\n${lines.join('\n')}\n`;
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
