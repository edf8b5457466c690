/**
 * Makes src/gen from proto/: the codec of etcd's API, a description of its messages for code that writes them in
 * another form, and the descriptors that tools ask for over gRPC's reflection. What is made is committed, so that a
 * fresh clone runs without this step, and a member reads no proto file; a test makes it again and compares.
 *
 *   npm run proto            writes src/gen
 *   npm run proto -- DIR     writes into DIR instead
 */
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { loadSync } from '@grpc/proto-loader';
import protobuf from 'protobufjs';
import descriptor from 'protobufjs/ext/descriptor.js';
import { z } from 'zod';

const project = dirname(import.meta.dirname);
const target = process.argv[2] ?? join(project, 'src/gen');
const pbjs = createRequire(import.meta.url).resolve('protobufjs-cli/bin/pbjs');
const files = ['rpc', 'kv', 'auth', 'lock', 'election', 'health', 'reflection'].map(
  (name) => `${name}.proto`,
);

const schemaTypes = `
export interface Schema {
  /** The types of request and response of each call, by its path. */
  readonly calls: Readonly<Record<string, readonly string[]>>;
  /** The fields of each message, in the order of the proto file. */
  readonly messages: Readonly<Record<string, readonly SchemaField[]>>;
  /** The numbers of each enum's names. */
  readonly enums: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

export interface SchemaField {
  readonly name: string;
  /** Of protobuf, or the name of a message or an enum. */
  readonly type: string;
  readonly repeated?: boolean;
  readonly oneof?: string;
}
`;

const descriptorTypes = `
/** One package of the API. */
export interface DescribedFile {
  readonly name: string;
  readonly package: string;
  /** Full names of the services, of the messages and of the enums in it. */
  readonly services: readonly string[];
  readonly types: readonly string[];
  /** The FileDescriptorProto, encoded, in base64. */
  readonly encoded: string;
}
`;

/** The fields of a FileDescriptorProto that are read here. The loader makes one file of each package. */
const fileForm = z.object({ name: z.string(), package: z.string() });

mkdirSync(target, { recursive: true });
// Types are made from comments, which the code does not need: so they are generated separately.
const withComments = mkdtempSync(join(tmpdir(), 'generate-'));
run('--dts', '--out', join(withComments, 'etcd.js'));
copyFileSync(join(withComments, 'etcd.d.ts'), join(target, 'etcd.d.ts'));
rmSync(withComments, { recursive: true });
run('--no-comments', '--out', join(target, 'etcd.js'));
writeFileSync(join(target, 'schema.ts'), schemaModule(['rpc', 'lock', 'election']));
writeFileSync(
  join(target, 'descriptors.ts'),
  descriptorModule(['rpc', 'lock', 'election', 'health', 'reflection']),
);

function run(...options: readonly string[]): void {
  const common = ['--target', 'static-module', '--wrap', 'esm', '--keep-case', '--path', 'proto'];
  const without = ['create', 'verify', 'convert', 'delimited', 'typeurl', 'service'].map(
    (part) => `--no-${part}`,
  );
  execFileSync(process.execPath, [pbjs, ...common, ...without, ...options, ...files], {
    cwd: project,
    stdio: 'inherit',
  });
}

/** A module that describes the calls of these files and every message that they can bring. */
function schemaModule(names: readonly string[]): string {
  const root = new protobuf.Root();
  root.resolvePath = (_origin, file) => join(project, 'proto', file);
  root.loadSync(
    names.map((name) => `${name}.proto`),
    { keepCase: true },
  );
  root.resolveAll();

  const calls: Record<string, readonly string[]> = {};
  const messages: Record<string, readonly object[]> = {};
  const enums: Record<string, object> = {};
  const packages = root.nestedArray.filter((one) => one instanceof protobuf.Namespace);
  const services = packages
    .flatMap(({ nestedArray }) => nestedArray)
    .filter((one) => one instanceof protobuf.Service);
  for (const service of services) {
    for (const method of service.methodsArray) {
      const types = [method.resolvedRequestType, method.resolvedResponseType];
      calls[`/${nameOf(service)}/${method.name}`] = types.map(describe);
    }
  }
  return [
    '/** Made from proto/ by scripts/generate.ts; not to be edited. */',
    schemaTypes,
    `export const schema: Schema = ${JSON.stringify({ calls, messages, enums }, null, 2)};`,
    '',
  ].join('\n');

  /** Describes a type, and those of its fields, once; gives its name. */
  function describe(type: protobuf.Type | protobuf.Enum | null): string {
    if (type === null) throw new Error('a type is not resolved');
    const name = nameOf(type);
    if (type instanceof protobuf.Enum) {
      enums[name] = type.values;
    } else if (messages[name] === undefined) {
      const fields: object[] = [];
      messages[name] = fields;
      for (const field of type.fieldsArray) fields.push(fieldOf(field));
    }
    return name;
  }

  function fieldOf(field: protobuf.Field): object {
    if (field.map) throw new Error(`${field.fullName}: maps are not described`);
    const { resolvedType, partOf, repeated } = field;
    return {
      name: field.name,
      type: resolvedType === null ? field.type : describe(resolvedType),
      ...(repeated ? { repeated } : {}),
      ...(partOf === null ? {} : { oneof: partOf.name }),
    };
  }
}

/** A module that holds the descriptors of everything in these files. */
function descriptorModule(names: readonly string[]): string {
  const definitions = loadSync(
    names.map((name) => `${name}.proto`),
    { includeDirs: [join(project, 'proto')], keepCase: true },
  );
  const byName = new Map<string, z.infer<typeof fileForm> & { encoded: string }>();
  const services: string[] = [];
  const types: string[] = [];
  for (const [symbol, definition] of Object.entries(definitions)) {
    if (!('fileDescriptorProtos' in definition)) {
      services.push(symbol);
      continue;
    }
    types.push(symbol);
    for (const bytes of z.array(z.instanceof(Buffer)).parse(definition.fileDescriptorProtos)) {
      const file = fileForm.parse(descriptor.FileDescriptorProto.decode(bytes));
      byName.set(file.name, { ...file, encoded: bytes.toString('base64') });
    }
  }
  const described = [...byName.values()].map(({ name, package: own, encoded }) => {
    const isOwn = (symbol: string): boolean => symbol.startsWith(`${own}.`);
    return {
      name,
      package: own,
      services: services.filter(isOwn).toSorted(),
      types: types.filter(isOwn).toSorted(),
      encoded,
    };
  });
  return [
    '/** Made from proto/ by scripts/generate.ts; not to be edited. */',
    descriptorTypes,
    `export const describedFiles: readonly DescribedFile[] = ${JSON.stringify(described, null, 2)};`,
    '',
  ].join('\n');
}

/** ".etcdserverpb.KV" -> "etcdserverpb.KV" */
function nameOf({ fullName }: protobuf.ReflectionObject): string {
  return fullName.slice(1);
}
