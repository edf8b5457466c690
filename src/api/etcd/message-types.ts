import { present } from '../../base/assert.ts';
import { schema } from '../../gen/schema.ts';
import type { SchemaField } from '../../gen/schema.ts';
import type { CallTypes, Field, MessageType, Value } from '../gateway/index.ts';

/** The types of a call, by its path: "/etcdserverpb.KV/Put". */
export function callTypes(path: string): CallTypes {
  const [request, response] = present(schema.calls[path], `the types of ${path}`);
  return {
    request: messageType(present(request, `the request of ${path}`)),
    response: messageType(present(response, `the response of ${path}`)),
  };
}

const types = new Map<string, MessageType>();

/** Made once. Message types may refer to each other, so a field looks up its type when it is first used. */
function messageType(name: string): MessageType {
  let type = types.get(name);
  if (type === undefined) {
    type = { name, fields: present(schema.messages[name], `the fields of ${name}`).map(fieldOf) };
    types.set(name, type);
  }
  return type;
}

function fieldOf({ name, type, repeated = false, oneof }: SchemaField): Field {
  return { name, repeated, oneof, value: valueOf(type) };
}

function valueOf(type: string): Value {
  switch (type) {
    case 'bool':
    case 'string':
    case 'bytes':
    case 'int32':
    case 'uint32':
    case 'int64':
    case 'uint64':
      return { kind: type };
    default: {
      const numbers = schema.enums[type];
      if (numbers !== undefined) return { kind: 'enum', numbers };
      return { kind: 'message', type: () => messageType(type) };
    }
  }
}
