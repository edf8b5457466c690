/**
 * Tell: events to watchers, in order, without gaps, each at its reader's pace. The room knows neither the wire nor
 * the disk: it is told of new revisions, and reads the past from a `History`.
 */
export type * from './history.ts';
export type * from './messages.ts';
export { WatchHub } from './hub.ts';
export type { WatchHubOptions, WatchStats } from './hub.ts';
