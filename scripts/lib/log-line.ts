import pc from 'picocolors';
import { z } from 'zod';

type Paint = (text: string) => string;

const memberPaints: readonly Paint[] = [
  pc.cyan,
  pc.magenta,
  pc.yellow,
  pc.green,
  pc.blue,
  pc.cyanBright,
  pc.magentaBright,
  pc.yellowBright,
  pc.greenBright,
];

const levelPaints: Readonly<Record<string, Paint>> = {
  debug: pc.dim,
  info: (text) => text,
  warn: pc.yellow,
  error: pc.red,
  fatal: pc.red,
};

const recordForm = z.looseObject({ level: z.string(), msg: z.string() });

/** Fields that are left out on a terminal. */
const hidden = new Set(['level', 'ts', 'caller', 'msg']);

/** The name of the n-th member of a cluster, in its colour. */
export function paintName(name: string, index: number): string {
  return (memberPaints[index % memberPaints.length] ?? String)(name);
}

/** A log line for people: level, message, then the fields. What is none of our lines stays as it is. */
export function formatLogLine(line: string): string {
  const record = recordOf(line);
  if (record === undefined) return line;
  const { level, msg } = record;
  const fields = Object.entries(record)
    .filter(([name]) => !hidden.has(name))
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
  const paint = levelPaints[level] ?? String;
  return [paint(`${level.padEnd(5)} ${msg}`), ...fields.map((field) => pc.dim(field))].join(' ');
}

function recordOf(line: string): z.infer<typeof recordForm> | undefined {
  try {
    return recordForm.parse(JSON.parse(line));
  } catch {
    return undefined;
  }
}
