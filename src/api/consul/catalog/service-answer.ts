import { folded } from '../../../registry/index.ts';
import type { Instance, Service, ServiceName, Topic } from '../../../registry/index.ts';
import { agentCallerOf } from '../agent/caller.ts';
import { rowFilter } from '../filter/rows.ts';
import type { IndexedAnswer } from '../frame/answer.ts';
import type { Call } from '../frame/call.ts';
import type { SharedAnswers } from '../frame/shared-answers.ts';
import { SharedJson } from '../frame/shared-json.ts';
import type { ConsulParts } from '../parts.ts';
import { ownInstances } from './own-service.ts';
import {
  absentNoter,
  answerFrom,
  inOrder,
  instancesOf,
  isOwnService,
  namespaceOf,
} from './query.ts';

/** A question about the instances of one service. */
export interface ServiceQuestion {
  /** The caller's wishes; part of the name under which an answer is shared. */
  readonly selection: object;
  readonly filter: Parameters<typeof rowFilter>[1];
  readonly topicOf: (name: ServiceName) => Topic;
  readonly indexOf: (service: Service) => number;
  /** `known`: the service as it is registered, if it is. */
  readonly selected: (
    instances: readonly Instance[],
    known: Service | undefined,
  ) => readonly Instance[];
  readonly rowOf: (instance: Instance) => unknown;
  readonly headersOf?: (service: Service) => IndexedAnswer['headers'];
}

/** The service that a call names. */
export function serviceNameOf(call: Call): ServiceName {
  return {
    namespace: namespaceOf(call),
    service: call.requiredPart('service', 'Missing service name'),
  };
}

/** The instances of the service that a call names, the members included if it is theirs. */
export async function answerOfService(
  parts: ConsulParts,
  shared: SharedAnswers,
  call: Call,
  question: ServiceQuestion,
): Promise<IndexedAnswer> {
  const name = serviceNameOf(call);
  const { selection, filter: kind, topicOf, indexOf, selected, rowOf, headersOf } = question;
  const filter = rowFilter(call, kind);
  const own = isOwnService(name) ? await ownInstances(parts, call.options) : undefined;
  const near = nearOf(parts, call);
  const rowsOf = (instances: readonly Instance[], known: Service | undefined) => {
    const rows = near.first(selected(instances, known)).map(rowOf);
    return filter === undefined ? rows : rows.filter(filter());
  };
  const noteAbsent = absentNoter(parts, call, name);
  const asked = JSON.stringify([kind, selection, call.get('filter'), near.question]);
  return answerFrom(parts, call, {
    topics: [topicOf(name)],
    answer: (catalog) => {
      const known = catalog.service(name);
      if (own === undefined) noteAbsent(known);
      const index = known === undefined ? 0 : indexOf(known);
      if (known === undefined || own !== undefined) {
        const all = inOrder([...(own?.(catalog) ?? []), ...(known?.instances ?? [])]);
        return { index, json: new SharedJson(() => rowsOf(all, known)) };
      }
      const json = shared.ofService(known, asked, () => rowsOf(instancesOf(known), known));
      return { index, json, headers: headersOf?.(known) };
    },
  });
}

interface Near {
  /** Answers are shared by callers that want the same order. */
  readonly question: string;
  readonly first: (instances: readonly Instance[]) => readonly Instance[];
}

/** `near`: instances on this node come first; for `_agent` those at the caller's own address. No other distance is known. */
function nearOf(parts: ConsulParts, call: Call): Near {
  const node = folded(call.get('near'));
  if (node === '') return { question: '', first: (instances) => instances };
  const { host } = agentCallerOf(parts, call);
  const isNear = (instance: Instance): boolean =>
    node === '_agent'
      ? [instance.address, instance.node.address].includes(host)
      : folded(instance.node.name) === node;
  return {
    question: node === '_agent' ? `_agent ${host}` : node,
    first: (instances) => [
      ...instances.filter(isNear),
      ...instances.filter((instance) => !isNear(instance)),
    ],
  };
}
