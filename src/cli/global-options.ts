/**
 * The options that every command takes, as data without imports: `main.ts` reads the list before anything else is
 * loaded, to tell a command line for people from the flags of a server.
 */
export interface GlobalOption {
  /** As Commander writes it: `-w, --write-out <format>`. */
  readonly flags: string;
  /** Empty for what is accepted only because etcdctl has it. */
  readonly description: string;
  /** The environment variables that set it; the first one that is set counts. */
  readonly env: readonly string[];
  /** A member has a flag of this name too; it decides nothing about which of the two was meant. */
  readonly alsoOfServer?: true;
}

export const globalOptions: readonly GlobalOption[] = [
  {
    flags: '--endpoints <list>',
    description:
      'members to ask, comma-separated; else $ROLLCALL_ENDPOINTS, $ETCDCTL_ENDPOINTS or 127.0.0.1:2379',
    env: ['ROLLCALL_ENDPOINTS', 'ETCDCTL_ENDPOINTS'],
  },
  {
    flags: '--timeout <time>',
    description: 'how long a command may take (default: 5s)',
    env: ['ROLLCALL_TIMEOUT'],
  },
  {
    flags: '--json',
    description: 'print JSON for programs: one document, or one a line where results keep coming',
    env: [],
  },
  {
    flags: '-w, --write-out <format>',
    description: 'print as etcdctl does: simple, table, json or fields',
    env: ['ETCDCTL_WRITE_OUT'],
  },
  {
    flags: '--cacert <file>',
    description: 'authorities to trust, for members that speak TLS',
    env: ['ROLLCALL_CACERT', 'ETCDCTL_CACERT'],
  },
  {
    flags: '--cert <file>',
    description: 'our certificate, where members ask for one',
    env: ['ROLLCALL_CERT', 'ETCDCTL_CERT'],
  },
  {
    flags: '--key <file>',
    description: 'the key of our certificate',
    env: ['ROLLCALL_KEY', 'ETCDCTL_KEY'],
  },
  {
    flags: '--user <name[:password]>',
    description: 'the user to act as; the password is asked for where it is not given',
    env: ['ROLLCALL_USER', 'ETCDCTL_USER'],
  },
  {
    flags: '--password <password>',
    description:
      'its password; others on this machine can see it, so prefer the next, or the variable',
    env: ['ROLLCALL_PASSWORD', 'ETCDCTL_PASSWORD'],
  },
  {
    flags: '--password-file <file>',
    description: 'a file whose first line is the password',
    env: ['ROLLCALL_PASSWORD_FILE'],
  },
  // Further options of etcdctl. Commands refuse those that ask for something that is not there.
  { flags: '--command-timeout <time>', description: '', env: ['ETCDCTL_COMMAND_TIMEOUT'] },
  { flags: '--dial-timeout <time>', description: '', env: ['ETCDCTL_DIAL_TIMEOUT'] },
  { flags: '--keepalive-time <time>', description: '', env: ['ETCDCTL_KEEPALIVE_TIME'] },
  { flags: '--keepalive-timeout <time>', description: '', env: ['ETCDCTL_KEEPALIVE_TIMEOUT'] },
  { flags: '--max-request-bytes <bytes>', description: '', env: [], alsoOfServer: true },
  { flags: '--max-recv-bytes <bytes>', description: '', env: [] },
  { flags: '--debug', description: '', env: [], alsoOfServer: true },
  { flags: '--hex', description: '', env: [] },
  { flags: '--insecure-transport', description: '', env: [] },
  { flags: '--insecure-discovery', description: '', env: [] },
  { flags: '--insecure-skip-tls-verify', description: '', env: [] },
  { flags: '--auth-jwt-token <token>', description: '', env: ['ETCDCTL_AUTH_JWT_TOKEN'] },
  {
    flags: '-d, --discovery-srv <domain>',
    description: '',
    env: ['ETCDCTL_DISCOVERY_SRV'],
    alsoOfServer: true,
  },
  {
    flags: '--discovery-srv-name <name>',
    description: '',
    env: ['ETCDCTL_DISCOVERY_SRV_NAME'],
    alsoOfServer: true,
  },
];

interface Shape {
  readonly takesValue: boolean;
  readonly alsoOfServer: boolean;
}

const shapes: ReadonlyMap<string, Shape> = new Map(
  globalOptions.flatMap(({ flags, alsoOfServer }) =>
    (flags.match(/(?<![\w-])--?[a-z][a-z-]*/g) ?? []).map((name): [string, Shape] => [
      name,
      { takesValue: flags.includes('<'), alsoOfServer: alsoOfServer === true },
    ]),
  ),
);

/**
 * The words behind the name of the program, from all words of a process. Called by the name `consul`, as a link to it may be,
 * the program is `rollcall consul`.
 */
export function withoutProgramName([, program = '', ...words]: readonly string[]): string[] {
  const isConsul = /(?:^|[/\\])consul$/.test(program);
  return isConsul ? ['consul', ...words] : words;
}

/** `-wjson`: the format written right behind the letter. */
const attached = /^-w(?:=|simple|table|json|fields|protobuf)/;

/**
 * True if the words behind `rollcall` start a member: the word `serve`, or flags alone that commands do not have, as
 * with etcd's own program. Global options in front of a command belong to the command.
 */
export function isForServer(argv: readonly string[]): boolean {
  let fitsServer = argv.length > 0;
  for (let index = 0; index < argv.length; index++) {
    const word = argv[index] ?? '';
    if (!word.startsWith('-')) return word === 'serve' && index === 0;
    if (['-h', '-help', '--help'].includes(word)) return false;
    const shape = shapes.get(attached.test(word) ? '-w' : word.replace(/=.*$/s, ''));
    if (shape === undefined) return true;
    fitsServer &&= shape.alsoOfServer;
    if (shape.takesValue && !word.includes('=') && !attached.test(word)) index++;
  }
  return fitsServer;
}
