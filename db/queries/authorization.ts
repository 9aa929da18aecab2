import type { EntityManager } from '../database.ts';
import { Portal, PortalOperator, PortalUser } from '../entities/index.ts';
import { SLUG_PATTERN } from '../entities/portal.ts';
import { ACCEPTED } from '../entities/portal-operator.ts';

/** @param slug any text, as from an address */
export async function findPortal(em: EntityManager, slug: string, populate: 'logo'[] = []): Promise<Portal | null> {
  return SLUG_PATTERN.test(slug) ? em.findOne(Portal, { slug }, { populate }) : null;
}

/**
 * The portal user who may sign in at a portal, stay signed in there and choose a new password: a confirmed one, and none where the
 * customers use a site of their own.
 *
 * @param populate besides the user's own columns
 */
export async function findAuthorizedUser(
  em: EntityManager,
  portal: Portal,
  by: { id: string } | { contact: { emailKey: string } },
  populate: ('contact' | 'portal' | 'passwordHash')[],
): Promise<PortalUser | null> {
  if (portal.hasOwnSite) return null;
  const where = { ...by, portal: portal.id, confirmationStatus: 'confirmed' } as const;
  return (await em.findOne(PortalUser, where, { populate, strategy: 'joined' })) as PortalUser | null;
}

/** The memberships by which an operator works for portals, by the portals' names, with operator and portal loaded. */
export async function findMemberships(em: EntityManager, operatorId: string): Promise<PortalOperator[]> {
  const memberships = await em.find(
    PortalOperator,
    { operator: operatorId, ...ACCEPTED },
    { populate: ['operator', 'portal'], strategy: 'joined', orderBy: { portal: { name: 'asc' } } },
  );
  return memberships as unknown as PortalOperator[];
}

/** Whether an operator works for any portal, and so may sign in. */
export async function isOperatorOfAny(em: EntityManager, operatorId: string): Promise<boolean> {
  return (await em.count(PortalOperator, { operator: operatorId, ...ACCEPTED })) > 0;
}
