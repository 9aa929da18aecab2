import type { PortalRequest, PortalUser } from '../../db/entities/index.ts';
import type { OperatorRole } from '../../vocabulary/statuses.ts';
import { newAddress } from './invite.ts';
import { formKeyIn, openConsole } from './open-console.ts';
import { readPortalUser } from './rows.ts';
import type { Stage } from './stage.ts';

/** A console with portal users who have requests. */
export async function openRequests(stage: Stage, role?: OperatorRole) {
  const opened = await openConsole(stage, role && { role });
  const { slug, api, client } = opened;
  const path = `/console/${slug}/requests`;
  return {
    ...opened,
    path,
    page: (request: PortalRequest) => `${path}/${request.id}`,
    addUser: async (name = 'Jane Doe', locale: string | null = null) => {
      const email = newAddress();
      const { body } = await api.post('/users', { email, name, locale }).expecting(201);
      await stage.sink.mailTo(email); // the invitation
      return readPortalUser(stage.db.database, body.id);
    },
    send: async (request: PortalRequest, action: 'reply' | 'status', fields: Record<string, string>) => {
      const { html } = await client.get(`${path}/${request.id}`);
      return client.post(`${path}/${request.id}/${action}`, { formKey: formKeyIn(html), ...fields });
    },
  };
}

export const emailOf = (user: PortalUser) => user.contact.getEntity().email;

/** What a page says, its tags left out. */
export const textOf = (html: string) => html.replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ');
