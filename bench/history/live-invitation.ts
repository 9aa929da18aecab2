import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'pg';
import { type ApiClient, apiClient } from '../../test/harness/api-client.ts';
import { type Arrivals, listenToArrivals } from '../processes/arrivals.ts';
import type { Outside } from '../stage/start-anchors.ts';
import type { Product } from '../stage/start-product.ts';

/** Between two steps of a life: people take longer, and what the step before set going is over. */
export const PAUSE_MS = 500;
/** The API allows no reminder this soon; the portal's row does. */
const REMINDER_SECONDS = 1;
const PASSWORD = 'seven violet herons cross the bay';

/** What becomes of an invitation. */
export type Life = 'confirm' | 're-invite' | 'remind' | 'put off' | 'deactivate';

/** Lives an invitation of the product from its add to its end. Returns its workflow's id. */
export type LiveInvitation = (life: Life) => Promise<string>;

/** How to live invitations in a portal without a cool-down. What it holds ends with `started`. */
export async function invitationLives(
  started: AsyncDisposableStack,
  { urls, portals: { withPassword: portal } }: Product,
  { arrivalsPort }: Outside,
  client: Client,
): Promise<LiveInvitation> {
  const api = apiClient(urls[0]!, portal.apiKey, `/v1/portals/${portal.portal}`);
  const arrivals = listenToArrivals(arrivalsPort);
  started.defer(() => arrivals.close());
  await client.query('update portals set re_invite_cooldown_seconds = 0');
  let count = 0;

  return async (life) => {
    count += 1;
    const reminders = life === 'remind' ? [REMINDER_SECONDS] : [3 * 86_400];
    await client.query('update portals set reminders_after_seconds = $1', [JSON.stringify(reminders)]);
    const email = `${life === 'put off' ? 'later' : 'user'}${count}@example.com`;
    const { id, workflowId, token } = await invite(api, arrivals, email);
    if (life === 'deactivate') {
      await api.post(`/users/${id}/deactivate`).expecting(200);
      return workflowId;
    }
    let newest = token;
    if (life === 're-invite') {
      const mail = arrivals.next(email);
      await api.post(`/users/${id}/re-invite`).expecting(202);
      newest = (await mail).token;
    }
    if (life === 'remind') newest = (await arrivals.next(email)).token;
    if (life === 're-invite' || life === 'remind') await sleep(PAUSE_MS);
    const accept = { accept: 'application/json' };
    await apiClient(urls[0]!, undefined).post(`/confirm/${newest}`, { password: PASSWORD }, accept).expecting(303);
    return workflowId;
  };
}

async function invite(api: ApiClient, arrivals: Arrivals, email: string) {
  const mail = arrivals.next(email);
  const { body } = await api.post('/users', { email, name: 'Jane Doe' }).expecting(201);
  const { token } = await mail;
  await sleep(PAUSE_MS);
  return { id: body.id as string, workflowId: body.invitation.workflowId as string, token };
}
