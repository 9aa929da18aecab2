import { defineEntity, type InferEntity, p } from '@mikro-orm/postgresql';
import type { BulkOutcome } from '../../workflows/vocabulary.ts';
import { BulkAction } from './bulk-action.ts';
import { PortalUser } from './portal-user.ts';

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
