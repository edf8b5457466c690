import { expect, test } from 'vitest';
import { clusterDescriptionOf } from '../../src/server/cluster-description.ts';

const member = {
  id: '1a',
  name: 'm1',
  peerUrls: ['http://127.0.0.1:2380'],
  clientUrls: [],
  isLearner: false,
};
const description = { clusterId: 'c', members: [member, { ...member, id: '2b', isLearner: true }] };

test('a description of the cluster is decoded, without fields that this release does not know', () => {
  const more = { ...description, colour: 'red', members: description.members.map(withColour) };
  expect(clusterDescriptionOf(description)).toEqual(description);
  expect(clusterDescriptionOf(more)).toEqual(description);
});

const wrong: unknown[] = [undefined, null, 7, 'x', {}, [], { clusterId: {} }];

test('a description in which any field is missing or of another type is refused', () => {
  for (const value of wrong) {
    expect(() => clusterDescriptionOf(value), JSON.stringify(value)).toThrow('malformed');
    for (const field of Object.keys(description)) {
      const broken = {
        ...description,
        [field]: field === 'members' && isList(value) ? [7] : value,
      };
      if (field === 'clusterId' && value === 'x') continue;
      expect(() => clusterDescriptionOf(broken), JSON.stringify(broken)).toThrow('malformed');
    }
    for (const field of Object.keys(member)) {
      if (value === 'x' && ['id', 'name'].includes(field)) continue;
      const broken = { ...member, [field]: isList(value) ? [7] : value };
      const answer = { ...description, members: [member, broken] };
      expect(() => clusterDescriptionOf(answer), JSON.stringify(answer)).toThrow('malformed');
    }
  }
});

function withColour(one: object): object {
  return { ...one, colour: 'red' };
}

function isList(value: unknown): boolean {
  return Array.isArray(value);
}
