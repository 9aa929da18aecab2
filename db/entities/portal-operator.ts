import { defineEntity, type InferEntity, p } from '@mikro-orm/postgresql';
import { v7 as uuid } from 'uuid';
import { newLinkSalt } from '../../links/confirmation-token.ts';
import { OPERATOR_ROLES } from '../../vocabulary/statuses.ts';
import { Operator } from './operator.ts';
import { Portal } from './portal.ts';

/**
 * An operator's membership of a portal. It opens nothing until the operator accepts it by a mailed link
 * ({@link ACCEPTED}). What the portal's owners see of a pending one was typed by themselves, so that it does not tell
 * whether the address works for another portal.
 */
export const PortalOperator = defineEntity({
  name: 'PortalOperator',
  tableName: 'portal_operators',
  properties: {
    /** In links and in the console's addresses; another one whenever the person is added again. */
    id: p
      .uuid()
      .primary()
      .onCreate(() => uuid()),
    operator: () => p.manyToOne(Operator).ref().deleteRule('cascade'),
    portal: () => p.manyToOne(Portal).ref().deleteRule('cascade').index(),
    /** What this portal calls them; other portals do not see it. */
    name: p.text(),
    /** The address as this portal typed it. */
    email: p.text(),
    role: p.enum(OPERATOR_ROLES),
    /** Number of the newest link; every earlier one is dead. */
    generation: p.integer().default(1),
    linkSalt: p.blob().onCreate(() => newLinkSalt()),
    /** Null where no link was ever needed. */
    linkExpiresAt: p.datetime(3).nullable(),
    /** Of a pending membership, by Postgres's clock when the row was read. */
    isLinkExpired: p
      .boolean()
      .formula((columns) => `${columns.acceptedAt} is null and coalesce(${columns.linkExpiresAt} <= now(), false)`),
    /** Null while the membership is pending. */
    acceptedAt: p.datetime(3).nullable(),
    createdAt: p.datetime(3).defaultRaw('now()'),
  },
  uniques: [{ name: 'portal_operators_unique', properties: ['operator', 'portal'] }],
});
export type PortalOperator = InferEntity<typeof PortalOperator>;

/** Where-clause of the memberships that open their portal. */
export const ACCEPTED = { acceptedAt: { $ne: null } } as const;

/** What a portal called an operator who was removed: its history still names them. Opens nothing. */
export const FormerPortalOperator = defineEntity({
  name: 'FormerPortalOperator',
  tableName: 'former_portal_operators',
  properties: {
    operator: () => p.manyToOne(Operator).ref().primary().deleteRule('cascade'),
    portal: () => p.manyToOne(Portal).ref().primary().deleteRule('cascade'),
    name: p.text(),
  },
});
export type FormerPortalOperator = InferEntity<typeof FormerPortalOperator>;
