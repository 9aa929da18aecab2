import type { Database } from '../../db/database.ts';
import type { BulkOutcome } from '../../workflows/vocabulary.ts';

/** Writes down what became of some rows. Safe to repeat. */
export async function recordOutcomes(
  database: Database,
  bulkActionId: string,
  outcomes: Map<string, BulkOutcome>,
): Promise<void> {
  const given = [...outcomes].map(([id, outcome]) => ({ id, outcome }));
  await database.em.fork().execute(
    `update bulk_action_rows r set outcome = given.outcome
       from json_to_recordset(?::json) as given(id uuid, outcome text)
      where r.bulk_action_id = ? and r.portal_user_id = given.id`,
    [JSON.stringify(given), bulkActionId],
  );
}
