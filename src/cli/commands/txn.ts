import type { Command } from 'commander';
import type { OpResult, TxnResult } from '../../client/index.ts';
import { usageError } from '../exit.ts';
import { readInput } from '../input.ts';
import { kvJson, type Run, type Session } from '../session.ts';

/** The syntax that `txn-syntax.ts` reads. */
const syntaxHelp = `
Reads three parts from standard input, with an empty line after each:

  comparisons   all must hold:  mod("key") > "41"     (mod, create, ver, val, lease; =, !=, <, >)
  on success    one a line:     put key "some value"  (put, get, del)
  on failure    one a line:     get key --prefix

Words with blanks go in double quotes, where \\n, \\t, \\" and \\\\ mean what they mean in C.
put takes --lease=ID and --prev-kv; get takes an end or --prefix, --limit=N, --rev=N, --keys-only, --count-only;
del takes an end or --prefix, and --prev-kv.`;

/** `txn`. */
export function addTxn(program: Command, run: Run): void {
  program
    .command('txn')
    .description('compare and change several keys in one step')
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
    .action((_flags: unknown, command: Command) => run(command, txn));
}

async function txn(session: Session): Promise<void> {
  const { stdin } = session.io;
  if (stdin.isTTY === true) {
    session.note(
      'comparisons, an empty line, steps on success, an empty line, steps on failure; then Ctrl-D',
    );
  }
  const input = Buffer.from(await readInput(session.io)).toString('utf8');
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
