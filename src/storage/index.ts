/**
 * The disk of one member: LevelDB, or memory for tests and for members inside a program. Both keep log and state in
 * one place, so that one write, and one fsync, carries both.
 */
export { StorageCorruption } from './corruption.ts';
export { openLevelStore } from './level-store.ts';
export type { LevelStoreOptions } from './level-store.ts';
export { createMemoryStore, MemoryDisk } from './memory-store.ts';
