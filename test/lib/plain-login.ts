import type { LoginOptions, PasswordHasher } from '../../src/operations/index.ts';

/** Hashes that cost nothing: the password itself, after its cost. */
export const plainHasher: PasswordHasher = {
  hash: async (password, cost) => `${cost} ${password}`,
  matches: async (password, hash) => hash.slice(hash.indexOf(' ') + 1) === password,
};

/** Logins of tests: simple tokens, and hashes that cost nothing. */
export const plainLogin: LoginOptions = {
  passwords: plainHasher,
  bcryptCost: 4,
  simpleTokenTtlMs: 300_000,
  webTokens: undefined,
};
