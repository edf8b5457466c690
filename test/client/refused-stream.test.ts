import { once } from 'node:events';
import { constants, createServer } from 'node:http2';
import { expect, onTestFinished, test } from 'vitest';
import { Rollcall } from '../../src/client/index.ts';
import { startServer } from '../../src/server/index.ts';

test('a write on a refused stream is sent to another server', async () => {
  const refused: string[] = [];
  const refusing = createServer();
  refusing.on('stream', (stream) => {
    refused.push('a call');
    stream.on('error', () => {});
    stream.close(constants.NGHTTP2_REFUSED_STREAM);
  });
  refusing.on('session', (session) => onTestFinished(() => session.destroy()));
  await once(refusing.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => void refusing.close());
  const address = refusing.address();
  const port = typeof address === 'object' ? address?.port : 0;

  const member = await startServer();
  onTestFinished(() => member.stop());
  await member.ready;
  const client = new Rollcall({ endpoints: [`http://127.0.0.1:${port}`, ...member.clientUrls] });
  onTestFinished(() => client.close());
  for (let at = 0; refused.length === 0; at++) await client.put('key', `${at}`);
  expect(await client.get('key')).toMatchObject({ key: 'key' });
});
