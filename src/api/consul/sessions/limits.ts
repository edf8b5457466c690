/** Bounds of Consul on the TTL of a session, in nanoseconds. */
export const sessionTtlMin = 10_000_000_000n;
export const sessionTtlMax = 86_400_000_000_000n;
