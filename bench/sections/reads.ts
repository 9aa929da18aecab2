import { Client } from 'pg';
import { fillPortal } from '../reads/fill-portal.ts';
import { get } from '../reads/get.ts';
import { measureSize, type Times } from '../reads/measure-size.ts';
import { questions } from '../reads/questions.ts';
import { type ServedPortal, servePortal } from '../reads/serve-portal.ts';
import { showReads } from '../reads/show-reads.ts';
import type { Measured, Section } from '../section.ts';
import { openPostgres } from '../stage/open-postgres.ts';
import { openStage } from '../stage/open-stage.ts';

/** Rows before the first size: the page that begins after the newest of them is far down every longer list. */
const SEED = 100;
const SIZES = [1_000, 10_000, 100_000, 1_000_000];
/** Code that was run a hundred times runs as it will. */
const WARM_UP_ROUNDS = 4;
const QUICK_SIZES = [1_000, 10_000];

/** One portal that grows; the same list is asked for at each size, by page, by API and by SQL. */
export const reads: Section = {
  name: 'reads',
  title: 'Reads: the list of portal users as it grows',
  async measure({ quick, rounds }, progress): Promise<Measured> {
    await using started = openStage();
    const databaseUrl = await openPostgres(started);
    const portal = await servePortal(started, databaseUrl);
    const client = new Client({ connectionString: databaseUrl });
    await client.connect();
    started.defer(() => client.end());

    let rows = SEED;
    await fillPortal(client, portal.id, 0, rows);
    const bySize = new Map<number, Map<string, Times>>();
    progress('warming up');
    await measureSize(portal, client, questions(await pageAfterNewest(portal, client)), WARM_UP_ROUNDS);
    for (const size of quick ? QUICK_SIZES : SIZES) {
      const deep = await pageAfterNewest(portal, client);
      progress(`filling the portal up to ${size.toLocaleString('en')} portal users`);
      await fillPortal(client, portal.id, rows, size);
      rows = size;
      progress('reading');
      bySize.set(size, await measureSize(portal, client, questions(deep), rounds));
    }
    return showReads(bySize);
  },
};

/** Where the second page of the list begins at the moment. */
async function pageAfterNewest(portal: ServedPortal, client: Client) {
  const { data, nextCursor } = JSON.parse(await get(portal.api, portal.headers.api)) as {
    data: { id: string }[];
    nextCursor: string;
  };
  const { id } = data.at(-1)!;
  const { rows } = await client.query<{ created_at: Date }>('select created_at from portal_users where id = $1', [id]);
  return { cursor: nextCursor, id, createdAt: rows[0]!.created_at };
}
