import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { finish } from '../../src/base/steps.ts';
import {
  encodeRegistration,
  instancesMeant,
  keyOfInstance,
  registrationOf,
  seatOf,
} from '../../src/registry/index.ts';
import type { Instance, InstanceName, Catalog } from '../../src/registry/index.ts';
import { catalogOf, deletion, put } from './events.ts';

/** A catalog with two members and two registered nodes, to which registrations go as the registrar writes them. */
class Book {
  readonly catalog: Catalog;
  #revision = 1;

  constructor() {
    this.catalog = catalogOf().catalog;
    this.catalog.setMembers([
      { name: 'm1', address: '10.0.0.1' },
      { name: 'm2', address: '10.0.0.2' },
    ]);
    finish(this.catalog.load([], [], 1));
    for (const node of ['n1', 'n2'])
      this.put(`/consul/nodes/${node}/node`, { name: node, address: 'x' });
  }

  put(key: string, value: unknown): void {
    this.catalog.apply([put(key, value, ++this.#revision)], this.#revision);
  }

  register(name: InstanceName, node: string, from: string, port: number): void {
    const { catalog } = this;
    const seat = seatOf(
      { ...name, id: name.instance, node, from },
      {
        instancesCalled: (id) => catalog.instancesCalled(id),
        node: (known) => catalog.node(known),
        isTaken: (key) => catalog.isTaken(key),
      },
    );
    const read = registrationOf(Buffer.from(JSON.stringify({ address: 'h', port, node, from })));
    if (typeof read === 'string') throw new Error(read);
    const id = from !== '' || seat.name.instance === name.instance ? '' : name.instance;
    const revision = ++this.#revision;
    this.catalog.apply(
      [
        ...seat.replaced.map(({ key }) => deletion(key, revision)),
        put(
          keyOfInstance(seat.name),
          Buffer.from(encodeRegistration({ ...read, id })).toString(),
          revision,
        ),
      ],
      revision,
    );
  }

  remove(instances: readonly Instance[]): void {
    const revision = ++this.#revision;
    this.catalog.apply(
      instances.map(({ key }) => deletion(key, revision)),
      revision,
    );
  }

  /** Each instance as its place in the model and its port. */
  seen(): readonly string[] {
    return [...this.catalog.services()]
      .flatMap(({ instances }) => instances)
      .map(({ id, service, node, from, port }) => {
        const scope = node.isMember ? `agents ${from}` : node.name;
        return `${scope} ${service} ${from === '' ? id : service} ${port}`;
      })
      .toSorted();
  }
}

const change = fc.record({
  service: fc.constantFrom('web', 'db'),
  id: fc.constantFrom('web', 'x', 'web@n1', 'web@10.1.0.1', 'x@n2'),
  node: fc.constantFrom('n1', 'n2', 'm1', 'm2'),
  host: fc.constantFrom('10.1.0.1', '10.1.0.2'),
  leaves: fc.boolean(),
});

test('an ID is one instance of a registered node or of all agents, and one of each host if it is the name of the service', () => {
  fc.assert(
    fc.property(fc.array(change, { maxLength: 40 }), (changes) => {
      const book = new Book();
      // By scope and ID, as Consul's agents would have them if each host had one.
      const model = new Map<string, string>();
      for (const [at, { service, id: given, node, host, leaves }] of changes.entries()) {
        const isMember = node.startsWith('m');
        // An ID that is shown of a host's instance takes its place; see the test below.
        const isOfHost = given === 'web@10.1.0.1' || (given === 'web' && service === 'db');
        const id = isMember && isOfHost ? 'x' : given;
        const from = isMember && id === service ? host : '';
        const scope = isMember ? `agents ${from}` : node;
        if (!leaves) {
          book.register({ namespace: 'default', service, instance: id }, node, from, at + 1);
          model.set(`${scope} ${id}`, `${scope} ${service} ${id} ${at + 1}`);
        } else if (isMember) {
          const caller = { member: node, host };
          const { instances, isAmbiguous } = instancesMeant(book.catalog, id, caller);
          // What is no instance of agents, and is the only one of this ID, is meant as well.
          const ofAgents = instances.filter((one) => one.node.isMember);
          if (isAmbiguous || ofAgents.length === 0) continue;
          book.remove(ofAgents);
          for (const one of ofAgents) {
            model.delete(`agents ${one.from} ${one.from === '' ? one.id : one.service}`);
          }
        } else {
          const on = book.catalog.instancesOn(node).filter((one) => one.id === id);
          book.remove(on);
          model.delete(`${node} ${id}`);
        }
        expect(book.seen()).toEqual([...model.values()].toSorted());
        // On a registered node, and among agents, no ID is there twice.
        for (const place of ['n1', 'n2']) {
          const ids = book.catalog.instancesOn(place).map((one) => one.id);
          expect(new Set(ids).size).toBe(ids.length);
        }
      }
    }),
    { numRuns: 500 },
  );
});

const web: InstanceName = { namespace: 'default', service: 'web', instance: 'web' };

test('an ID that is the name of another service is not given twice, and takes the place of the one that has it', () => {
  const book = new Book();
  book.register({ ...web, service: 'db' }, 'm1', '', 1);
  book.register(web, 'm1', '10.1.0.1', 2);
  const ids = (): unknown =>
    book.catalog.instancesOn('m1').map(({ service, id, port }) => [service, id, port]);
  expect(ids()).toEqual([
    ['db', 'web', 1],
    ['web', 'web@10.1.0.1', 2],
  ]);
  book.register({ ...web, service: 'db', instance: 'web@10.1.0.1' }, 'm1', '', 3);
  expect(ids()).toEqual([
    ['db', 'web', 1],
    ['db', 'web@10.1.0.1', 3],
  ]);
});

test('what another API put is taken over under the same key, unless it cannot be read', () => {
  const book = new Book();
  book.put('/services/web/web', 'h:1');
  book.register(web, 'm1', '10.1.0.1', 2);
  book.put('/services/db/x', 'what is this?');
  book.register({ ...web, service: 'db', instance: 'x' }, 'm1', '', 3);
  expect([...book.catalog.services()].flatMap(({ instances }) => instances)).toMatchObject([
    { instance: 'web', id: 'web', port: 2, from: '10.1.0.1' },
    { instance: 'x@m1', id: 'x', port: 3 },
  ]);
});

test('an ID that several hosts have means the own one of a caller, and nothing if it has none', () => {
  const book = new Book();
  book.register(web, 'm1', '10.1.0.1', 1);
  const meant = (host: string, id = 'web'): unknown => {
    const { instances, isAmbiguous } = instancesMeant(book.catalog, id, { member: 'm2', host });
    return isAmbiguous ? 'ambiguous' : instances.map(({ port }) => port);
  };
  expect([meant('10.1.0.1'), meant('10.1.0.9')]).toEqual([[1], [1]]);
  book.register(web, 'm1', '10.1.0.2', 2);
  expect([meant('10.1.0.1'), meant('10.1.0.2'), meant('10.1.0.9')]).toEqual([
    [1],
    [2],
    'ambiguous',
  ]);
  expect(meant('10.1.0.9', 'web@10.1.0.2')).toEqual([2]);
  book.remove(book.catalog.instancesById('web'));
  expect([meant('10.1.0.2'), meant('10.1.0.9')]).toEqual([[2], 'ambiguous']);
});
