import { Client, credentials, status } from '@grpc/grpc-js';
import type { ServiceError } from '@grpc/grpc-js';
import { request as httpRequest } from 'node:http';
import { callTypes } from '../../src/api/etcd/message-types.ts';
import { jsonOf, messageOf } from '../../src/api/gateway/message-json.ts';
import * as gen from '../../src/gen/etcd.js';
import { schema } from '../../src/gen/schema.ts';
import type { MemberProcess } from '../cluster/processes.ts';
import { Normal } from './normal.ts';
import { fieldOf } from './steps.ts';
import type { Answer, ByteChange, Step } from './steps.ts';

/** Time limit of an answer; longer waits are for something that does not come. */
const deadlineMs = 10_000;

/** Calls with one request and many answers. */
const answerStreams: readonly string[] = [
  '/etcdserverpb.KV/RangeStream',
  '/etcdserverpb.Maintenance/Snapshot',
  '/v3electionpb.Election/Observe',
  '/grpc.health.v1.Health/Watch',
];

interface MessageClass {
  encode(message: object): { finish(): Uint8Array };
  decode(bytes: Uint8Array): object;
}

function classOf(name: string): MessageClass {
  let found: unknown = gen;
  for (const part of name.split('.')) found = fieldOf(found, part);
  if (!isMessageClass(found)) throw new Error(`there is no message ${name}`);
  return found;
}

function isMessageClass(found: unknown): found is MessageClass {
  return typeof fieldOf(found, 'encode') === 'function';
}

/** A member under test, etcd or Rollcall. */
export class TargetMember {
  readonly #client: Client;
  readonly #url: string;
  readonly #normal: Normal;
  #revision = 1;

  private constructor(member: MemberProcess, memberId: string, clusterId: string) {
    this.#url = member.clientUrl;
    this.#client = new Client(new URL(member.clientUrl).host, credentials.createInsecure());
    this.#normal = new Normal({ member, memberId, clusterId });
  }

  static async of(member: MemberProcess): Promise<TargetMember> {
    const { header } = await member.client.status();
    return new TargetMember(member, header.member_id, header.cluster_id);
  }

  /** The newest that it spoke of. */
  get revision(): number {
    return this.#revision;
  }

  close(): void {
    this.#client.close();
  }

  async run(step: Step): Promise<Answer> {
    const answer = await this.#ask(step);
    for (const one of answer.answers) {
      const revision = Number(fieldOf(fieldOf(one, 'header'), 'revision') ?? 0);
      if (revision > this.#revision) this.#revision = revision;
    }
    return this.#normal.answer(step, answer);
  }

  #ask(step: Step): Promise<Answer> {
    if (step.kind === 'post') return this.#post(step.path, this.#filled(step.body));
    const { rpc } = step;
    if (step.kind === 'stream') {
      return this.#converse(
        rpc,
        step.requests.map((one) => this.#bytes(rpc, one)),
      );
    }
    const bytes = changed(this.#bytes(rpc, step.request), step.changes ?? []);
    return answerStreams.includes(rpc) ? this.#listen(rpc, bytes) : this.#call(rpc, bytes);
  }

  /** Text with the member's own numbers in it. */
  #filled(text: string): string {
    return this.#normal
      .filled(text)
      .replace(/\$rev(?:([-+])(\d))?/g, (_all, sign: string | undefined, by: string | undefined) =>
        String(this.#revision + (sign === '-' ? -Number(by) : Number(by ?? 0))),
      );
  }

  #bytes(rpc: string, request: unknown): Buffer {
    const type = classOf(schema.calls[rpc]![0]!);
    const message = messageOf(
      callTypes(rpc).request,
      Buffer.from(this.#filled(JSON.stringify(request))),
    );
    return Buffer.from(type.encode(message).finish());
  }

  #json(rpc: string, bytes: Uint8Array): unknown {
    const { response } = callTypes(rpc);
    return jsonOf(response, classOf(schema.calls[rpc]![1]!).decode(bytes));
  }

  #call(rpc: string, bytes: Buffer): Promise<Answer> {
    return new Promise((resolve) => {
      this.#client.makeUnaryRequest(
        rpc,
        same,
        same,
        bytes,
        { deadline: Date.now() + deadlineMs },
        (error, answer) => {
          resolve(
            error === null
              ? { answers: [this.#json(rpc, answer!)] }
              : { answers: [], refusal: refusalOf(error) },
          );
        },
      );
    });
  }

  #listen(rpc: string, bytes: Buffer): Promise<Answer> {
    const isEndless = rpc.endsWith('Observe') || rpc.endsWith('Watch');
    const stream = this.#client.makeServerStreamRequest(rpc, same, same, bytes, {
      deadline: Date.now() + (isEndless ? 1000 : deadlineMs),
    });
    return this.#answersOf(rpc, stream, () => {
      if (isEndless) setImmediate(() => stream.cancel());
      return isEndless;
    });
  }

  #converse(rpc: string, requests: readonly Buffer[]): Promise<Answer> {
    const stream = this.#client.makeBidiStreamRequest(rpc, same, same, {
      deadline: Date.now() + deadlineMs,
    });
    if (!rpc.endsWith('Watch')) {
      for (const one of requests) stream.write(one);
      stream.end();
      return this.#answersOf(rpc, stream, () => false);
    }
    // Two watchers of a key that nobody writes: how far all are is told only where there is one, and what is asked
    // before the second is answered before it.
    const quiet = (id: string): Buffer =>
      this.#bytes(rpc, { create_request: { key: 'AGFsd2F5cw==', watch_id: id } });
    for (const one of [quiet('98'), ...requests, quiet('99')]) stream.write(one);
    const ask = (): void => void stream.write(this.#bytes(rpc, { progress_request: {} }));
    const timer = setInterval(ask, 100);
    ask();
    let isAsked = false;
    let isUpToDate = false;
    return this.#answersOf(rpc, stream, (answer) => {
      const id = fieldOf(answer, 'watch_id');
      const isCreated = fieldOf(answer, 'created') === true;
      isAsked ||= id === '99';
      // etcd does not say how far the others are once one was canceled because its past is gone.
      const isGone = fieldOf(answer, 'compact_revision') !== undefined;
      isUpToDate ||= isGone || (id === '-1' && !isCreated);
      if (isAsked && isUpToDate) setImmediate(() => stream.cancel());
      return isAsked && isUpToDate;
    }).finally(() => clearInterval(timer));
  }

  #answersOf(
    rpc: string,
    stream: NodeJS.EventEmitter,
    isLast: (answer: unknown) => boolean,
  ): Promise<Answer> {
    return new Promise((resolve) => {
      const answers: unknown[] = [];
      stream.on('data', (bytes: Buffer) => {
        const answer = this.#json(rpc, bytes);
        answers.push(answer);
        if (isLast(answer)) resolve({ answers });
      });
      stream.on('error', (error: ServiceError) => resolve({ answers, refusal: refusalOf(error) }));
      stream.on('end', () => resolve({ answers }));
    });
  }

  #post(path: string, body: string): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const asked = httpRequest(
        this.#url + path,
        { method: 'POST', timeout: deadlineMs },
        (response) => {
          let text = '';
          response.setEncoding('utf8');
          response.on('data', (part: string) => (text += part));
          response.on('error', reject);
          response.on('end', () => {
            const httpStatus = response.statusCode ?? 0;
            const lines = text.split('\n').filter((line) => line !== '');
            const values = lines.map((line): unknown => JSON.parse(line));
            const last = values.at(-1);
            const refused = httpStatus === 200 ? fieldOf(last, 'error') : last;
            if (refused === undefined) resolve({ answers: values });
            else
              resolve({
                answers: values.slice(0, -1),
                refusal: {
                  status: httpStatus,
                  code: Number(fieldOf(refused, 'code')),
                  message: String(fieldOf(refused, 'message')),
                },
              });
          });
        },
      );
      asked.on('error', (error) =>
        resolve({ answers: [], refusal: { code: -1, message: error.message } }),
      );
      asked.on('timeout', () => asked.destroy(new Error('no answer came over HTTP')));
      asked.end(Buffer.from(body, 'latin1'));
    });
  }
}

const same = (bytes: Buffer): Buffer => bytes;

/** Both sides enforce the deadline; either gives the same end. */
const timeIsOver = /^((context )?deadline exceeded|call cancelled)/i;

function refusalOf({ code, details }: ServiceError): { code: number; message: string } {
  return timeIsOver.test(details)
    ? { code: status.DEADLINE_EXCEEDED, message: 'deadline exceeded' }
    : { code, message: details };
}

function changed(bytes: Buffer, changes: readonly ByteChange[]): Buffer {
  const list = [...bytes];
  for (const [at, what] of changes) {
    const place = Math.min(at, list.length);
    if (what < 256) list[place] = what;
    else if (what === 256) list.splice(place, 1);
    else list.splice(place, 0, what & 0xff);
  }
  return Buffer.from(list);
}
