/**
 * Descriptors that a member needs for its log, LevelDB, snapshots, the other members and Node.js itself. etcd keeps as many from its clients.
 * Without one for the log or for LevelDB, the member ends.
 */
const ownFiles = 150;
/** Tables that are kept open for reads of cold values; without them LevelDB reads those. */
const tablesMax = 1024;

/** How the descriptors that the system gives are shared. */
export interface FileShares {
  /** Connections of clients. */
  readonly connectionsMax: number;
  /** Tables open for reads of cold values. */
  readonly tablesMax: number;
}

/** `filesMax`: what the system gives this process; Infinity if it does not say. */
export function fileShares(filesMax: number): FileShares {
  const tables = Math.min(tablesMax, Math.floor(filesMax / 4));
  const connectionsMax = Math.max(filesMax - ownFiles - tables, Math.floor(filesMax / 2));
  return { connectionsMax, tablesMax: tables };
}
