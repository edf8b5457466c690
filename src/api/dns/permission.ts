import { RegistryError } from '../../base/errors.ts';
import type { Operations } from '../../operations/index.ts';
import { visibleTo } from '../../registry/index.ts';
import type { Catalog, CatalogView } from '../../registry/index.ts';

export type SightOperations = Pick<Operations, 'anonymous' | 'rightsOf'>;

/**
 * The part of the catalog that clients of DNS may read. Nobody logs in over DNS, so all of them are one caller: `user`, or
 * without one a caller with the rights of the role `anonymous`. Looked at for each question, so that a change of users and
 * roles counts at once; the view stays one object for as long as the rights are the same.
 */
export function dnsSight(
  { anonymous, rightsOf }: SightOperations,
  user: string | undefined,
): (catalog: Catalog) => CatalogView | 'refused' {
  return (catalog) => {
    const nobody = anonymous();
    if (nobody === undefined) return catalog;
    const isUser = user !== undefined && nobody.kind === 'user';
    const identity = isUser ? { ...nobody, name: user } : nobody;
    try {
      return visibleTo(catalog, rightsOf({ api: 'dns', address: undefined, identity }));
    } catch (error) {
      // There is no such user.
      if (error instanceof RegistryError) return 'refused';
      throw error;
    }
  };
}
