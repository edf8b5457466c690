import type { LogFields } from './logger.ts';

/** One thing that somebody did, or was refused. No part of it may be a secret. */
export interface AuditRecord {
  /** The name of the operation: `userAdd`, `put`. */
  readonly operation: string;
  /** `refused`: the caller lacks the right. `failed`: anything else stood in its way, or its fate is unknown. */
  readonly outcome: 'done' | 'refused' | 'failed';
  /** The name of the user; undefined: the caller did not log in. */
  readonly user: string | undefined;
  /** The API that it came through. */
  readonly api: string;
  readonly address: string | undefined;
  /** The reason, unless it is done. */
  readonly error?: string;
  /** The user, role, member or keys that it concerns. */
  readonly subject?: LogFields;
}

/** Takes records of the audit log; never throws. */
export interface Audit {
  record(record: AuditRecord): void;
}
