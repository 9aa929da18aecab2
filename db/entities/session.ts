import { defineEntity, type InferEntity, p } from '@mikro-orm/postgresql';
import { v7 as uuid } from 'uuid';
import { Operator } from './operator.ts';
import { PortalUser } from './portal-user.ts';

/** What the next page of a signed-in browser needs. */
export interface SessionNotes {
  /** Text that a portal user typed while no session was there, for the form on the page with this path. */
  draft?: { path: string; fields: Record<string, string> };
  /** Shown on the next page, once. */
  flash?: { kind: 'done' | 'problem'; text: string };
}

/** A browser in which an operator or a portal user is signed in. When it ends is computed: {@link SESSION_END}. */
export const Session = defineEntity({
  name: 'Session',
  tableName: 'sessions',
  properties: {
    /** Names the session on the account page; it opens nothing. */
    id: p
      .uuid()
      .primary()
      .onCreate(() => uuid()),
    /** SHA-256 of the id in the cookie: 192 random bits need no slow hash. */
    secretHash: p.blob().unique(),
    operator: () => p.manyToOne(Operator).ref().nullable().deleteRule('cascade').index(),
    portalUser: () => p.manyToOne(PortalUser).ref().nullable().deleteRule('cascade').index(),
    notes: p.json<SessionNotes>().columnType('json').defaultRaw("'{}'"),
    /** The header of the sign-in, cut short: what the account page calls this browser. */
    userAgent: p.text().nullable(),
    createdAt: p.datetime(3),
    /** At most a minute behind: not every request writes it. */
    lastUsedAt: p.datetime(3),
  },
  checks: [{ name: 'sessions_one_person_check', expression: 'num_nonnulls(operator_id, portal_user_id) = 1' }],
});
export type Session = InferEntity<typeof Session>;
