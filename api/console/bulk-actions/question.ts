import { Router } from 'express';
import { v7 as uuid, validate, version } from 'uuid';
import { z } from 'zod';
import { bulkOutlook, type Selection } from '../../../db/queries/bulk-outlook.ts';
import { countPortalUsers } from '../../../db/queries/count-portal-users.ts';
import { BULK_ACTIONS, type BulkActionName } from '../../../workflows/vocabulary.ts';
import { askForBulkAction } from '../../commands/ask-for-bulk-action.ts';
import { Problem } from '../../problem.ts';
import { PortalUserIds } from '../../schemas/portal-user.ts';
import { Id } from '../../schemas/text.ts';
import type { Services } from '../../services.ts';
import { showConsolePage, showFragment } from '../page.ts';
import { MANY, presentCount } from '../present-count.ts';
import { readForm } from '../read-form.ts';
import { atPortal, isFragment, type PortalCall } from '../signed-in.ts';
import { filterOf, listAddress, readListView } from '../users/list-view.ts';
import { presentProspects } from './prospects.ts';
import { ACTION_NAMES, outlookWords } from './words.ts';

const number = new Intl.NumberFormat('en');
const Action = z.object({ action: z.enum(BULK_ACTIONS) });
const Answer = z.object({ action: z.enum(BULK_ACTIONS), id: Id });

/** Asks before a bulk action what is to happen to how many, and has it carried out when the operator says yes. */
export function bulkQuestion(services: Services): Router {
  const router = Router({ mergeParams: true });

  router.post(
    '/question',
    atPortal(async ({ request, response, portal }) => {
      const { action } = readForm(Action, request.body);
      const { selection, fields, back } = readSelection(request.body, (view) => listAddress(portal, view));
      const context = {
        ...{ portal, id: uuid(), action, actionName: ACTION_NAMES[action], back, fields },
        ...(await prospects(portal, action, selection)),
      };
      if (isFragment(request)) return showFragment(response, 'bulk-actions/question', context);
      const title = `${ACTION_NAMES[action]}?`;
      showConsolePage(request, response, { view: 'bulk-actions/question', title, section: 'users', context });
    }),
  );

  router.post(
    '/',
    atPortal(async ({ request, response, portal, actor }) => {
      const { action, id } = readForm(Answer, request.body);
      const { selection, back } = readSelection(request.body, (view) => listAddress(portal, view));
      await askForBulkAction(services, portal, { id, action, selection }, actor);
      const query = new URLSearchParams({ back });
      response.redirect(303, `/console/${portal.slug}/bulk-actions/${id}?${query}`);
    }),
  );
  return router;

  async function prospects(portal: PortalCall['portal'], action: BulkActionName, selection: Selection) {
    const em = services.database.em.fork();
    const outlook = await bulkOutlook(em, portal.id, action, selection);
    if (outlook === 'many') {
      const filter = 'filter' in selection ? selection.filter : {};
      const counts = await countPortalUsers(em, portal.id, filter);
      return { many: presentCount(counts.matching)?.spoken ?? MANY, ...presentProspects(action, filter, counts) };
    }
    return {
      lines: outlook.map((each) => ({ count: number.format(each.count), words: outlookWords(action, each) })),
      acts: outlook.some(({ outcome }) => outcome === 'done'),
    };
  }
}

type Fields = Record<string, unknown>;

/** Whom a form is about: the ticked ones, or everyone that its view shows. @throws Problem `invalid_request` where nobody is ticked */
function readSelection(body: Fields, address: (view: ReturnType<typeof readListView>) => string) {
  const { ids = [], everyone, action: _action, id, ...viewFields } = body ?? {};
  const view = readListView(viewFields);
  const back = address(view);
  if (everyone !== undefined) {
    const selection: Selection = { filter: { ...filterOf(view), addedUntil: askedAt(id).toISOString() } };
    return { selection, back, fields: fieldsOf({ ...viewFields, everyone }) };
  }
  const ticked = [ids].flat();
  if (ticked.length === 0) {
    throw new Problem('invalid_request', { detail: 'Tick some portal users first, or all that match.' });
  }
  const selection: Selection = readForm(PortalUserIds, { ids: ticked });
  return { selection, back, fields: [...fieldsOf(viewFields), ...fieldsOf({ ids: ticked })] };
}

/** When the question was shown, as its id (a version 7 UUID) says: who is added later is not meant. Before it is shown, now. */
function askedAt(id: unknown): Date {
  const isOurs = typeof id === 'string' && validate(id) && version(id) === 7;
  const milliseconds = isOurs ? Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16) : Date.now();
  return new Date(Math.min(milliseconds, Date.now()));
}

/** A form's fields to be sent once more, as name and value. */
function fieldsOf(fields: Fields): [string, string][] {
  return Object.entries(fields).flatMap(([name, value]) =>
    [value].flat().map((one): [string, string] => [name, String(one)]),
  );
}
