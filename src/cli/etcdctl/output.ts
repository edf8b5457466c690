import type { Format } from '../options.ts';
import {
  callOf,
  isWire,
  type Answer,
  type EndpointAnswer,
  type EndpointKind,
  type Wire,
} from './answers.ts';
import { endpointFields, fieldsOf } from './fields.ts';
import { endpointJson, jsonOf } from './json.ts';
import { endpointSimple, simpleOf, type SimpleOptions } from './simple.ts';

/** The call whose last answer a command prints; commands that ask several endpoints print them themselves. */
const callOfCommand: Readonly<Record<string, string>> = {
  get: 'Range',
  put: 'Put',
  del: 'DeleteRange',
  txn: 'Txn',
  watch: 'Watch',
  'lease grant': 'LeaseGrant',
  'lease revoke': 'LeaseRevoke',
  'lease timetolive': 'LeaseTimeToLive',
  'lease list': 'LeaseLeases',
  'lease keep-alive': 'LeaseKeepAlive',
  'member list': 'MemberList',
  'member add': 'MemberAdd',
  'member remove': 'MemberRemove',
  'member update': 'MemberUpdate',
  'member promote': 'MemberPromote',
  'alarm list': 'Alarm',
  'alarm disarm': 'Alarm',
  'endpoint status': 'Status',
  'endpoint health': 'Range',
  'endpoint hashkv': 'HashKV',
};

/** The same of commands whose own output is that of `-w simple`. */
const callOfUserCommand: Readonly<Record<string, string>> = {
  'auth status': 'AuthStatus',
  'user add': 'UserAdd',
  'user get': 'UserGet',
  'user list': 'UserList',
  'user delete': 'UserDelete',
  'user passwd': 'UserChangePassword',
  'user grant-role': 'UserGrantRole',
  'user revoke-role': 'UserRevokeRole',
  'role add': 'RoleAdd',
  'role get': 'RoleGet',
  'role list': 'RoleList',
  'role delete': 'RoleDelete',
  'role grant-permission': 'RoleGrantPermission',
  'role revoke-permission': 'RoleRevokePermission',
};

/** Commands that etcdctl refuses with `-w fields`. */
const withoutFields: readonly string[] = ['auth status', 'user get', 'user list'];

/** True if a command can print as etcdctl does; the others keep their own output. */
export function speaksEtcdctl(command: string, format: Format): boolean {
  if (command in callOfCommand) return true;
  if (!(command in callOfUserCommand) || format === 'simple') return false;
  return format !== 'fields' || !withoutFields.includes(command);
}

/** The parts of a command line that decide about the output. */
export interface OutputOptions extends SimpleOptions {
  readonly command: string;
  readonly format: Format;
  /** The id of a lease or member that the command named and answers do not repeat. */
  readonly id: bigint | undefined;
}

/**
 * The output of a command in one of the formats of `etcdctl -w`, as etcdctl 3.7 prints it. It is made from the
 * answers as they came on the wire, because these formats show fields that the client leaves out.
 */
export class EtcdctlOutput {
  readonly #options: OutputOptions;
  readonly #print: (text: string | Uint8Array) => void;
  readonly #byAddress = new Map<string, Wire>();
  #last: Answer | undefined;

  constructor(options: OutputOptions, print: (text: string | Uint8Array) => void) {
    this.#options = options;
    this.#print = print;
  }

  /** Takes an answer; one of a stream is printed at once. */
  heard(path: string, address: string, response: unknown): void {
    const { command, id } = this.#options;
    const call = callOfCommand[command] ?? callOfUserCommand[command];
    if (callOf(path) !== call || !isWire(response)) return;
    if (command.startsWith('endpoint ')) this.#byAddress.set(address, response);
    else if (command === 'watch') {
      const { events } = response;
      if (Array.isArray(events) && events.length > 0) this.#printAnswer({ path, response });
    } else {
      const answer = { path, response, ...(id === undefined ? {} : { id }) };
      if (command === 'lease keep-alive') this.#printAnswer(answer);
      else this.#last = answer;
    }
  }

  /** Prints what came of asking several endpoints. */
  endpoints(kind: EndpointKind, answers: readonly Omit<EndpointAnswer, 'response'>[]): void {
    const rows = answers.map((answer) => {
      const address = answer.endpoint.replace(/^https?:\/\//, '').replace(/\/$/, '');
      return { ...answer, response: this.#byAddress.get(address) };
    });
    const { format } = this.#options;
    if (format === 'etcd-json') this.#print(`${endpointJson(kind, rows)}\n`);
    else if (format === 'fields') this.#print(endpointFields(kind, rows));
    else this.#print(endpointSimple(kind, rows));
  }

  /** Prints the answer, once the command is done. */
  end(): void {
    if (this.#last !== undefined) this.#printAnswer(this.#last);
    this.#last = undefined;
  }

  #printAnswer(answer: Answer): void {
    const { format, isHex } = this.#options;
    if (format === 'etcd-json') this.#print(`${jsonOf(answer, isHex)}\n`);
    else if (format === 'fields') this.#print(fieldsOf(answer, isHex));
    else this.#print(simpleOf(answer, this.#options));
  }
}
