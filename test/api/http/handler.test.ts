import { expect, test } from 'vitest';
import { createHttpHandler } from '../../../src/api/http/index.ts';
import type { LogFields } from '../../../src/base/logger.ts';
import { silentLogger } from '../../../src/base/logger.ts';
import { serve } from '../etcd/serve.ts';

function fail(): never {
  throw new Error('a bug');
}

test('a request that fails is logged without its query, in which a token may stand', async () => {
  const lines: (LogFields | undefined)[] = [];
  const logger = {
    ...silentLogger,
    error: (_: string, fields?: LogFields) => void lines.push(fields),
  };
  const url = await serve(createHttpHandler({ routes: [() => fail], logger }));

  expect((await fetch(`${url}/v1/x?token=planted-secret`)).status).toBe(500);
  expect(lines).toEqual([{ method: 'GET', path: '/v1/x', error: 'Error: a bug' }]);
});
