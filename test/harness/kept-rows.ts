import type { Stage } from './stage.ts';

const TABLES = ['requests', 'replies', 'attachments', 'attachment_contents', 'remembered_answers', 'events'];

/** How many rows a form may have left: the same before and after says that nothing of it was kept. */
export async function keptRows(stage: Stage): Promise<object> {
  const counts = TABLES.map((table) => `(select count(*)::int from ${table}) as ${table}`).join(', ');
  return (await stage.db.database.em.fork().execute<object[]>(`select ${counts}`))[0]!;
}
