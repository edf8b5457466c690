/** Services and instances, expressed as keys; a live catalog of them on every member. */
export { Catalog } from './catalog.ts';
export type { BadRegistration, Service } from './catalog.ts';
export { followCatalog } from './follow-catalog.ts';
export type { FollowedCatalog } from './follow-catalog.ts';
export type { Instance, Registration, Weights } from './instance.ts';
export { defaultNamespace, servicesRange } from './keys.ts';
export type { InstanceName, ServiceName } from './keys.ts';
