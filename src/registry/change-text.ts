import type { CheckStatus } from './check.ts';
import type { Change, ChangeKind } from './history.ts';

/** Says what happened, for people: one sentence without its end. */
export function textOfChange({ kind, check, times }: Change): string {
  if (kind === 'check' && check !== undefined) {
    const { id, status, isLate, notes, output } = check;
    if (status === 'removed') return `its check ${quoted(id)} was removed`;
    return `its check ${quoted(id)} became ${status}${whyOf(isLate, notes, output)}`;
  }
  const often = times > 1 ? `, ${times} times in a row` : '';
  const last = check === undefined || check.status === 'removed' ? '' : `; ${lastOf(check)}`;
  return `${textOfKind[kind]}${often}${isDeparture(kind) ? last : ''}`;
}

export const textOfKind: Readonly<Record<ChangeKind, string>> = {
  registered: 'it was registered',
  'registered-again': 'it was registered again',
  check: 'a check of it changed',
  unreadable: 'its registration was replaced by one that cannot be read',
  lapsed: 'its lease lapsed, as nobody renewed it in time',
  revoked: 'its lease was revoked',
  'lease-ended':
    'its lease ended: it lapsed, or it was revoked at another member, which then knows by whom',
  deleted: 'its key was deleted',
  deregistered: 'it was deregistered',
  moved: 'its ID was registered in another place',
  'node-deregistered': 'it was deregistered with its node',
  reaped: 'it was deregistered, since its check was critical for too long',
  drained: 'it was deregistered at the end of its drain',
};

function isDeparture(kind: ChangeKind): boolean {
  return !['registered', 'registered-again', 'check', 'unreadable'].includes(kind);
}

/** The check of an instance that is gone, as it was last. */
export function lastOf({
  id,
  status,
  output,
}: {
  readonly id: string;
  readonly status: CheckStatus | 'removed';
  readonly output: string;
}): string {
  return `its check ${quoted(id)} was ${status}${whyOf(false, '', output)}`;
}

export function whyOf(isLate: boolean, notes: string, output: string): string {
  if (isLate) return ', as it was not heard within its TTL';
  const said = firstLine(notes === '' ? output : notes);
  return said === '' ? '' : `: ${said}`;
}

const lineMax = 200;

function firstLine(text: string): string {
  const [line = ''] = text.trim().split('\n');
  return line.slice(0, lineMax);
}

export function quoted(text: string): string {
  return JSON.stringify(text);
}
