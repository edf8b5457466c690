import type { Command } from 'commander';
import type { OpResult, TxnResult } from '../../client/index.ts';
import { usageError } from '../exit.ts';
import { inputLines } from '../lines.ts';
import { kvJson, type Run, type Session } from '../session.ts';

/** The syntax that `txn-syntax.ts` reads. */
const syntaxHelp = `
Reads three parts from standard input, with an empty line after each:

  comparisons   all must hold:  mod("key") > "41"     (mod, create, ver, val, lease; =, !=, <, >)
  on success    one a line:     put key "some value"  (put, get, del)
  on failure    one a line:     get key --prefix

Words with blanks go in double quotes, where \\n, \\t, \\x41, \\u00e9, \\" and \\\\ mean what they mean in Go, or in single quotes, as they are.
put takes --lease=ID and --prev-kv; get takes an end, --prefix or --from-key, --limit=N, --rev=N, --keys-only, --count-only;
del takes an end, --prefix or --from-key, and --prev-kv.`;

/** `txn`. */
export function addTxn(program: Command, run: Run): void {
  program
    .command('txn')
    .description('compare and change several keys in one step')
    .option('-i, --interactive', 'say what is read: comparisons, then steps')
    .addHelpText(
      'after',
      `${syntaxHelp}

Example (take the lead, or see who has it):
  rollcall txn <<END
  create("/leader") = "0"

  put /leader "me"

  get /leader

  END`,
    )
    .action((flags: { readonly interactive?: boolean }, command: Command) =>
      run(command, (session) => txn(session, flags.interactive === true)),
    );
}

async function txn(session: Session, interactive: boolean): Promise<void> {
  const input = await readTxn(session, interactive);
  if (input.trim() === '') throw usageError('standard input is empty: there is nothing to do');
  const { parseTxn } = await import('../txn-syntax.ts');
  const { compares, success, failure } = parseTxn(input);
  const result = await session.client
    .txn()
    .if(...compares)
    .do(...success)
    .else(...failure)
    .commit();
  if (session.isJson) return session.json(txnJson(result));
  session.line(result.succeeded ? 'SUCCESS' : 'FAILURE');
  for (const one of result.results) printResult(session, one);
}

const prompts = [
  'compares:',
  'success requests (get, put, del):',
  'failure requests (get, put, del):',
];

/** Three parts with an empty line after each; all of the input if fewer come. */
async function readTxn(session: Session, interactive: boolean): Promise<string> {
  const asks = interactive || session.io.stdin.isTTY === true;
  const prompt = (part: number): void => {
    if (asks && part < prompts.length) session.note(prompts[part] ?? '');
  };
  const lines: string[] = [];
  let part = 0;
  prompt(part);
  for await (const line of inputLines(session.io)) {
    lines.push(line);
    if (line.trim() !== '') continue;
    if (++part === prompts.length) break;
    prompt(part);
  }
  return lines.join('\n');
}

function printResult(session: Session, result: OpResult): void {
  session.line('');
  switch (result.kind) {
    case 'put':
      session.line('OK');
      if (result.prevKv) session.line(`${result.prevKv.key}\n${result.prevKv.value}`);
      break;
    case 'get':
      if (result.kvs.length === 0 && result.count > 0) session.line(String(result.count));
      for (const kv of result.kvs) {
        session.line(kv.key);
        session.bytes(kv.valueBytes);
      }
      break;
    case 'delete':
      session.line(String(result.deleted));
      for (const kv of result.prevKvs) session.line(`${kv.key}\n${kv.value}`);
      break;
    case 'txn':
      for (const one of result.results) printResult(session, one);
      break;
    default:
      break;
  }
}

function txnJson(result: TxnResult): unknown {
  return { ...result, results: result.results.map(resultJson) };
}

function resultJson(result: OpResult): unknown {
  switch (result.kind) {
    case 'put':
      return { ...result, prevKv: result.prevKv && kvJson(result.prevKv) };
    case 'get':
      return { ...result, kvs: result.kvs.map(kvJson) };
    case 'delete':
      return { ...result, prevKvs: result.prevKvs.map(kvJson) };
    case 'txn':
      return { kind: 'txn', result: txnJson(result) };
    default:
      return result;
  }
}
