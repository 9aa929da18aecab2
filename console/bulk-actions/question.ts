import { Router } from 'express';
import { v7 as uuid, validate, version } from 'uuid';
import { z } from 'zod';
import { requestBulkAction } from '../../commands/bulk/bulk-actions.ts';
import { previewBulkAction, type Selection } from '../../db/queries/bulk-preview.ts';
import { countPortalUsers } from '../../db/queries/count-portal-users.ts';
import { PortalUserIds } from '../../schemas/portal-user.ts';
import { Id } from '../../schemas/text.ts';
import { BULK_ACTIONS, type BulkActionName } from '../../vocabulary/portal-users.ts';
import { Refusal } from '../../vocabulary/refusal.ts';
import type { Services } from '../../web/services.ts';
import { formatCount, MANY } from '../counts.ts';
import { readForm } from '../read-form.ts';
import { atPortal, isFragment, type PortalCall } from '../require-signed-in.ts';
import { showConsolePage, showFragment } from '../show-page.ts';
import { filterOf, listAddress, readListView } from '../users/list-view.ts';
import { ACTION_NAMES, describePreview, describePreviewByStatus } from './preview-lines.ts';

const number = new Intl.NumberFormat('en');
const RequestedAction = z.object({ action: z.enum(BULK_ACTIONS) });
const ConfirmedAction = z.object({ action: z.enum(BULK_ACTIONS), id: Id });

/** Asks before a bulk action what is to happen to how many, and has it carried out when the operator says yes. */
export function bulkQuestion(services: Services): Router {
  const router = Router({ mergeParams: true });

  router.post(
    '/question',
    atPortal(async ({ request, response, portal }) => {
      const { action } = readForm(RequestedAction, request.body);
      const { selection, fields, back } = readSelection(request.body, (view) => listAddress(portal, view));
      const context = {
        ...{ portal, id: uuid(), action, actionName: ACTION_NAMES[action], back, fields },
        ...(await previewContext(portal, action, selection)),
      };
      if (isFragment(request)) return showFragment(response, 'bulk-actions/question', context);
      const title = `${ACTION_NAMES[action]}?`;
      showConsolePage(request, response, { view: 'bulk-actions/question', title, section: 'users', context });
    }),
  );

  router.post(
    '/',
    atPortal(async ({ request, response, portal, actor }) => {
      const { action, id } = readForm(ConfirmedAction, request.body);
      const { selection, back } = readSelection(request.body, (view) => listAddress(portal, view));
      await requestBulkAction(services, portal, { id, action, selection }, actor);
      const query = new URLSearchParams({ back });
      response.redirect(303, `/console/${portal.slug}/bulk-actions/${id}?${query}`);
    }),
  );
  return router;

  async function previewContext(portal: PortalCall['portal'], action: BulkActionName, selection: Selection) {
    const em = services.database.em.fork();
    const preview = await previewBulkAction(em, portal.id, action, selection);
    if (preview === 'many') {
      const filter = 'filter' in selection ? selection.filter : {};
      const counts = await countPortalUsers(em, portal.id, filter);
      return { many: formatCount(counts.matching)?.spoken ?? MANY, ...describePreviewByStatus(action, filter, counts) };
    }
    return {
      lines: preview.map((each) => ({ count: number.format(each.count), words: describePreview(action, each) })),
      acts: preview.some(({ outcome }) => outcome === 'done'),
    };
  }
}

type Fields = Record<string, unknown>;

/** Whom a form is about: the ticked ones, or everyone that its view shows. @throws Refusal `invalid_request` where nobody is ticked */
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
    throw new Refusal('invalid_request', { detail: 'Tick some portal users first, or all that match.' });
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
