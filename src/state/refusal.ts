import { RegistryError } from '../base/errors.ts';
import type { CommandResult } from './command.ts';

/** A command or a read that is refused; nothing was changed. */
export type Refusal = CommandResult & { readonly kind: 'error' };

export function throwIfRefused(refusal: Refusal | undefined): void {
  if (refusal !== undefined) throw new RegistryError(refusal.code, refusal.message);
}
