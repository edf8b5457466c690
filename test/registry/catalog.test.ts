import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { keyOfText } from '../../src/base/key.ts';
import { finish } from '../../src/base/steps.ts';
import type { KeyEvent, KeyValue } from '../../src/operations/index.ts';
import { Catalog } from '../../src/registry/index.ts';
import type { BadRegistration, Service } from '../../src/registry/index.ts';

function kvOf(key: string, value: string, revision: number): KeyValue {
  return {
    key: keyOfText(key),
    value: Buffer.from(value),
    createRevision: revision,
    modRevision: revision,
    version: 1,
    lease: 0n,
  };
}

const put = (key: string, value: string, revision: number): KeyEvent => ({
  kind: 'put',
  kv: kvOf(key, value, revision),
});
const deletion = (key: string, revision: number): KeyEvent => ({
  kind: 'delete',
  kv: kvOf(key, '', revision),
});

const names = (service: Service | undefined): string[] | undefined =>
  service?.instances.map(({ instance }) => instance);
const payment = { namespace: 'default', service: 'payment' };

test('instances come, change and go, and the service has the revision of the last change', () => {
  const catalog = new Catalog();
  finish(catalog.load([kvOf('/services/payment/b', '10.0.0.2:80', 5)], 7));
  expect(catalog.service(payment)).toMatchObject({ revision: 5 });
  catalog.apply([put('/services/payment/a', '10.0.0.1:80', 8)], 8);
  expect(names(catalog.service(payment))).toEqual(['a', 'b']);
  catalog.apply([deletion('/services/payment/b', 9)], 9);
  expect(names(catalog.service(payment))).toEqual(['a']);
  expect(catalog.service(payment)?.revision).toBe(9);
  catalog.apply([deletion('/services/payment/a', 10)], 12);
  expect(catalog.service(payment)).toMatchObject({ revision: 10, instances: [] });
  expect([...catalog.services()]).toEqual([]);
  expect(catalog.revision).toBe(12);
});

test('a change of one service leaves the others as they are', () => {
  const catalog = new Catalog();
  finish(catalog.load([kvOf('/services/a/1', 'h:1', 2), kvOf('/services/b/1', 'h:1', 3)], 3));
  const before = catalog.service({ namespace: 'default', service: 'a' });
  catalog.apply([put('/services/b/2', 'h:2', 4)], 4);
  expect(catalog.service({ namespace: 'default', service: 'a' })).toBe(before);
});

test('namespaces are apart, and names compare without regard to case', () => {
  const catalog = new Catalog();
  finish(
    catalog.load(
      [kvOf('/services/shop/Payment/1', 'h:1', 2), kvOf('/services/payment/2', 'h:2', 3)],
      3,
    ),
  );
  expect(names(catalog.service({ namespace: 'SHOP', service: 'payment' }))).toEqual(['1']);
  expect(names(catalog.service(payment))).toEqual(['2']);
});

test('what cannot be read is left out, told of, and forgotten once it is gone', () => {
  const told: BadRegistration[] = [];
  const catalog = new Catalog((bad) => told.push(bad));
  finish(catalog.load([kvOf('/services/payment/a', 'nonsense', 2)], 2));
  catalog.apply([put('/services/payment/b', '10.0.0.1:80', 3)], 3);
  catalog.apply([put('/services/payment', 'x', 4), put('/services/default/p/i', 'h:1', 4)], 4);
  expect(names(catalog.service(payment))).toEqual(['b']);
  expect(catalog.badCount).toBe(3);
  expect(told.map(({ revision }) => revision)).toEqual([2, 4, 4]);
  // A registration that was good and is bad now is no instance any more.
  catalog.apply([put('/services/payment/b', '{', 5)], 5);
  expect(names(catalog.service(payment))).toEqual([]);
  catalog.apply([deletion('/services/payment/b', 6), deletion('/services/payment/a', 6)], 6);
  expect(catalog.badCount).toBe(2);
});

test('after another load, services that went meanwhile are gone, at its revision', () => {
  const catalog = new Catalog();
  finish(catalog.load([kvOf('/services/payment/a', 'h:1', 2)], 2));
  finish(catalog.load([kvOf('/services/other/a', 'h:1', 8)], 9));
  expect(catalog.service(payment)).toMatchObject({ revision: 9, instances: [] });
});

test('the catalog is what a naive reading of all keys gives, however its changes are grouped', () => {
  const key = fc
    .tuple(
      fc.constantFrom('', 'shop/', 'default/'),
      fc.constantFrom('a', 'A', 'b/c', ''),
      fc.constantFrom('1', '2', 'é'),
    )
    .map(([namespace, service, instance]) => `/services/${namespace}${service}/${instance}`);
  const value = fc.constantFrom('10.0.0.1:80', 'h:1', '{"address":"x","port":1}', 'bad', undefined);
  const step = fc.record({ key, value, loads: fc.integer({ min: 0, max: 9 }) });
  fc.assert(
    fc.property(
      fc.array(fc.array(step, { minLength: 1, maxLength: 5 }), { maxLength: 20 }),
      (batches) => {
        const catalog = new Catalog();
        const all = new Map<string, KeyValue>();
        let revision = 1;
        finish(catalog.load([], revision));
        for (const batch of batches) {
          const events: KeyEvent[] = [];
          for (const { key: changed, value: text } of batch) {
            revision++;
            const event =
              text === undefined ? deletion(changed, revision) : put(changed, text, revision);
            events.push(event);
            if (event.kind === 'put') all.set(changed, event.kv);
            else all.delete(changed);
          }
          if (batch[0]?.loads === 0) finish(catalog.load([...all.values()], revision));
          else catalog.apply(events, revision);
          const naive = new Catalog();
          finish(naive.load([...all.values()], revision));
          expect(instancesOf(catalog)).toEqual(instancesOf(naive));
          expect(catalog.badCount).toBe(naive.badCount);
        }
      },
    ),
  );
});

function instancesOf(catalog: Catalog): unknown {
  return [...catalog.services()]
    .flatMap(({ instances }) => instances)
    .map(
      (instance) =>
        `${instance.namespace} ${instance.service} ${instance.instance} ${instance.address}`,
    )
    .toSorted();
}
