import { expect, test } from 'vitest';
import { finish } from '../../src/base/steps.ts';
import type { KeyEvent, KeyValue } from '../../src/operations/index.ts';
import type { Protection, Service } from '../../src/registry/index.ts';
import { followCatalog } from '../../src/registry/index.ts';
import { createPrometheusMetrics } from '../../src/platform/index.ts';
import { operationsOf, putOf, Stage } from '../operations/stage.ts';
import { anonymous } from '../simulation/callers.ts';
import { catalogOf, deletion, put } from './events.ts';

type Told = readonly [failedBefore: number | undefined, failedNow: number | undefined];

/** A service `web` whose instances are changed one revision at a time, and what its protection was said to be. */
class Web {
  readonly told: Told[] = [];
  readonly #catalog;
  readonly #kvs = new Map<string, KeyValue>();
  revision = 1;

  constructor(protectShare = 0.5) {
    this.#catalog = catalogOf(0, {
      protectShare,
      onProtection: (service: Service, before: Protection | undefined) =>
        this.told.push([before?.failed, service.protection?.failed]),
    }).catalog;
    finish(this.#catalog.load([], [], 1));
  }

  get service(): Service | undefined {
    return this.#catalog.service({ namespace: 'default', service: 'web' });
  }

  /** `failed/of` of a service that is protected. */
  get protection(): string | undefined {
    const protection = this.service?.protection;
    return protection && `${protection.failed}/${protection.of}`;
  }

  #apply(...events: KeyEvent[]): void {
    for (const { kind, kv } of events) {
      if (kind === 'put') this.#kvs.set(kv.key, kv);
      else this.#kvs.delete(kv.key);
    }
    this.#catalog.apply(events, this.revision);
  }

  register(name: string, fields: object = {}): void {
    const value = { address: '10.0.0.1', port: 80, ...fields };
    this.#apply(put(`/services/web/${name}`, value, ++this.revision));
  }

  check(name: string, value: object, id = 'c'): void {
    this.#apply(put(`/checks/web/${name}/${id}`, value, ++this.revision));
  }

  remove(...keys: string[]): void {
    this.revision++;
    this.#apply(...keys.map((key) => deletion(key, this.revision)));
  }

  /** Reads everything anew, as a member does that has fallen behind. */
  reload(): void {
    finish(this.#catalog.load([...this.#kvs.values()], [], this.revision));
  }
}

const well = { status: 'passing' };
const ill = { status: 'critical', before: 'passing' };
const isNew = { status: 'critical' };

function webOf(count: number, protectShare = 0.5): Web {
  const web = new Web(protectShare);
  for (let at = 1; at <= count; at++) {
    web.register(`${at}`);
    web.check(`${at}`, well);
  }
  return web;
}

test('a service is protected while more than the share fails, and each change is told once', () => {
  const web = webOf(4);
  web.check('1', ill);
  web.check('2', ill);
  expect(web.protection).toBeUndefined();
  const before = web.service?.revision;
  web.check('3', ill);
  expect(web.protection).toBe('3/4');
  expect(web.service?.revision).toBeGreaterThan(before ?? 0);
  web.check('3', well);
  expect(web.protection).toBeUndefined();
  expect(web.service?.revision).toBe(web.revision);
  expect(web.told).toEqual([
    [undefined, 3],
    [3, undefined],
  ]);
});

test('nothing is protected unless somebody asks for it', () => {
  const web = webOf(3, 0);
  for (const name of ['1', '2', '3']) web.check(name, ill);
  expect(web.protection).toBeUndefined();
  expect(web.told).toEqual([]);
});

test('a single instance is no mass', () => {
  const web = webOf(1);
  web.check('1', ill);
  expect(web.protection).toBeUndefined();
});

test('an instance that was never well is new, and has not failed', () => {
  const web = webOf(2);
  for (const name of ['3', '4', '5']) {
    web.register(name);
    web.check(name, isNew);
  }
  expect(web.protection).toBeUndefined();
  web.check('1', ill);
  expect(web.protection).toBeUndefined();
  web.check('2', ill);
  expect(web.protection).toBe('2/2');
});

test('an instance of which one check was never well has not failed', () => {
  const web = webOf(3);
  for (const name of ['1', '2', '3']) web.check(name, ill);
  web.check('3', isNew, 'other');
  expect(web.protection).toBe('2/2');
});

test('an instance out of service by an operator neither fails nor counts', () => {
  const web = webOf(4);
  web.check('1', ill);
  web.check('2', ill);
  expect(web.protection).toBeUndefined();
  web.check('3', { ...ill, type: 'hold' }, '_hold');
  expect(web.protection).toBe('2/3');
  web.check('2', { ...ill }, '_service_maintenance:2');
  expect(web.protection).toBeUndefined();
});

test('heartbeats that lapse together are a failure', () => {
  const web = new Web();
  for (const name of ['1', '2']) {
    web.register(name);
    web.check(name, { status: 'passing', definition: { TTL: '10s' } });
  }
  expect(web.protection).toBe('2/2');
  web.check('1', { status: 'critical', definition: { TTL: '10s' } });
  expect(web.protection).toBeUndefined();
});

test('the share of the newest registration that says one counts, and 0 switches it off', () => {
  const web = webOf(4, 0);
  web.check('1', ill);
  web.check('2', ill);
  web.register('3', { protectShare: 0.25 });
  expect(web.protection).toBe('2/4');
  web.register('4', { protectShare: 0.5 });
  expect(web.protection).toBeUndefined();
  web.register('1', { protectShare: 0.4 });
  expect(web.protection).toBe('2/4');
  web.register('2', { protectShare: 0 });
  expect(web.protection).toBeUndefined();
  web.remove('/services/web/2');
  expect(web.protection).toBeUndefined();
  web.check('3', ill);
  expect(web.protection).toBe('2/3');
  // It said the share, and goes: none is left that does, but those of 3 and 4.
  web.remove('/services/web/1', '/services/web/4', '/services/web/3');
  expect(web.protection).toBeUndefined();
  expect(web.told.at(-1)).toEqual([2, undefined]);
});

test('a share is met exactly, not by the rounding of a product', () => {
  const web = webOf(100, 0.29);
  for (let at = 1; at <= 29; at++) web.check(`${at}`, ill);
  expect(web.protection).toBeUndefined();
  web.check('30', ill);
  expect(web.protection).toBe('30/100');
});

test('reading everything anew tells nothing that was told', () => {
  const web = webOf(2);
  web.check('1', ill);
  web.check('2', ill);
  web.told.length = 0;
  web.reload();
  expect(web.protection).toBe('2/2');
  expect(web.told).toEqual([[2, 2]]);
});

test('its beginning and its end have a line in the log with the names, and metrics', async () => {
  const stage = await Stage.open();
  const lines: unknown[] = [];
  const note = (message: string, fields?: object): void => {
    lines.push([message, fields]);
  };
  const logger = { debug: note, info: note, warn: note, error: note };
  const metrics = createPrometheusMetrics();
  const core = stage.coreOf(stage.leader);
  const followed = followCatalog(core, logger, metrics, { protectShare: 0.5 });
  const putKey = async (key: string, value: object): Promise<void> => {
    const operations = operationsOf(stage.leader);
    await stage.settled(operations.put(putOf(key, JSON.stringify(value)), anonymous));
    await stage.until('the catalog', () => followed.catalog?.revision === core.state.revision);
  };
  for (const name of ['1', '2', '3']) {
    await putKey(`/services/web/${name}`, { address: '10.0.0.1', port: 80 });
    await putKey(`/checks/web/${name}/c`, ill);
  }
  await putKey('/checks/web/3/c', well);
  await putKey('/checks/web/2/c', well);
  const fields = { namespace: 'default', service: 'web', share: 0.5 };
  const all = { ...fields, failed: 2, of: 2, instances: '1 2', revision: 5 };
  expect(lines).toEqual([
    ['a service fails as a whole: answers keep its instances', all],
    [
      'a service no longer fails as a whole',
      { ...fields, failed: 1, of: 3, instances: '1', revision: 9 },
    ],
  ]);
  const text = await metrics.text();
  expect(text).toContain('rollcall_catalog_protections_total 1');
  expect(text).toContain('rollcall_catalog_protected_services 0');
});
