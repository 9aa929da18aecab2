import { Router } from 'express';
import { createApiKey, revokeApiKey } from '../../commands/portals/api-keys.ts';
import { inTransaction } from '../../commands/transaction.ts';
import { readClock } from '../../db/database.ts';
import { ApiKey } from '../../db/entities/index.ts';
import { nameActors } from '../../db/events.ts';
import { listApiKeys } from '../../db/queries/api-keys.ts';
import { NewApiKey } from '../../schemas/portal.ts';
import { Id } from '../../schemas/text.ts';
import { Refusal } from '../../vocabulary/refusal.ts';
import { flash } from '../../web/flash.ts';
import { typedFields } from '../../web/form-fields.ts';
import type { Services } from '../../web/services.ts';
import { newFormKey, submitOnce } from '../../web/submit-once.ts';
import { moment } from '../moment.ts';
import { type FormErrors, formErrors, readForm } from '../read-form.ts';
import { atPortal, formScope, isFragment, type PortalCall } from '../require-signed-in.ts';
import { showConsolePage, showFragment } from '../show-page.ts';
import { OWNERS_ONLY } from './setting.ts';

/** How long a form that made a key shows it again, in the session that made it. What is remembered of it is encrypted. */
const SHOWN_AGAIN_MS = 60_000;

/** What the list is shown with: a key that was just made, or a form that was refused. */
interface ShownWith {
  status?: number;
  made?: { name: string; key: string } | undefined;
  /** The name of a key that this form has made before. */
  repeated?: string;
  typed?: { name: string };
  errors?: FormErrors;
}

/** `/console/:portal/settings/api-keys`: who may call the JSON API. */
export function apiKeyPages(services: Services): Router {
  const router = Router({ mergeParams: true });
  const { database } = services;

  router.get(
    '/',
    atPortal((call) => showKeys(call), OWNERS_ONLY),
  );

  /** The response itself shows the key. The same form shows it again for a minute: the first response to a double click is lost. */
  router.post(
    '/',
    atPortal(async (call) => {
      const { request, portal, actor } = call;
      const { formKey, ...typed } = typedFields(request.body, ['formKey', 'name']);
      try {
        const { name } = readForm(NewApiKey, typed);
        const sessionId = request.session.row?.id;
        const made = await submitOnce(services, formScope(portal), formKey, ['api-key', name], async (unit) => {
          const { key } = await createApiKey(unit, portal, name, actor);
          return { key, sessionId, at: (await readClock(unit.em)).toISOString() };
        });
        const age = (await readClock(database.em.fork())).getTime() - Date.parse(made.at);
        const isShown = made.sessionId === sessionId && age < SHOWN_AGAIN_MS;
        await showKeys(call, isShown ? { status: 201, made: { name, key: made.key } } : { repeated: name });
      } catch (error) {
        await showKeys(call, { status: 422, typed, errors: formErrors(error) });
      }
    }, OWNERS_ONLY),
  );

  router.get(
    '/:id/revoke',
    atPortal(async (call) => {
      const { request, response, portal } = call;
      const id = keyId(call);
      const apiKey = await database.em.fork().findOne(ApiKey, { id, portal: portal.id, revokedAt: null });
      if (apiKey === null) throw new Refusal('not_found', { detail: 'There is no such key, or it was revoked.' });
      const context = { portal, id, name: apiKey.name };
      if (isFragment(request)) return showFragment(response, 'settings/revoke-api-key', context);
      const title = `Revoke ${apiKey.name}?`;
      showConsolePage(request, response, { view: 'settings/revoke-api-key', title, section: 'settings', context });
    }, OWNERS_ONLY),
  );

  router.post(
    '/:id/revoke',
    atPortal(async (call) => {
      const { request, response, portal, actor } = call;
      await inTransaction(database, (unit) => revokeApiKey(unit, portal, keyId(call), actor));
      await flash(request, 'done', 'The key was revoked: calls with it are refused from now on.');
      response.redirect(303, `/console/${portal.slug}/settings/api-keys`);
    }, OWNERS_ONLY),
  );
  return router;

  async function showKeys({ request, response, portal }: PortalCall, { status = 200, ...extra }: ShownWith = {}) {
    const em = database.em.fork();
    const keys = await listApiKeys(em, portal.id);
    const names = await nameActors(
      em,
      portal.id,
      keys.flatMap(({ madeBy }) => madeBy ?? []),
    );
    const rows = keys.map(({ apiKey: { id, name, createdAt, revokedAt }, madeBy }) => ({
      id,
      name,
      madeBy: madeBy && (names.get(madeBy) ?? 'a former operator'),
      made: moment(createdAt),
      revoked: moment(revokedAt),
    }));
    const context = { rows, formKey: newFormKey(), ...extra };
    showConsolePage(request, response, {
      view: 'settings/api-keys',
      title: 'API keys',
      section: 'settings',
      status,
      context,
    });
  }
}

function keyId({ request }: PortalCall): string {
  const id = Id.safeParse(request.params.id).data;
  if (id === undefined) throw new Refusal('not_found');
  return id;
}
