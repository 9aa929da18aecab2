import { Router } from 'express';
import { z } from 'zod';
import { listPortalEvents } from '../../db/events.ts';
import { pageQuery } from '../../schemas/contact.ts';
import { sealedPage } from '../../web/sealed-cursors.ts';
import type { Services } from '../../web/services.ts';
import { describeEvents } from '../event-sentences.ts';
import { filledFields, readForm, viewAddress } from '../read-form.ts';
import { atPortal } from '../require-signed-in.ts';
import { showConsolePage } from '../show-page.ts';
import { OWNERS_ONLY } from './setting.ts';

const ROWS = 50;

const Query = z.object({ cursor: pageQuery.cursor, before: pageQuery.cursor });

/** `/activity`: what happened to the portal itself, newest first: settings, operators, API keys, contacts and bulk actions. */
export function activityPage(services: Services): Router {
  const router = Router({ mergeParams: true });
  router.get(
    '/activity',
    atPortal(async ({ request, response, portal }) => {
      const view = readForm(Query, filledFields(request.query));
      const em = services.database.em.fork();
      const page = await sealedPage(services, `${portal.id}/activity`, { limit: ROWS, ...view }, (asked) =>
        listPortalEvents(em, portal.id, asked),
      );
      const address = `/console/${portal.slug}/settings/activity`;
      showConsolePage(request, response, {
        view: 'settings/activity',
        title: 'Activity',
        section: 'settings',
        context: {
          events: await describeEvents(em, portal.id, page.rows),
          next: page.nextCursor && viewAddress(address, { cursor: page.nextCursor }),
          previous: page.previousCursor && viewAddress(address, { before: page.previousCursor }),
        },
      });
    }, OWNERS_ONLY),
  );
  return router;
}
