import { nothingToCancel } from '../../base/clock.ts';
import type { Cancel } from '../../base/clock.ts';
import type { Login } from '../../state/index.ts';
import type { Core } from '../core.ts';
import type { LoginOptions } from './login-options.ts';

/**
 * Ends logins whose simple tokens were not shown to this member for too long. For a token that never was, the time begins
 * at the first round after its login. Each member counts by itself, as in etcd. Returns how to stop.
 */
export function startTokenExpiry(core: Core): Cancel {
  const { clock, login } = core.options;
  const everyMs = Math.min(10_000, Math.max(100, login.simpleTokenTtlMs / 10));
  let cancel = nothingToCancel;
  const round = (): void => {
    const { auth } = core.state;
    const now = clock.nowMs();
    for (const one of auth.logins) {
      if (isOver(one, now, login)) auth.forget(one);
      else one.usedMs ??= now;
    }
    cancel = clock.after(everyMs, round);
  };
  round();
  return () => cancel();
}

/** True if the token was not shown for too long. */
export function isOver(
  { usedMs }: Login,
  now: number,
  { simpleTokenTtlMs }: Pick<LoginOptions, 'simpleTokenTtlMs'>,
): boolean {
  return usedMs !== undefined && now - usedMs > simpleTokenTtlMs;
}
