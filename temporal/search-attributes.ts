import type { NativeConnection } from '@temporalio/worker';
import { SEARCH_ATTRIBUTES } from '../vocabulary/workflows.ts';

/** `INDEXED_VALUE_TYPE_KEYWORD` of Temporal's API. */
const KEYWORD = 2;

/**
 * Registers the search attributes that are missing from the namespace. Safe to repeat, and from several workers at once.
 * Temporal Cloud takes them only from its own console or `tcld`.
 *
 * @throws Error that says which to add by hand, where the server does not let us
 */
export async function registerSearchAttributes(
  { operatorService }: Pick<NativeConnection, 'operatorService'>,
  namespace: string,
): Promise<void> {
  const names = Object.values(SEARCH_ATTRIBUTES);
  try {
    const { customAttributes } = await operatorService.listSearchAttributes({ namespace });
    const missing = names.filter((name) => !(name in (customAttributes ?? {})));
    if (missing.length === 0) return;
    await operatorService.addSearchAttributes({
      namespace,
      searchAttributes: Object.fromEntries(missing.map((name) => [name, KEYWORD])),
    });
  } catch (cause) {
    throw new Error(`Could not register search attributes: add ${names.join(', ')} (Keyword) to ${namespace} by hand`, {
      cause,
    });
  }
}
