/**
 * The disk of one member: LevelDB with files of the log and of large records beside it, or memory for tests and for members
 * inside a program.
 */
export { StorageCorruption } from './corruption.ts';
export { syncFolder } from './disk-calls.ts';
export { openLevelStore } from './level-store.ts';
export type { LevelStoreOptions } from './level-store.ts';
export { createMemoryStore, MemoryDisk } from './memory-store.ts';
