import type { EntityManager } from './database.ts';

/**
 * Until the transaction ends nobody else changes who works for this portal, or what is known of this person: each change
 * sees what the one before left. Portal users can be added meanwhile.
 */
export async function lockOperatorsOf(em: EntityManager, portalId: string): Promise<void> {
  await em.execute('select from portals where id = ? for no key update', [portalId]);
}

/** After {@link lockOperatorsOf}, never before: two locks in one order cannot wait for each other. */
export async function lockOperator(em: EntityManager, emailKey: string): Promise<void> {
  await em.execute('select from operators where email_key = ? for no key update', [emailKey]);
}
