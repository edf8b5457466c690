import type { Flag } from './flag.ts';
import { flagGroups } from './flags.ts';

const columns = 96;
const indent = '      ';

const opening = `Runs a member of a cluster.

  rollcall serve
      A cluster of one, for clients at http://localhost:2379, with its data in ./default.rollcall.

  rollcall serve --name a --data-dir /var/lib/rollcall \\
      --listen-client-urls http://10.0.0.1:2379 --advertise-client-urls http://10.0.0.1:2379 \\
      --listen-peer-urls http://10.0.0.1:2380 --initial-advertise-peer-urls http://10.0.0.1:2380 \\
      --initial-cluster a=http://10.0.0.1:2380,b=http://10.0.0.2:2380,c=http://10.0.0.3:2380
      One of the three members of a new cluster.

  rollcall serve --config-file rollcall.yml
      All of it in a file, with the names of the flags as keys.

The flags are etcd's. Each can also be said as a variable, --data-dir as ETCD_DATA_DIR, but not in
both ways at once. Durations are written as 100ms, 5m or 1h30m.`;

const pageOpening = `# The flags of \`rollcall serve\`

Made by \`npx tsx scripts/flags.ts\` from the table that the server reads them by; \`rollcall serve --help\` prints the
same. A flag is written with one dash or two, as \`--flag value\` or \`--flag=value\`; the environment says it as
\`ETCD_FLAG_NAME\`, a YAML file (\`--config-file\`) by its name. Saying one both as a flag and in the environment is
refused, and beside a file both are ignored, as etcd has it. Durations are written as Go writes them (\`100ms\`, \`5m\`,
\`1h30m\`); in a file a plain number counts nanoseconds, but heartbeat and election timeout count milliseconds everywhere.
The \`experimental-\` names of older releases of etcd are taken too.
`;

/** What `rollcall serve --help` prints. */
export function helpText(): string {
  const groups = flagGroups.map(
    ({ title, flags }) => `${title}\n${flags.map(flagText).join('\n')}`,
  );
  return [opening, ...groups].join('\n\n');
}

/** `docs/flags.md`: the same table as a page. */
export function flagsPage(): string {
  const groups = flagGroups.map(({ title, flags }) => {
    const rows = flags.map(({ name, default: byDefault, help }) => {
      const usual = byDefault === '' ? '' : ` \`${byDefault}\``;
      return `| \`--${name}\` |${usual} | ${help} |`;
    });
    return `## ${title}\n\n| flag | default | meaning |\n| --- | --- | --- |\n${rows.join('\n')}\n`;
  });
  return `${pageOpening}\n${groups.join('\n')}`;
}

function flagText(flag: Flag): string {
  const { placeholder } = flag.type;
  const value = placeholder === undefined ? '' : ` ${placeholder}`;
  const byDefault = flag.default === '' ? '' : `  (${flag.default})`;
  return `  --${flag.name}${value}${byDefault}\n${wrapped(flag.help)}`;
}

function wrapped(text: string): string {
  const lines: string[] = [];
  let line = indent.trimEnd();
  for (const word of text.split(' ')) {
    if (line.trim() !== '' && indent.length + line.length + word.length >= columns) {
      lines.push(indent + line);
      line = '';
    }
    line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, indent + line].join('\n');
}
