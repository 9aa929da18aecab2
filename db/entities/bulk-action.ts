import { defineEntity, type InferEntity, p } from '@mikro-orm/postgresql';
import type { Actor } from '../../vocabulary/events.ts';
import type { PortalUserFilter } from '../../vocabulary/portal-users.ts';
import { BULK_ACTIONS, type BulkOutcome } from '../../vocabulary/portal-users.ts';
import { Portal } from './portal.ts';
import { PortalUser } from './portal-user.ts';

/** One action on many portal users, asked for by an operator and carried out by a workflow. */
export const BulkAction = defineEntity({
  name: 'BulkAction',
  tableName: 'bulk_actions',
  properties: {
    /** Drawn when the question is shown, so that answering it twice acts once. */
    id: p.uuid().primary(),
    portal: () => p.manyToOne(Portal).ref().index(),
    action: p.enum(BULK_ACTIONS),
    actor: p.text().$type<Actor>(),
    /** All that match; null where the rows were picked one by one, and when it is finished. */
    filter: p.json<PortalUserFilter>().nullable(),
    /** How many portal users it is about, as the question said; null: more than are counted. */
    total: p.integer().nullable(),
    /** Of those that match, rows are put down up to here: a cursor of the list by age. */
    selectionCursor: p.text().nullable(),
    /** Whether a row is put down for every portal user it is about. */
    isSelected: p.boolean(),
    createdAt: p.datetime(3).defaultRaw('now()'),
    /** When somebody stopped it: the rows under way are still recorded, the others are left. */
    stoppedAt: p.datetime(3).nullable(),
    stoppedBy: p.text().$type<Actor>().nullable(),
    /** When the last row was recorded. */
    finishedAt: p.datetime(3).nullable(),
  },
  indexes: [
    {
      name: 'bulk_actions_unfinished_index',
      expression:
        'create index "bulk_actions_unfinished_index" on "bulk_actions" ("created_at") where "finished_at" is null',
    },
  ],
});
export type BulkAction = InferEntity<typeof BulkAction>;

/** What a bulk action did to one portal user, or why it did nothing. */
export const BulkActionRow = defineEntity({
  name: 'BulkActionRow',
  tableName: 'bulk_action_rows',
  properties: {
    bulkAction: () => p.manyToOne(BulkAction).ref().primary().deleteRule('cascade'),
    portalUser: () => p.manyToOne(PortalUser).ref().primary().deleteRule('cascade'),
    /** Of the user's link when the row was put down: acting twice after a crash names the same link and replaces it once. */
    generation: p.integer(),
    /** Null until it was this row's turn. */
    outcome: p.text().$type<BulkOutcome>().nullable(),
  },
  indexes: [{ name: 'bulk_action_rows_outcome_index', properties: ['bulkAction', 'outcome', 'portalUser'] }],
});
export type BulkActionRow = InferEntity<typeof BulkActionRow>;
