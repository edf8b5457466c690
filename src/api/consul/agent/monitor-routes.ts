import type { LogLevel } from '../../../base/log-tap.ts';
import type { Answer } from '../frame/answer.ts';
import type { Call } from '../frame/call.ts';
import { badRequest } from '../frame/refusals.ts';
import { getRoute } from '../frame/route.ts';
import type { Route } from '../frame/route.ts';
import type { ConsulParts } from '../parts.ts';

/** Names of levels, in Consul's words. Here nothing is below `debug`. */
const levels: ReadonlyMap<string, LogLevel> = new Map<string, LogLevel>([
  ['', 'info'],
  ['trace', 'debug'],
  ['debug', 'debug'],
  ['info', 'info'],
  ['warn', 'warn'],
  ['err', 'error'],
  ['error', 'error'],
]);

/** The log of this member, as it goes on. */
export function monitorRoutes(parts: ConsulParts): readonly Route[] {
  return [
    getRoute('/v1/agent/monitor', {
      about: 'The lines of the log of this member from now on; with `logjson` as JSON.',
      scope: 'member',
      needs: 'root',
      parameters: ['loglevel', 'logjson'],
      serve: (call) => monitor(parts, call),
    }),
  ];
}

async function monitor({ monitors, operations }: ConsulParts, call: Call): Promise<Answer> {
  const given = call.get('loglevel');
  const least = levels.get(given.toLowerCase());
  if (least === undefined) throw badRequest(`Unknown log level: ${given}`);
  // The log is for callers that may read the status of the member.
  await operations.status({}, call.options);
  return {
    contentType: 'text/plain; charset=utf-8',
    stream: monitors.follow({ least, isJson: call.has('logjson'), gone: call.gone() }),
  };
}
