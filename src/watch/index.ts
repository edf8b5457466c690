/**
 * Sends events to watchers, in order, without gaps, each at its reader's pace. Knows neither wire nor disk: the
 * replica publishes new revisions, and the past is read from a `History`.
 */
export type * from './history.ts';
export type * from './messages.ts';
export { WatchHub } from './hub.ts';
export type { WatchHubOptions, WatchStats } from './hub.ts';
