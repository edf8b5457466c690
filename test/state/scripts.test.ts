import { join } from 'node:path';
import { RegistryError } from '../../src/base/errors.ts';
import { State, encodeCommand, isReadOnly, validateTxn } from '../../src/state/index.ts';
import type {
  Command,
  CommandResult,
  KeyEvent,
  KeyValue,
  Operation,
  OperationResult,
} from '../../src/state/index.ts';
import { testScripts } from '../lib/scripts.ts';
import { MemoryEngine } from './memory-engine.ts';
import { RequestReader } from './script-language.ts';

testScripts(join(import.meta.dirname, 'scripts'), () => {
  const engine = new MemoryEngine();
  const state = State.create(engine, { members: [] });
  return (line) => {
    try {
      return run(state, engine, line);
    } catch (error) {
      if (error instanceof RegistryError) return `refused: ${error.code}`;
      throw error;
    }
  };
});

function run(state: State, engine: MemoryEngine, line: string): string {
  const words = new RequestReader(line);
  if (words.take('compact')) return applied(state, { kind: 'compact', revision: words.number() });
  if (words.take('sweep')) {
    while (state.compactStep(10)) continue;
    return recordsIn(engine);
  }
  if (words.take('records')) return recordsIn(engine);
  if (words.take('events')) return eventsFrom(state, words.number());
  if (words.take('previous')) return showMaybe(state.previous(words.word(), words.number()));
  if (words.take('grant')) {
    const id = BigInt(words.word());
    return applied(state, { kind: 'lease-grant', id, ttlSeconds: words.number() });
  }
  if (words.take('revoke')) {
    return applied(state, { kind: 'lease-revoke', id: BigInt(words.word()) });
  }
  if (words.take('checkpoint')) {
    const leases = [{ id: BigInt(words.word()), remainingSeconds: words.number() }];
    return applied(state, { kind: 'lease-checkpoint', leases });
  }
  if (words.take('lease')) return showLease(state, BigInt(words.word()));
  if (words.take('alarm')) {
    const action = words.word() === 'on' ? 'activate' : 'deactivate';
    return applied(state, { kind: 'alarm', action, memberId: words.word(), type: 'no-space' });
  }
  if (words.take('hash')) {
    const { compactRevision, hashRevision } = state.hashKv(words.number());
    return `hash of revisions ${compactRevision} to ${hashRevision}`;
  }
  return request(state, words.operation());
}

function request(state: State, operation: Operation): string {
  if (operation.kind === 'range') return showResult(state.range(operation.request)).join('\n');
  if (operation.kind !== 'txn') return applied(state, operation);
  validateTxn(operation.request, 4);
  if (isReadOnly(operation.request)) {
    return showResult(state.readTxn(operation.request)).join('\n');
  }
  return applied(state, operation);
}

function applied(state: State, command: Command): string {
  const { result, revision, events } = state.apply(state.appliedIndex + 1, encodeCommand(command));
  const lines = showOutcome(result);
  if (events.length > 0) lines.push(`revision ${revision}: ${events.map(showEvent).join(', ')}`);
  else if (result.kind !== 'error') lines.push(`revision ${revision} still`);
  return lines.join('\n');
}

function showOutcome(result: CommandResult): string[] {
  switch (result.kind) {
    case 'error':
      return [`refused: ${result.code}`];
    case 'put':
    case 'delete-range':
    case 'txn':
      return showResult(result);
    case 'lease-granted':
      return [`lease ${result.id} for ${result.ttlSeconds} s`];
    case 'alarms':
      return [
        `alarms: ${result.alarms.map(({ memberId, type }) => `${type} of ${memberId}`).join()}`,
      ];
    case 'members':
    case 'logged-in':
    case 'done':
      return [];
    default:
      throw new Error('an unknown result');
  }
}

function showResult(result: OperationResult): string[] {
  switch (result.kind) {
    case 'put':
      return result.previous === undefined ? [] : [`was ${showKv(result.previous)}`];
    case 'delete-range':
      return [`deleted ${result.deleted}`, ...result.previous.map((kv) => `was ${showKv(kv)}`)];
    case 'range': {
      const { kvs, count, more } = result;
      const total = `${kvs.length} of ${count}${more ? ', more' : ''}`;
      return [...kvs.map(showKv), total];
    }
    case 'txn': {
      const inner = result.results.flatMap((one) => showResult(one).map((line) => `  ${line}`));
      return [result.succeeded ? 'then' : 'else', ...inner];
    }
    default:
      throw new Error('an unknown result');
  }
}

function showKv({ key, value, createRevision, modRevision, version, lease }: KeyValue): string {
  const text = value.length === 0 ? '(empty)' : Buffer.from(value).toString('latin1');
  const numbers = `created ${createRevision}, modified ${modRevision}, version ${version}`;
  return `${key} = ${text}   ${numbers}${lease === 0n ? '' : `, lease ${lease}`}`;
}

function showMaybe(kv: KeyValue | undefined): string {
  return kv === undefined ? 'none' : showKv(kv);
}

function showEvent({ kind, kv }: KeyEvent): string {
  return kind === 'delete' ? `delete ${kv.key}` : `put ${kv.key} (version ${kv.version})`;
}

function eventsFrom(state: State, from: number): string {
  return state
    .read({ revision: from, sub: 0 }, { revisionsMax: 100, eventsMax: 1000, bytesMax: 1 << 20 })
    .revisions.map(({ revision, events }) => `${revision}: ${events.map(showEvent).join(', ')}`)
    .join('\n');
}

function showLease(state: State, id: bigint): string {
  const lease = state.leases.get(id);
  if (lease === undefined) return 'none';
  const remaining = lease.remainingSeconds === 0 ? '' : `, ${lease.remainingSeconds} s left`;
  return `${lease.ttlSeconds} s${remaining}, keys: ${lease.keys.join(' ') || 'none'}`;
}

/** The revisions whose records are in the engine. */
function recordsIn(engine: MemoryEngine): string {
  const revisions = engine
    .rows()
    .filter((row) => row.startsWith('6b'))
    .map(
      (row) => `${Number.parseInt(row.slice(2, 18), 16)}.${Number.parseInt(row.slice(18, 34), 16)}`,
    );
  return `records: ${revisions.join(' ')}`;
}
