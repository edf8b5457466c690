import { keyOfText } from '../base/key.ts';
import type { Key, KeyRange } from '../base/key.ts';

/** A service by name and namespace. Both compare without regard to the case of ASCII letters, as in DNS. */
export interface ServiceName {
  readonly namespace: string;
  readonly service: string;
}

/** Where an instance is registered. */
export interface InstanceName extends ServiceName {
  readonly instance: string;
}

/** The namespace of the keys `/services/<service>/<instance>`, which have none in them. */
export const defaultNamespace = 'default';

const servicesPrefix = '/services/';

/** All registrations. */
export const servicesRange: KeyRange = { start: servicesPrefix, end: '/services0' };

/** A string that is equal for equal services. */
export function serviceIdOf({ namespace, service }: ServiceName): string {
  return `${namespace}/${service}`.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
}

/** The key under which an instance is registered. */
export function keyOfInstance({ namespace, service, instance }: InstanceName): Key {
  const middle = namespace === defaultNamespace ? '' : `${namespace}/`;
  return keyOfText(`${servicesPrefix}${middle}${service}/${instance}`);
}

/**
 * The instance that a key below `/services/` names, as `<service>/<instance>` or `<namespace>/<service>/<instance>`.
 * Undefined for every other key: one with fewer or more parts, an empty part, bytes that are no UTF-8, or `default` as its namespace, since
 * one instance must not have two keys.
 */
export function instanceNameOf(key: Key): InstanceName | undefined {
  const text = textOf(key.slice(servicesPrefix.length));
  const parts = text?.split('/') ?? [];
  if (parts.includes('')) return undefined;
  const [first = '', second = '', third] = parts;
  if (parts.length === 2) {
    return { namespace: defaultNamespace, service: first, instance: second };
  }
  if (parts.length !== 3 || third === undefined || first === defaultNamespace) return undefined;
  return { namespace: first, service: second, instance: third };
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** The text of a key; undefined if its bytes are no UTF-8. */
function textOf(key: Key): string | undefined {
  try {
    return utf8.decode(Buffer.from(key, 'latin1'));
  } catch {
    return undefined;
  }
}
