/** Services, instances, nodes and checks, expressed as keys; a live catalog of them on every member. */
export { Catalog, newestOf } from './catalog.ts';
export { VisibleCatalog, visibleTo } from './visible-catalog.ts';
export type { CatalogView, Sight } from './visible-catalog.ts';
export type { CatalogOptions, Deletions } from './catalog.ts';
export {
  drainId,
  drainType,
  encodeCheck,
  holdId,
  encodeNode,
  isCheckStatus,
  isMaintenance,
  nodeMaintenanceId,
  recordOfGiven,
  serviceMaintenancePrefix,
  typeOfDefinition,
  worstOf,
} from './check.ts';
export type { CheckRecord, CheckStatus, GivenCheck, HealthStatus, NodeRecord } from './check.ts';
export { AbsentNames } from './absent-names.ts';
export type { AbsentName, AskingApi } from './absent-names.ts';
export { textOfChange } from './change-text.ts';
export { explainInstance, explainService, reasons } from './explain.ts';
export type {
  AskedFor,
  ExplainFacts,
  Explanation,
  Finding,
  Reason,
  ServiceExplanation,
} from './explain.ts';
export { departureOf } from './departure.ts';
export type { Actor, CheckThen, DepartureReason, DepartureRecord } from './departure.ts';
export { departedMs, History } from './history.ts';
export type { Change, ChangeKind, ChangedCheck, HistoryOptions, SubjectState } from './history.ts';
export { startCheckDuty } from './check-duty.ts';
export type { CheckDuty, CheckDutyOptions, CheckRuns } from './check-duty.ts';
export { hasFailed } from './protection.ts';
export type { Protection } from './protection.ts';
export { planOf } from './check-plan.ts';
export type { CheckPlan } from './check-plan.ts';
export { nodeIdOf } from './entries.ts';
export { followCatalog } from './follow-catalog.ts';
export type { FollowedCatalog } from './follow-catalog.ts';
export { checkMeant, instancesMeant, isOfAgent, isUsualId, seatOf } from './identity.ts';
export type { AgentCaller, Identity, Meant, Registered, Seat } from './identity.ts';
export { encodeRegistration, registrationOf } from './instance.ts';
export {
  areWellEnough,
  hasTags,
  inAnswers,
  isWellEnough,
  keepsInstance,
  weightOf,
} from './in-answers.ts';
export type { Candidates, Wanted } from './in-answers.ts';
export { reachOf, reachOfNode, virtualAddressesOf } from './reach.ts';
export type { Reachable } from './reach.ts';
export type { Registration, TaggedAddress, Weights } from './instance.ts';
export {
  catalogRanges,
  defaultNamespace,
  folded,
  keyOfCheck,
  keyOfDeparture,
  keyOfInstance,
  keyOfNode,
  rangesOfService,
  serviceIdOf,
} from './keys.ts';
export type { Probe, Prober, ProbeKind, ProbeResult, ProbeTls } from './prober.ts';
export type { CheckTable, InstanceName, ServiceName, Subject } from './keys.ts';
export { isOfOperator, Registrar } from './registrar.ts';
export type { NewCheck } from './draft-checks.ts';
export type {
  CheckReport,
  FindCheck,
  FindInstances,
  RegisterRequest,
  RegistrarOptions,
} from './registrar.ts';
export type { BadKey, Departure, MemberNode } from './tables.ts';
export { durationMsOf, ttlSecondsOf } from './definition.ts';
export { topics } from './topics.ts';
export type { Topic } from './topics.ts';
export { recordOf } from './views.ts';
export type * from './views.ts';
export { eventKeys, kvKeys, queryKeys, sessionKeys } from './kv-keys.ts';
export { uuidOf } from './uuid.ts';
