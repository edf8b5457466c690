import type {
  CatalogView,
  FindCheck,
  Instance,
  NewCheck,
  Node,
  NodeRecord,
} from '../../../registry/index.ts';
import { RegistryError } from '../../../base/errors.ts';
import { folded, keyOfNode } from '../../../registry/index.ts';
import type { Answer } from '../frame/answer.ts';
import type { Call } from '../frame/call.ts';
import { foundIn, namespaceOf, readCatalog } from './query.ts';
import { catalogCheckOf } from './check-fields.ts';
import type { JsonFields } from '../frame/json-in.ts';
import type { ConsulParts } from '../parts.ts';
import { checkDatacenter } from '../frame/query.ts';
import { ConsulRefusal, failed } from '../frame/refusals.ts';
import type { Route } from '../frame/route.ts';
import { serviceOf } from './service-fields.ts';
import type { NewInstance } from './service-fields.ts';

/** Nodes that run no member, with their instances and checks, which others run. */
export function catalogWriteRoutes(parts: ConsulParts): readonly Route[] {
  return [
    {
      path: '/v1/catalog/register',
      methods: {
        PUT: {
          about: 'Registers a node, an instance on it, and checks that nobody here runs.',
          scope: 'datacenter',
          needs: 'operations',
          takesNamespace: true,
          parameters: ['ns'],
          body: 'json',
          serve: (call) => register(parts, call),
        },
      },
    },
    {
      path: '/v1/catalog/deregister',
      methods: {
        PUT: {
          about: 'Removes an instance, a check, or a node with all that is on it.',
          scope: 'datacenter',
          needs: 'operations',
          takesNamespace: true,
          parameters: ['ns'],
          body: 'json',
          serve: (call) => deregister(parts, call),
        },
      },
    },
  ];
}

async function register(parts: ConsulParts, call: Call): Promise<Answer> {
  const fields = call.fields();
  checkOwnDatacenter(parts, fields);
  const node = nodeOf(fields);
  const catalog = await readCatalog(parts, call, 'default');
  const instance = instanceOf(call, fields, node.name);
  const checks = checksOf(fields, node.name);
  // All is checked before anything is written.
  const ofNode = checks.filter(({ serviceId }) => serviceId === '');
  const ofInstances = checks.filter(({ serviceId }) => serviceId !== '');
  const own = ofInstances.filter(
    ({ serviceId }) => folded(serviceId) === folded(instance?.name.instance ?? ''),
  );
  const others = ofInstances.filter((check) => !own.includes(check));
  const subjects = await Promise.all(
    others.map(async (check) => {
      const subject = await foundIn(parts, call, (now) => subjectOn(now, node.name, check));
      if (subject === undefined) throw unknownOf(check);
      return { check, subject };
    }),
  );
  const { registrar } = parts;
  const known = catalog.node(node.name);
  // A member tells the others where it is.
  const isKept = known?.isMember === true || (fields.flag('SkipNodeUpdate') && known !== undefined);
  const former = formerOf(catalog, node);
  if (!isKept) await registrar.registerNode(node, call.options);
  if (former !== undefined) await registrar.deregisterNode(former.name, call.options);
  // The checks of the node first: an instance on a node that fails is never well, not even for a moment.
  if (ofNode.length > 0) {
    await registrar.registerChecks({ kind: 'node', node: node.name }, ofNode, call.options);
  }
  if (instance !== undefined) {
    await registrar.register({ ...instance, checks: own, replacesChecks: false }, call.options);
  }
  for (const { check, subject } of subjects) {
    if (!(await registrar.registerChecks(subject, [check], call.options))) throw unknownOf(check);
  }
  return { json: true };
}

const uuid = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;

function nodeOf(fields: JsonFields): NodeRecord {
  const name = fields.text('Node');
  if (name === '') throw failed('Must provide node');
  const address = fields.text('Address');
  if (address === '' && !fields.flag('SkipNodeUpdate')) {
    throw failed('Must provide address if SkipNodeUpdate is not set');
  }
  const id = fields.text('ID');
  if (id !== '' && !uuid.test(id)) throw failed('Bad node ID: it is no UUID');
  return {
    name,
    id,
    address,
    taggedAddresses: fields.textMap('TaggedAddresses'),
    meta: fields.textMap('NodeMeta'),
  };
}

function instanceOf(call: Call, fields: JsonFields, node: string): NewInstance | undefined {
  const service = fields.object('Service');
  if (service === undefined) return undefined;
  if (service.text('Service') === '') {
    if (service.text('ID') === '') return undefined;
    throw failed('Must provide service name with ID');
  }
  try {
    return serviceOf(service, {
      nameField: 'Service',
      namespace: namespaceOf(call),
      node,
      address: '',
      tagsAddress: false,
    });
  } catch (error) {
    // Consul answers 500 here.
    throw error instanceof ConsulRefusal ? failed(error.message) : error;
  }
}

/** The node that had this ID under another name: it was renamed, and goes with its instances, as in Consul. */
function formerOf(catalog: CatalogView, { id, name }: NodeRecord): Node | undefined {
  if (id === '') return undefined;
  for (const node of catalog.nodes()) {
    if (folded(node.id) !== folded(id) || folded(node.name) === folded(name)) continue;
    if (!node.isMember) return node;
    throw failed(`Node ID "${id}" is that of the member "${node.name}"; give the node another one`);
  }
  return undefined;
}

type CatalogCheck = NewCheck & { readonly serviceId: string };

function checksOf(fields: JsonFields, node: string): readonly CatalogCheck[] {
  const single = fields.object('Check');
  return [...(single === undefined ? [] : [single]), ...fields.objects('Checks')].map((check) => {
    const made = catalogCheckOf(check);
    const other = check.text('Node');
    if (other !== '' && folded(other) !== folded(node)) {
      throw failed(
        `Node '${other}' for check '${made.id}' doesn't match register request node '${node}'`,
      );
    }
    return made;
  });
}

/** The instance on the node that a check is of. */
function subjectOn(
  catalog: CatalogView,
  node: string,
  check: CatalogCheck,
): { readonly kind: 'instance'; readonly name: NewInstance['name'] } | undefined {
  const found = catalog.instancesOn(node).find(({ id }) => folded(id) === folded(check.serviceId));
  if (found === undefined) return undefined;
  const { namespace, service, instance } = found;
  return { kind: 'instance', name: { namespace, service, instance } };
}

function unknownOf({ id, serviceId }: CatalogCheck): ConsulRefusal {
  return failed(`Unknown service ID '${serviceId}' for check ID '${id}'`);
}

function checkOwnDatacenter({ datacenter }: ConsulParts, fields: JsonFields): void {
  checkDatacenter(new URLSearchParams({ dc: fields.text('Datacenter') }), datacenter);
}

async function deregister(parts: ConsulParts, call: Call): Promise<Answer> {
  const fields = call.fields();
  checkOwnDatacenter(parts, fields);
  const node = fields.text('Node');
  if (node === '') throw failed('Must provide node');
  const [serviceId, checkId] = [fields.text('ServiceID'), fields.text('CheckID')];
  const { registrar } = parts;
  if (serviceId !== '') {
    const find = (catalog: CatalogView): readonly Instance[] =>
      catalog.instancesOn(node).filter(({ id }) => folded(id) === folded(serviceId));
    await registrar.deregister(find, call.options);
  } else if (checkId !== '') {
    await registrar.deregisterCheck(checkOn(node, checkId), call.options);
  } else {
    checkMayWrite(parts, call, node);
    await registrar.deregisterNode(node, call.options);
  }
  return { json: true };
}

/** Also of a node that is not there: the refusal must not tell which ones are. */
function checkMayWrite({ operations }: ConsulParts, { options }: Call, node: string): void {
  const rights = operations.rightsOf(options.caller);
  if (rights === undefined || rights.mayWriteKey(keyOfNode(node))) return;
  throw new RegistryError('permission-denied', `the caller may not write the node ${node}`);
}

/** A check of a node, or of an instance on it. */
function checkOn(node: string, id: string): FindCheck {
  return (catalog) =>
    [
      ...(catalog.node(node)?.checks ?? []),
      ...catalog.instancesOn(node).flatMap(({ checks }) => checks),
    ].find((check) => folded(check.id) === folded(id));
}
