import { Router } from 'express';
import { ApiKey } from '../../../db/entities/index.ts';
import { listApiKeys } from '../../../db/queries/list-api-keys.ts';
import { nameActors } from '../../../db/queries/name-actors.ts';
import { readClock } from '../../../db/queries/read-clock.ts';
import { createApiKey } from '../../commands/create-api-key.ts';
import { revokeApiKey } from '../../commands/revoke-api-key.ts';
import { flash } from '../../flash.ts';
import { Problem } from '../../problem.ts';
import { NewApiKey } from '../../schemas/portal.ts';
import { Id } from '../../schemas/text.ts';
import type { Services } from '../../services.ts';
import { typedFields } from '../../typed-fields.ts';
import { inTransaction } from '../../unit-of-work.ts';
import { answerOnce, newFormKey, REPEAT_PLACES } from '../answer-once.ts';
import { moment } from '../moment.ts';
import { showConsolePage, showFragment } from '../page.ts';
import { type FormErrors, formErrors, readForm } from '../read-form.ts';
import { atPortal, isFragment, type PortalCall } from '../signed-in.ts';
import { OWNERS_ONLY } from './settings-page.ts';

/** How long a form that made a key shows it again, in the session that made it. What is remembered of it is encrypted. */
const SHOWN_AGAIN_MS = 60_000;

/** What the list is shown with: a key that was just made, or a form that was refused. */
interface Extra {
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
        const sessionId = request.session.rowId;
        const made = await answerOnce(services, portal, formKey, ['api-key', name], async (unit) => {
          const { key } = await createApiKey(unit, portal, name, actor);
          return { key, sessionId, at: (await readClock(unit.em)).toISOString() };
        });
        const age = (await readClock(database.em.fork())).getTime() - Date.parse(made.at);
        const isShown = made.sessionId === sessionId && age < SHOWN_AGAIN_MS;
        await showKeys(call, isShown ? { status: 201, made: { name, key: made.key } } : { repeated: name });
      } catch (error) {
        await showKeys(call, { status: 422, typed, errors: formErrors(error, REPEAT_PLACES) });
      }
    }, OWNERS_ONLY),
  );

  router.get(
    '/:id/revoke',
    atPortal(async (call) => {
      const { request, response, portal } = call;
      const id = keyId(call);
      const apiKey = await database.em.fork().findOne(ApiKey, { id, portal: portal.id, revokedAt: null });
      if (apiKey === null) throw new Problem('not_found', { detail: 'There is no such key, or it was revoked.' });
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
      flash(request, 'done', 'The key was revoked: calls with it are refused from now on.');
      response.redirect(303, `/console/${portal.slug}/settings/api-keys`);
    }, OWNERS_ONLY),
  );
  return router;

  async function showKeys({ request, response, portal }: PortalCall, { status = 200, ...extra }: Extra = {}) {
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
  if (id === undefined) throw new Problem('not_found');
  return id;
}
