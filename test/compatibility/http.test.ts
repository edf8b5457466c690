import { afterAll, beforeAll, describe, test } from 'vitest';
import { check } from '../api/http/exchange.ts';
import type { Exchange } from '../api/http/exchange.ts';
import { conversation } from '../api/http/expectations.ts';
import { Subject, targets } from './targets.ts';

/** The answers are those of this release; older ones speak otherwise over HTTP. */
const subjects = targets
  .map((target) => new Subject(target))
  .filter((subject) => subject.since('3.7'));

describe.each(subjects)('the JSON gateway: $target.name', (subject) => {
  beforeAll(() => subject.start(1, []));
  afterAll(() => subject.end());

  test.each(conversation)('$name', async (exchange) => {
    const expected = subject.isRollcall ? (byRollcall(exchange) ?? exchange) : exchange;
    await check(subject.members[0]!.clientUrl, expected);
  });
});

/** Rollcall has no users and roles, and says so. */
function byRollcall({ name, path, body }: Exchange): Exchange | undefined {
  if (path !== '/v3/auth/enable') return undefined;
  const refusal = { code: 12, message: 'this release has no users and roles yet' };
  return { name, path, body, status: 501, refusal };
}
