/** What is asked of the list, over HTTP and of Postgres. */
export interface Question {
  name: string;
  /** Of the list's address. */
  query: string;
  /** The same rows as one writes it by hand, below {@link SELECT}: `$1` is the portal, `$2` and `$3` what it needs else. */
  sql: string;
  parameters?: unknown[];
}

const ROWS = 50;

/** Whatever a page shows of a portal user. */
export const SELECT = 'select u.*, c.* from portal_users u join contacts c on c.id = u.contact_id';

const newestFirst = `order by u.created_at desc, u.id desc limit ${ROWS}`;

/** The questions, at whatever size. `deep` is the cursor of a page far down the list, and the row it stands after. */
export function questions(deep: { cursor: string; createdAt: Date; id: string }): Question[] {
  const filtered = (name: string, query: string, condition: string, order = newestFirst): Question => ({
    name,
    query,
    sql: `where u.portal_id = $1 ${condition} ${order}`,
  });
  const found = (part: string) => `and c.portal_id = $1 and c.search_text like '%${part}%'`;
  return [
    filtered('plain', '', ''),
    filtered('status', 'status=not_confirmed', `and u.confirmation_status = 'not_confirmed'`),
    filtered('delivery', 'delivery=bounced', `and u.delivery = 'bounced'`),
    filtered(
      'link expired',
      'link=expired',
      `and u.confirmation_status = 'not_confirmed' and u.link_expires_at <= now()`,
    ),
    filtered('search finds one', 'q=user777%40', found('user777@')),
    filtered('search finds 1 in 256', 'q=Person+7a', found('person 7a')),
    filtered('search finds all', 'q=example', found('example')),
    filtered('sorted by name', 'sort=name', 'and c.portal_id = $1', `order by c.name, c.id limit ${ROWS}`),
    {
      name: 'next page, deep',
      query: `cursor=${encodeURIComponent(deep.cursor)}`,
      sql: `where u.portal_id = $1 and (u.created_at, u.id) < ($2, $3) ${newestFirst}`,
      parameters: [deep.createdAt, deep.id],
    },
  ];
}
