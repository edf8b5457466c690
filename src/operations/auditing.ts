import type { Audit, AuditRecord } from '../base/audit.ts';
import { RegistryError } from '../base/errors.ts';
import type { ErrorCode } from '../base/errors.ts';
import { bytesOfKey, isSingleKey } from '../base/key.ts';
import type { KeyRange } from '../base/key.ts';
import type { LogFields } from '../base/logger.ts';
import { anonymousUser } from '../state/index.ts';
import type { Access } from '../state/index.ts';
import { nameBytesMax } from './login/password-checks.ts';
import type { Consistency } from './needs.ts';
import type { Caller } from './operations.ts';

export interface AuditOptions {
  readonly audit: Audit;
  /** Each write gets a line, too. */
  readonly withWrites: boolean;
}

/** One call, for the audit log. */
export interface AuditedCall {
  readonly operation: string;
  readonly caller: Caller;
  /** Undefined: the request makes so little sense that no right could be told from it. */
  readonly access: Access | undefined;
  readonly consistency: Consistency;
  readonly isLogin: boolean;
  readonly subject: LogFields | undefined;
}

/** Codes of refusals for lack of a right, or of a login. */
const refusalCodes: ReadonlySet<ErrorCode> = new Set([
  'permission-denied',
  'user-empty',
  'invalid-auth-token',
  'auth-failed',
  'auth-revision-old',
]);

const rangesMax = 16;
const keyTextMax = 256;

/**
 * Decides which calls get a line in the audit log: logins, calls that need root, refusals, and writes if they are asked for.
 * That follows from the rows of the operations, so that none is forgotten. A member's own calls get none.
 */
export class Auditing {
  readonly #audit: Audit;
  readonly #withWrites: boolean;

  constructor({ audit, withWrites }: AuditOptions) {
    this.#audit = audit;
    this.#withWrites = withWrites;
  }

  /** A call has ended, with this error unless it is done. */
  ended(call: AuditedCall, error: unknown): void {
    const { identity } = call.caller;
    if (identity?.kind === 'member') return;
    const isRefused = error instanceof RegistryError && refusalCodes.has(error.code);
    if (!isRefused && !this.#isRecorded(call)) return;
    this.#audit.record({
      operation: call.operation,
      outcome: error === undefined ? 'done' : isRefused ? 'refused' : 'failed',
      user:
        identity?.kind === 'user' && identity.name !== anonymousUser ? identity.name : undefined,
      api: call.caller.api,
      address: call.caller.address,
      ...(error === undefined ? {} : { error: shortened(textOf(error), nameBytesMax) }),
      ...subjectOf(call),
    });
  }

  #isRecorded({ access, consistency, isLogin }: AuditedCall): boolean {
    if (isLogin || access?.kind === 'root') return true;
    return this.#withWrites && consistency === 'log';
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function subjectOf({ access, subject }: AuditedCall): Pick<AuditRecord, 'subject'> {
  if (subject !== undefined) return { subject: cut(subject) };
  if (access?.kind !== 'keys') return {};
  const { reads, writes, readLeases, writtenLeases } = access.use;
  const leases = [...(readLeases === 'all' ? [] : readLeases), ...writtenLeases];
  return {
    subject: {
      ...(writes.length === 0 ? {} : { writes: textsOf(writes) }),
      ...(reads.length === 0 ? {} : { reads: textsOf(reads) }),
      ...(leases.length === 0
        ? {}
        : { leases: leases.slice(0, rangesMax).map((id) => BigInt.asUintN(64, id).toString(16)) }),
    },
  };
}

/** A text that a stranger sends can be as large as a request. */
function cut(fields: LogFields): LogFields {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.slice(0, rangesMax).map(cutValue) : cutValue(value),
    ]),
  );
}

function cutValue(value: unknown): unknown {
  return typeof value === 'string' ? shortened(value, nameBytesMax) : value;
}

function shortened(text: string, lengthMax: number): string {
  return text.length > lengthMax ? `${text.slice(0, lengthMax)}…` : text;
}

function textsOf(ranges: readonly KeyRange[]): string[] {
  const texts = ranges.slice(0, rangesMax).map(textOfRange);
  if (ranges.length > rangesMax) texts.push(`and ${ranges.length - rangesMax} more`);
  return texts;
}

/** For people; long keys are cut. */
export function textOfRange(range: KeyRange): string {
  const { start, end } = range;
  if (isSingleKey(range)) return textOfKey(start);
  return `${textOfKey(start)} to ${end === undefined ? 'the end' : textOfKey(end)}`;
}

function textOfKey(key: string): string {
  return shortened(Buffer.from(bytesOfKey(key)).toString(), keyTextMax);
}
