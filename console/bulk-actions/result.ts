import { Router } from 'express';
import { z } from 'zod';
import { stopBulkAction } from '../../commands/bulk/bulk-actions.ts';
import { inTransaction } from '../../commands/transaction.ts';
import { BulkAction, type BulkActionRow, type Portal } from '../../db/entities/index.ts';
import { nameActors } from '../../db/events.ts';
import { COUNT_BOUND } from '../../db/queries/bounded-count.ts';
import { countBulkActionRows, listBulkActionRows } from '../../db/queries/bulk-action-rows.ts';
import { pageQuery } from '../../schemas/contact.ts';
import { Id } from '../../schemas/text.ts';
import { BULK_OUTCOMES } from '../../vocabulary/portal-users.ts';
import { Refusal } from '../../vocabulary/refusal.ts';
import { bulkActionWorkflowId } from '../../vocabulary/workflows.ts';
import { sealedPage } from '../../web/sealed-cursors.ts';
import type { Services } from '../../web/services.ts';
import { MANY } from '../counts.ts';
import { moment } from '../moment.ts';
import { readForm } from '../read-form.ts';
import { atPortal } from '../require-signed-in.ts';
import { showConsolePage, showFragment } from '../show-page.ts';
import { ACTION_NAMES, describeOutcome } from './preview-lines.ts';
import { bulkQuestion } from './question.ts';

/** Actions on many portal users: the question before, progress and results after. */
export function bulkActionPages(services: Services): Router {
  const router = Router({ mergeParams: true });
  router.use(bulkQuestion(services), bulkResult(services));
  return router;
}

const ROWS = 100;

const number = new Intl.NumberFormat('en');

const Query = z.object({
  outcome: z.enum(BULK_OUTCOMES).optional(),
  cursor: pageQuery.cursor,
  before: pageQuery.cursor,
  back: z.string().max(2_000).optional(),
});

type View = z.output<typeof Query>;

/** `/:id`: how far a bulk action is, and what became of each row, with the reason where nothing was done. */
function bulkResult(services: Services): Router {
  const router = Router({ mergeParams: true });
  router.get(
    '/:id',
    atPortal(async ({ request, response, portal }) => {
      const bulkAction = await requireBulkAction(portal, request.params.id);
      const view = readForm(Query, request.query);
      const context = await resultContext(portal, bulkAction, view);
      if (request.get('HX-Target') === 'progress') {
        if (bulkAction.finishedAt) response.set('HX-Refresh', 'true'); // the rows, too, are to be seen
        return showFragment(response, 'bulk-actions/progress', context);
      }
      const title = ACTION_NAMES[bulkAction.action];
      showConsolePage(request, response, { view: 'bulk-actions/result', title, section: 'users', context });
    }),
  );

  router.post(
    '/:id/stop',
    atPortal(async ({ request, response, portal, actor }) => {
      const { id } = await requireBulkAction(portal, request.params.id);
      await inTransaction(services.database, (unit) => stopBulkAction(unit, portal, id, actor));
      response.redirect(303, resultAddress(portal, id, { back: readForm(Query, request.query).back }));
    }),
  );
  return router;

  async function requireBulkAction(portal: Portal, param: unknown): Promise<BulkAction> {
    const id = Id.safeParse(param).data;
    const em = services.database.em.fork();
    const found = id === undefined ? null : await em.findOne(BulkAction, { id, portal: portal.id });
    if (found === null) throw new Refusal('not_found');
    return found;
  }

  async function resultContext(portal: Portal, bulkAction: BulkAction, view: View) {
    const { id, action, actor, isSelected, stoppedAt, stoppedBy, finishedAt } = bulkAction;
    const em = services.database.em.fork();
    const [counts, names] = await Promise.all([
      countBulkActionRows(em, id),
      nameActors(services.database.em.fork(), portal.id, stoppedBy ? [actor, stoppedBy] : [actor]),
    ]);
    const page = await sealedPage(services, `${id}/rows`, { limit: ROWS, ...view }, (request) =>
      listBulkActionRows(em, id, view.outcome, request),
    );
    const waiting = counts.find(({ outcome }) => outcome === null)?.count ?? 0;
    const done = counts.reduce((sum, { count }) => sum + count, 0) - waiting;
    const total = bulkAction.total ?? (isSelected ? done + waiting : undefined);
    const least = done <= COUNT_BOUND ? MANY : undefined; // "of more than 10,000" would tell less than what is done
    const address = (changed: Partial<View>) => resultAddress(portal, id, { back: view.back, ...changed });
    const workflowId = bulkActionWorkflowId(id);
    return {
      ...{ portal, actionName: ACTION_NAMES[action], actor: names.get(actor), asked: moment(bulkAction.createdAt) },
      ...{
        isRunning: !finishedAt,
        isStopped: Boolean(stoppedAt),
        stoppedBy: stoppedBy && names.get(stoppedBy),
        stopped: moment(stoppedAt),
        left: finishedAt && !stoppedAt && total !== undefined && total > done ? number.format(total - done) : undefined,
        done: number.format(done),
        total: total === undefined ? least : number.format(total),
        doneCount: done,
        totalCount: total,
      },
      self: address(view),
      stop: address({}).replace('?', '/stop?'),
      back: backTo(portal, view.back),
      summary: counts
        .filter(({ outcome }) => outcome !== null)
        .map(({ outcome, count }) => ({
          count: number.format(count),
          words: describeOutcome(action, outcome),
          href: address({ outcome: outcome! }),
          isCurrent: outcome === view.outcome,
        })),
      all: view.outcome && address({}),
      rows: page.rows.map((row) => presentResult(portal, bulkAction, row)),
      next: page.nextCursor && address({ outcome: view.outcome, cursor: page.nextCursor }),
      previous: page.previousCursor && address({ outcome: view.outcome, before: page.previousCursor }),
      workflowUrl: services.workflowUrl(workflowId),
    };
  }
}

function presentResult(
  { slug }: Portal,
  { action, stoppedAt, finishedAt }: BulkAction,
  { portalUser, outcome }: BulkActionRow,
) {
  const user = portalUser.getEntity();
  const { name, email } = user.contact.getEntity();
  const tone = outcome === 'done' ? 'good' : outcome === null ? 'wait' : 'quiet';
  return {
    name,
    email,
    href: `/console/${slug}/users/${user.id}`,
    words: describeOutcome(action, outcome, { isStopped: Boolean(stoppedAt), isFinished: Boolean(finishedAt) }),
    tone,
  };
}

function resultAddress({ slug }: Portal, id: string, view: Partial<View>): string {
  const fields = Object.entries(view).filter((field): field is [string, string] => field[1] !== undefined);
  return `/console/${slug}/bulk-actions/${id}?${new URLSearchParams(fields)}`;
}

/** Where the operator came from: the list as it was shown, and no other place. */
function backTo({ slug }: Portal, back: string | undefined): string {
  const list = `/console/${slug}/users`;
  return back === list || back?.startsWith(`${list}?`) ? back : list;
}
