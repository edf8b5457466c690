import { parseDuration, printDuration } from '../../../base/go-duration.ts';
import { drainId, drainType, holdId } from '../../../registry/index.ts';
import type { NewCheck, Subject } from '../../../registry/index.ts';
import { isEnabled, unknownService } from './service-routes.ts';
import { instanceToChange } from './caller.ts';
import type { Answer } from '../frame/answer.ts';
import type { Call } from '../frame/call.ts';
import { knownCatalog } from '../catalog/query.ts';
import type { ConsulParts } from '../parts.ts';
import { badRequest } from '../frame/refusals.ts';
import type { Route } from '../frame/route.ts';

/** An operator's word about an instance, beyond Consul's maintenance. */
export function outOfServiceRoutes(parts: ConsulParts): readonly Route[] {
  return [
    {
      path: '/v1/agent/service/hold/{id}',
      methods: {
        PUT: {
          about:
            'Takes an instance out of service until it is released, whatever it says of itself and however often it registers anew.',
          scope: 'member',
          needs: 'operations',
          parameters: ['enable', 'reason'],
          serve: (call) => set(parts, call, holdCheck(call)),
        },
      },
    },
    {
      path: '/v1/agent/service/drain/{id}',
      methods: {
        PUT: {
          about: 'Takes an instance out of service, and deregisters it after the deadline.',
          scope: 'member',
          needs: 'operations',
          parameters: ['enable', 'deadline', 'reason'],
          serve: (call) => set(parts, call, drainCheck(call)),
        },
      },
    },
  ];
}

const second = 1_000_000_000n;
const deadlineByDefault = 5n * 60n * second;
const deadlineMax = 24n * 3600n * second;

function holdCheck(call: Call): NewCheck {
  const notes = call.get('reason');
  const record = { name: 'Hold', notes, type: 'hold', definition: {}, status: 'critical' } as const;
  return { id: holdId, record };
}

function drainCheck(call: Call): NewCheck {
  const given = call.get('deadline');
  const deadline = given === '' ? deadlineByDefault : parseDuration(given);
  if (deadline === undefined || deadline < second || deadline > deadlineMax) {
    throw badRequest(`Invalid value for deadline: "${given}"; it is a time from 1s to 24h`);
  }
  const definition = { TTL: printDuration(deadline) };
  const notes = call.get('reason');
  const record = { name: 'Drain', notes, type: drainType, definition, status: 'critical' } as const;
  return { id: drainId, record };
}

async function set(parts: ConsulParts, call: Call, check: NewCheck): Promise<Answer> {
  const id = call.requiredPart('id', 'Missing service ID');
  const isOn = isEnabled(call);
  const subject = (await subjectOf(parts, call, id, check)) ?? undefined;
  if (subject === undefined) throw unknownService(id);
  const isThere = await parts.registrar.setMaintenance({ subject, ...check }, isOn, call.options);
  if (!isThere) throw unknownService(id);
  return {};
}

/** An instance; or one that is gone, and is still held. */
async function subjectOf(
  parts: ConsulParts,
  call: Call,
  id: string,
  check: NewCheck,
): Promise<Subject | undefined> {
  const instance = await instanceToChange(parts, call, id);
  if (instance !== undefined) {
    const { namespace, service, instance: own } = instance;
    return { kind: 'instance', name: { namespace, service, instance: own } };
  }
  for (const { id: known, subject } of knownCatalog(parts, call).checks()) {
    if (known !== check.id || subject.kind !== 'instance') continue;
    if (subject.name.instance === id) return subject;
  }
  return undefined;
}
