/** Options whose value is a secret. */
const secretOptions = new Set(['--password', '--new-user-password', '--auth-jwt-token']);
/** `--user ann:secret`, and `user add ann:secret`. */
const withPassword = /^([^:]*):.+$/s;
const mask = '***';

/** A command line without its secrets, to be shown to others; undefined: there are none in it. */
export function maskedWords(argv: readonly string[]): readonly string[] | undefined {
  const words = argv.map((word, at) => {
    const before = argv[at - 1] ?? '';
    const [, option = '', value = ''] = /^(--[a-z-]+)=(.*)$/s.exec(word) ?? [];
    if (secretOptions.has(before)) return mask;
    if (secretOptions.has(option)) return `${option}=${mask}`;
    if (option === '--user') return `${option}=${value.replace(withPassword, `$1:${mask}`)}`;
    const namesUser = before === '--user' || (before === 'add' && argv[at - 2] === 'user');
    return namesUser ? word.replace(withPassword, `$1:${mask}`) : word;
  });
  return words.some((word, at) => word !== argv[at]) ? words : undefined;
}
