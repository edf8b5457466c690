import { expect, test } from 'vitest';
import { reflectionMethods } from '../../../src/api/reflection/index.ts';
import { describedFiles } from '../../../src/gen/descriptors.ts';
import { grpc } from '../../../src/gen/etcd.js';

const { ServerReflectionRequest, ServerReflectionResponse } = grpc.reflection.v1;
type Request = grpc.reflection.v1.ServerReflectionRequest.$Properties;

/** The response to one request, over the current version of the protocol. */
function ask(request: Request): grpc.reflection.v1.ServerReflectionResponse {
  const [method] = reflectionMethods(describedFiles);
  if (method?.kind !== 'stream') throw new Error('reflection is a stream');
  const answers: Uint8Array[] = [];
  const context = {
    address: '10.0.0.9',
    signal: new AbortController().signal,
    metadata: () => undefined,
  };
  const stream = method.open(context, {
    push: (bytes) => answers.push(bytes) > 0,
    pushAlike: () => true,
    end() {},
    pause() {},
    resume() {},
  });
  stream.message(ServerReflectionRequest.encode(request).finish());
  return ServerReflectionResponse.decode(answers[0] ?? new Uint8Array());
}

test('services are listed by their full names', () => {
  const { list_services_response } = ask({ list_services: '*' });
  const names = list_services_response?.service?.map(({ name }) => name);
  expect(names).toContain('etcdserverpb.KV');
  expect(names).toContain('v3lockpb.Lock');
  expect(names).toContain('grpc.health.v1.Health');
});

test.each(['etcdserverpb.KV', 'etcdserverpb.KV.Put', 'etcdserverpb.PutRequest', 'mvccpb.KeyValue'])(
  'the file that says what %s is comes first, with its name in it',
  (symbol) => {
    const { file_descriptor_response } = ask({ file_containing_symbol: symbol });
    const [file] = file_descriptor_response?.file_descriptor_proto ?? [];
    const [packageName = '', name = ''] = symbol.split('.');
    const text = Buffer.from(file ?? []).toString('latin1');
    expect(text).toContain(packageName);
    expect(text).toContain(name);
  },
);

test('an unknown name is an error response, and does not end the stream', () => {
  const unknown = ask({ file_containing_symbol: 'no.such.Thing' });
  expect(unknown.error_response?.error_code).toBe(5);
  expect(ask({ file_by_filename: 'no-such.proto' }).error_response?.error_code).toBe(5);
});
