import type { PortalUser, Request } from '../../db/entities/index.ts';
import type { OperatorRole } from '../../workflows/vocabulary.ts';
import { newAddress } from '../api/invite.ts';
import { readPortalUser } from '../harness/rows.ts';
import type { Stage } from '../harness/stage.ts';
import { formKeyIn, openConsole } from './open-console.ts';

/** A console with portal users who have requests. */
export async function openRequests(stage: Stage, role?: OperatorRole) {
  const opened = await openConsole(stage, role && { role });
  const { slug, api, client } = opened;
  const path = `/console/${slug}/requests`;
  return {
    ...opened,
    path,
    page: (request: Request) => `${path}/${request.id}`,
    addUser: async (name = 'Jane Doe', locale: string | null = null) => {
      const email = newAddress();
      const { body } = await api.post('/users', { email, name, locale }).expecting(201);
      await stage.sink.mailTo(email); // the invitation
      return readPortalUser(stage.db.database, body.id);
    },
    send: async (request: Request, action: 'reply' | 'status', fields: Record<string, string>) => {
      const { html } = await client.get(`${path}/${request.id}`);
      return client.post(`${path}/${request.id}/${action}`, { formKey: formKeyIn(html), ...fields });
    },
  };
}

export const emailOf = (user: PortalUser) => user.contact.getEntity().email;

/** What a page says, its tags left out. */
export const textOf = (html: string) => html.replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ');
