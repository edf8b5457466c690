import { anyOf, nameOf, namesWithout, victim } from './fault.ts';
import type { Fault, Scene } from './fault.ts';
import { sendGarbage } from './garbage.ts';
import type { Weather } from './relay.ts';

/** Faults between members, and foreign calls. */
export const networkFaults: readonly Fault[] = [
  { name: 'isolate', run: isolate },
  { name: 'split', run: split },
  { name: 'one-way', run: oneWay },
  { name: 'half-open', run: halfOpen },
  { name: 'reset', run: reset },
  { name: 'delay', run: (scene) => bad(scene, { delayMs: 60, jitterMs: 60 }, 'delayed') },
  { name: 'stall', run: (scene) => bad(scene, { stalled: true }, 'stalled') },
  { name: 'throttle', run: (scene) => bad(scene, { bytesPerSecond: 30_000 }, 'throttled') },
  {
    name: 'corrupt',
    onlyRollcall: true,
    run: (scene) => bad(scene, { corruption: 0.1 }, 'corrupted'),
  },
  { name: 'garbage', run: garbage },
];

async function isolate(scene: Scene): Promise<string> {
  const { cluster, random, pause } = scene;
  const name = nameOf(await victim(scene));
  for (const other of namesWithout(cluster, name)) {
    cluster.sky.set(name, other, { cut: true });
    cluster.sky.set(other, name, { cut: true });
  }
  await pause(random.between(500, 4000));
  cluster.sky.clear();
  return name;
}

/** Splits the members in two; the leader may be in the smaller part. */
async function split({ cluster, random, pause }: Scene): Promise<string> {
  const names = cluster.members.map(nameOf).toSorted(() => random.unit() - 0.5);
  const small = names.slice(0, Math.floor(names.length / 2));
  for (const one of small) {
    for (const other of names.filter((name) => !small.includes(name))) {
      cluster.sky.set(one, other, { cut: true });
      cluster.sky.set(other, one, { cut: true });
    }
  }
  await pause(random.between(500, 4000));
  cluster.sky.clear();
  return small.join(' and ');
}

async function oneWay(scene: Scene): Promise<string> {
  const { cluster, random, pause } = scene;
  const name = nameOf(await victim(scene));
  const isHeard = random.between(0, 1) === 0;
  for (const other of namesWithout(cluster, name)) {
    if (isHeard) cluster.sky.set(other, name, { cut: true });
    else cluster.sky.set(name, other, { cut: true });
  }
  await pause(random.between(500, 4000));
  cluster.sky.clear();
  return `${name} ${isHeard ? 'hears' : 'reaches'} nobody`;
}

async function halfOpen(scene: Scene): Promise<string> {
  const member = await victim(scene);
  const count = member.relay.halfOpen(namesWithout(scene.cluster, nameOf(member)));
  await scene.pause(scene.random.between(200, 1500));
  return `${count} connections to ${nameOf(member)}`;
}

async function reset({ cluster, random, pause }: Scene): Promise<string> {
  const times = random.between(1, 8);
  for (let time = 0; time < times; time++) {
    const { relay } = anyOf(random, cluster.members);
    relay.reset(cluster.members.map(nameOf));
    await pause(random.between(20, 300));
  }
  return `${times} times`;
}

/** Delay, loss or damage on some links between members. */
async function bad(
  { cluster, random, pause }: Scene,
  weather: Partial<Weather>,
  what: string,
): Promise<string> {
  const ways = cluster.members.map(nameOf).flatMap((from) => {
    return namesWithout(cluster, from).map((to) => [from, to] as const);
  });
  const chosen = ways.filter(() => random.between(0, 1) === 0);
  if (chosen.length === 0) chosen.push(anyOf(random, ways));
  for (const [from, to] of chosen) cluster.sky.set(from, to, weather);
  await pause(random.between(500, 3500));
  cluster.sky.clear();
  return `${chosen.length} ways ${what}`;
}

async function garbage({ cluster, random, pause }: Scene): Promise<string> {
  const times = random.between(1, 5);
  for (let time = 0; time < times; time++) {
    const { process } = anyOf(random, cluster.members);
    await sendGarbage(Number(new URL(process.peerUrl).port), random);
    await pause(random.between(20, 200));
  }
  return `${times} times`;
}
