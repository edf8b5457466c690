import { expect, test } from 'vitest';
import { SharedAnswers } from '../../../src/api/consul/frame/shared-answers.ts';
import { present } from '../../../src/base/assert.ts';
import { catalogOf, put } from '../../registry/events.ts';

test('a body about a service is made once for each change of it, whoever asks', () => {
  const { catalog } = catalogOf();
  const shared = new SharedAnswers();
  const ask = (question: string): string => {
    const service = present(catalog.service({ namespace: 'default', service: 'web' }), 'it');
    const body = shared.ofService(service, question, () => service.instances.length);
    return Buffer.from(body.bytes).toString();
  };
  catalog.apply([put('/services/web/1', '10.0.0.1:80', 2)], 2);
  catalog.apply([put('/checks/web/1/c', {}, 3)], 3);
  expect([ask('all'), ask('all'), ask('passing'), ask('passing')]).toEqual(['1', '1', '1', '1']);
  expect(shared.made).toBe(2);
  catalog.apply([put('/services/other/1', '10.0.0.1:80', 4)], 4);
  ask('all');
  expect(shared.made).toBe(2);
  catalog.apply([put('/outputs/web/1/c', 'text', 5)], 5);
  ask('all');
  ask('all');
  expect(shared.made).toBe(3);
  catalog.apply([put('/services/web/2', '10.0.0.2:80', 6)], 6);
  expect([ask('all'), ask('all')]).toEqual(['2', '2']);
  expect(shared.made).toBe(4);
});

test('an output of a check of a node is in the next answers about the services on it', () => {
  const { catalog } = catalogOf();
  const shared = new SharedAnswers();
  const ask = (): unknown => {
    const service = present(catalog.service({ namespace: 'default', service: 'web' }), 'it');
    return shared
      .ofService(service, 'all', () => service.instances[0]?.node.checks[0]?.output)
      .bytes.toString();
  };
  catalog.apply([put('/services/web/1', { address: '10.0.0.1', node: 'n' }, 2)], 2);
  catalog.apply([put('/consul/node-checks/n/c', {}, 3)], 3);
  ask();
  catalog.apply([put('/consul/node-outputs/n/c', 'full', 4)], 4);
  expect(ask()).toBe('"full"');
});

test('a body about the catalog is made once for each change of anything', () => {
  const { catalog } = catalogOf();
  const shared = new SharedAnswers();
  const ask = (): unknown => shared.ofCatalog(catalog, 'count', () => catalog.serviceCount).bytes;
  ask();
  ask();
  expect(shared.made).toBe(1);
  catalog.apply([put('/services/web/1', '10.0.0.1:80', 2)], 2);
  ask();
  catalog.setMembers([{ name: 'm1', address: '' }]);
  ask();
  ask();
  expect(shared.made).toBe(3);
});

test('the bodies that are kept are bounded', () => {
  const { catalog } = catalogOf();
  catalog.apply([put('/services/web/1', '10.0.0.1:80', 2)], 2);
  const shared = new SharedAnswers();
  const service = present(catalog.service({ namespace: 'default', service: 'web' }), 'it');
  const ask = (question: string): unknown => shared.ofService(service, question, () => 1).bytes;
  ask('first');
  for (let n = 0; n < 16; n++) ask(`question ${n}`);
  ask('first');
  expect(shared.made).toBe(18);
  const long = 'x'.repeat(513);
  ask(long);
  ask(long);
  expect(shared.made).toBe(20);
});
