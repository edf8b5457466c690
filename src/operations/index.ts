/**
 * Ask: what a caller may ask of a member, with limits, permissions and consistency. Every door leads here; this
 * room speaks no wire, and hands everything that must be agreed on to `replica`.
 */
export type * from './operations.ts';
