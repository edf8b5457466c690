import { gatewayRoutes as routes } from '../../src/api/etcd/gateway-routes.ts';
import { schema } from '../../src/gen/schema.ts';
import type { SchemaField } from '../../src/gen/schema.ts';
import { SeededRandom } from '../simulation/random.ts';
import { randomJson } from './random-json.ts';
import { b64, byName, byType, leaseIds } from './pools.ts';
import type { ByteChange, Step } from './steps.ts';

/** Relative frequencies of calls; calls without one are rare. */
const weights: Readonly<Record<string, number>> = {
  '/etcdserverpb.KV/Range': 14,
  '/etcdserverpb.KV/Put': 14,
  '/etcdserverpb.KV/DeleteRange': 6,
  '/etcdserverpb.KV/Txn': 14,
  '/etcdserverpb.KV/RangeStream': 6,
  '/etcdserverpb.KV/Compact': 2,
  '/etcdserverpb.Watch/Watch': 6,
  '/etcdserverpb.Lease/LeaseGrant': 4,
  '/etcdserverpb.Lease/LeaseKeepAlive': 3,
  '/etcdserverpb.Lease/LeaseRevoke': 2,
};

/** Calls whose bytes may be changed at random: the member must continue unaffected. */
const safeToBreak: readonly string[] = [
  '/etcdserverpb.KV/Range',
  '/etcdserverpb.KV/Put',
  '/etcdserverpb.KV/DeleteRange',
  '/etcdserverpb.KV/Txn',
  '/etcdserverpb.Lease/LeaseTimeToLive',
  '/etcdserverpb.Auth/UserGet',
  '/etcdserverpb.Cluster/MemberList',
];

const rpcs: readonly string[] = Object.keys(schema.calls)
  .filter((rpc) => !rpc.startsWith('/grpc.reflection') && !rpc.startsWith('/rollcall'))
  .flatMap((rpc) => Array.from<string>({ length: weights[rpc] ?? 1 }).fill(rpc));

/** Streams without an end are asked over gRPC alone. */
const endless: readonly string[] = ['/v3/watch', '/v3/lease/keepalive', '/v3/election/observe'];

const pathOf = new Map(
  Object.entries(routes)
    .filter(([path]) => !endless.includes(path))
    .map(([path, call]) => [`/${call}`, path]),
);

type Message = Readonly<Record<string, unknown>>;

const members = ['0', '5', '18446744073709551615'];
const versions = ['', 'x', '3', '3.6', '3.6.0', '3.7.0', '3.5.0', '-1.0.0', '3.6.0-pre', '3.6-pre'];
const badUrls = [[], [''], ['x'], ['ftp://a:1'], ['http://a'], ['http://a:1/x'], ['http://a:x']];

/** Fields of requests that must not do anything: a member that left, or a user, would change all that follows. */
const tame: Readonly<Record<string, Readonly<Record<string, readonly unknown[]>>>> = {
  MemberAdd: { peerURLs: [...badUrls, ['$peer']] },
  MemberUpdate: { ID: members, peerURLs: [['http://a:1'], ['http://127.0.0.1:1']] },
  MemberRemove: { ID: members },
  MemberPromote: { ID: [...members, '$self'] },
  UserAdd: { name: [''] },
  RoleAdd: { name: [''] },
};

/** As the requests of a seed follow each other. The same seed gives the same requests. */
export class Generator {
  readonly #random: SeededRandom;
  /** Steps that must come soon, such as the end of an alarm. */
  readonly #due: Step[] = [];
  #names = 0;

  constructor(seed: number) {
    this.#random = new SeededRandom(seed);
  }

  #chance(percent: number): boolean {
    return this.#random.chance(percent / 100);
  }

  next(): Step {
    if (this.#due.length > 0 && this.#chance(40)) return this.#due.shift()!;
    const rpc = this.#random.pick(rpcs);
    if (rpc === '/etcdserverpb.Watch/Watch') return this.#watch(rpc);
    if (rpc === '/etcdserverpb.Lease/LeaseKeepAlive') return this.#keepAlive(rpc);
    if (safeToBreak.includes(rpc) && this.#chance(6)) return this.#broken(rpc);
    const request = this.#request(rpc);
    const path = pathOf.get(rpc);
    if (path === undefined || this.#chance(45)) return { kind: 'call', rpc, request };
    return { kind: 'post', path, body: this.#body(rpc, request) };
  }

  #body(rpc: string, request: Message): string {
    const type = schema.calls[rpc]![0]!;
    return randomJson(this.#random, type, request, { mayBreak: safeToBreak.includes(rpc) });
  }

  /** A message of random fields, restricted so that it neither ends the member nor waits for another client. */
  #request(rpc: string): Message {
    return this.#tamed(rpc, this.#message(schema.calls[rpc]![0]!, 0));
  }

  #message(type: string, depth: number): Record<string, unknown> {
    const message: Record<string, unknown> = {};
    const oneofs = new Set<string>();
    for (const field of this.#random.shuffled(schema.messages[type]!)) {
      const isKey = field.name === 'key' || field.name === 'target' || field.oneof !== undefined;
      if (!this.#chance(isKey ? 92 : 35)) continue;
      if (field.oneof !== undefined) {
        if (oneofs.has(field.oneof)) continue;
        oneofs.add(field.oneof);
      }
      if (field.type.endsWith('.TxnRequest') && depth > 2) continue;
      message[field.name] = this.#field(field, depth);
    }
    return message;
  }

  #field(field: SchemaField, depth: number): unknown {
    if (field.repeated !== true) return this.#value(field, depth);
    const length = this.#random.pick(depth > 2 ? [0, 1] : [0, 1, 1, 2, 3]);
    return Array.from({ length }, () => this.#value(field, depth));
  }

  #value(field: SchemaField, depth: number): unknown {
    const { name, type } = field;
    const numbers = schema.enums[type];
    if (numbers !== undefined) {
      if (this.#chance(6)) return this.#random.pick([-1, 99, 2147483647, -2147483648]);
      return this.#random.pick(Object.values(numbers));
    }
    if (schema.messages[type] !== undefined) return this.#message(type, depth + 1);
    const pool = type === 'string' && name !== 'name' ? undefined : byName[name];
    const isFit = pool !== undefined && (name !== 'name' || type === 'string');
    return isFit ? this.#random.pick(pool) : byType(this.#random, type);
  }

  #tamed(rpc: string, request: Message): Message {
    const random = this.#random;
    const call = rpc.split('/')[2] ?? '';
    const choices = tame[call];
    if (choices !== undefined) {
      const chosen = Object.entries(choices).map(([name, of]) => [name, random.pick(of)] as const);
      return { ...request, ...Object.fromEntries(chosen) };
    }
    switch (call) {
      case 'LeaseGrant':
        // Leases that expire during the run must have no key, and an unknown id.
        return this.#chance(20)
          ? { TTL: random.pick(['0', '-5', '1', '-9223372036854775808']), ID: '0' }
          : {
              TTL: random.pick(['5000', '9000000000', '9000000001', '9223372036854775807']),
              ID: random.pick(leaseIds),
            };
      case 'Downgrade':
        // To get ready for an older release is refused, but where etcd would refuse it too.
        return Number(request['action'] ?? 0) === 1
          ? { ...request, version: random.pick(['', 'x', '3.5.0', '4.0.0']) }
          : { ...request, version: random.pick(versions) };
      case 'Alarm':
        return this.#alarm(request);
      case 'Resign':
        return this.#leader(request);
      case 'Proclaim':
        return { value: request['value'] ?? '', ...this.#leader(request) };
      case 'Lock':
      case 'Campaign':
        this.#names += 1;
        return this.#chance(10)
          ? { ...request, name: '', lease: '77' }
          : { ...request, name: b64(`q${this.#names}`), lease: random.pick(['1', '2', '3']) };
      default:
        return request;
    }
  }

  /** A lease of 0 would be made, and lapse while the run lasts. */
  #leader({ leader }: Message): Message {
    if (typeof leader !== 'object' || leader === null) return {};
    return { leader: { ...leader, lease: this.#random.pick(['1', '2', '3', '77']) } };
  }

  /** An alarm that is raised is taken back soon. Unknown actions end an etcd, and unknown types it keeps. */
  #alarm(request: Message): Message {
    const actions = schema.enums['etcdserverpb.AlarmRequest.AlarmAction']!;
    if (!Object.values(actions).includes(Number(request['action'] ?? 0))) return {};
    if (request['action'] === 1) {
      if (Number(request['alarm'] ?? 0) > 2 || Number(request['alarm'] ?? 0) < 0) return {};
      this.#due.push({
        kind: 'call',
        rpc: '/etcdserverpb.Maintenance/Alarm',
        request: { ...request, action: 2 },
      });
    }
    return request;
  }

  /** Watchers that begin, end and ask how far they are, in any order; the last question is how far all are. */
  #watch(rpc: string): Step {
    if (this.#chance(10)) {
      const gone = { ...this.#message('etcdserverpb.WatchCreateRequest', 1), start_revision: '1' };
      return { kind: 'stream', rpc, requests: [{ create_request: gone }] };
    }
    const requests = Array.from({ length: this.#random.between(1, 5) }, () => {
      const request = this.#message('etcdserverpb.WatchRequest', 0);
      return request['progress_request'] === undefined ? request : {};
    });
    // It is random whether a watcher that is canceled at once gets past events first.
    const isOfThePast = requests.some((one) => JSON.stringify(one).includes('start_revision'));
    const kept = isOfThePast ? requests.filter((one) => !('cancel_request' in one)) : requests;
    return { kind: 'stream', rpc, requests: kept };
  }

  #keepAlive(rpc: string): Step {
    const requests = Array.from({ length: this.#random.between(0, 4) }, () => ({
      ID: this.#random.pick(leaseIds),
    }));
    return { kind: 'stream', rpc, requests };
  }

  /** Bytes of a message with some of them changed. */
  #broken(rpc: string): Step {
    const changes = Array.from({ length: this.#random.between(1, 3) }, (): ByteChange => [
      this.#random.between(0, 40),
      this.#random.between(0, 300),
    ]);
    return { kind: 'call', rpc, request: this.#request(rpc), changes };
  }
}

/** The first requests of a seed. */
export function stepsOf(seed: number, count: number): Step[] {
  const generator = new Generator(seed);
  return Array.from({ length: count }, () => generator.next());
}
