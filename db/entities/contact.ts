import { defineEntity, type InferEntity, type Opt, p } from '@mikro-orm/postgresql';
import { v7 as uuid } from 'uuid';
import { Portal } from './portal.ts';

/** A customer the help desk knows. With `portal_users` and `invitation_emails` the only place of personal data. */
export const Contact = defineEntity({
  name: 'Contact',
  tableName: 'contacts',
  properties: {
    id: p
      .uuid()
      .primary()
      .onCreate(() => uuid()),
    portal: () => p.manyToOne(Portal).ref(),
    /** As it was typed. */
    email: p.text(),
    /** What makes two spellings one address: case-folded, domain in its ASCII form. */
    emailKey: p.text(),
    /** Sorted as people sort names, not by code point. */
    name: p.text().collation('und-x-icu'),
    account: p.text().nullable(),
    /** Kept by a trigger of `portal_users`, so that contacts who are none can be walked by name. */
    isPortalUser: p.boolean().default(false),
    /** What the search box looks in. */
    searchText: p
      .text()
      .$type<Opt<string>>()
      .generated((columns) => `(lower(${columns.name} || ' ' || ${columns.email})) stored`)
      .lazy(),
    createdAt: p.datetime(3).defaultRaw('now()'),
  },
  uniques: [{ name: 'contacts_portal_email_unique', properties: ['portal', 'emailKey'] }],
  indexes: [
    { name: 'contacts_portal_name_index', properties: ['portal', 'name', 'id'] },
    { name: 'contacts_portal_user_index', properties: ['portal', 'isPortalUser', 'name', 'id'] },
    { name: 'contacts_portal_created_index', properties: ['portal', 'createdAt', 'id'] },
    {
      name: 'contacts_search_index',
      expression: 'create index "contacts_search_index" on "contacts" using gin ("search_text" gin_trgm_ops)',
    },
  ],
  triggers: [
    {
      name: 'contacts_changed',
      timing: 'after',
      events: ['update'],
      body: `if new."name" is distinct from old."name" or new."email" is distinct from old."email" then perform pg_notify('portal_user_changed', "portal_id" || '/' || "id") from "portal_users" where "contact_id" = new."id"; end if; return null;`,
    },
  ],
});
export type Contact = InferEntity<typeof Contact>;
