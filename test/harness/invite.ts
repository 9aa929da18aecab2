import { expect } from '@jest/globals';
import type { ApiAnswer, ApiClient } from './api-client.ts';
import { eventually } from './eventually.ts';
import { eventTypes, readPortalUser } from './rows.ts';
import type { Stage } from './stage.ts';

let people = 0;

/** An address that nobody else in the test file has. */
export function newAddress(): string {
  people += 1;
  return `person.${people}@example.com`;
}

/** Adds a portal user whose first e-mail was accepted and recorded, with their link and row at hand. */
export async function invite(stage: Stage, api: ApiClient, details: Record<string, unknown> = {}) {
  const email = newAddress();
  const { body } = await api.post('/users', { email, name: 'Jane Doe', ...details }).expecting(201);
  const id: string = body.id;
  await mailed(stage, id, 1);
  const { link } = await stage.sink.mailTo(email);
  return {
    id,
    email,
    link,
    row: () => readPortalUser(stage.db.database, id),
    events: () => eventTypes(stage.db.database, id),
    /** What the API says of the user now. */
    read: async () => (await api.get(`/users/${id}`).expecting(200)).body,
    mails: () => stage.sink.mails.filter(({ recipients }) => recipients.includes(email)).length,
    /** The link in the n-th e-mail, once that e-mail is recorded. */
    linkOf: async (n: number) => {
      await mailed(stage, id, n);
      return (await stage.sink.mailTo(email, n)).link;
    },
  };
}

/** Waits until a portal user's n-th e-mail was accepted and recorded. */
export async function mailed(stage: Stage, id: string, n: number): Promise<void> {
  await eventually(async () => (await readPortalUser(stage.db.database, id)).emailsSent === n, `e-mail ${n} of ${id}`);
}

/** Opens a link, or presses a button of its page, as a program that wants JSON. */
export async function askForJson(link: string, init: RequestInit = {}): Promise<ApiAnswer> {
  const { headers, ...rest } = init;
  const response = await fetch(link, {
    redirect: 'manual',
    ...rest,
    headers: { accept: 'application/json', ...headers },
  });
  return { status: response.status, headers: response.headers, body: await response.json() };
}

/** Moves a portal user's e-mails into the past, so that the cool-down is over. */
export async function coolDown(stage: Stage, id: string, seconds = 3_600): Promise<void> {
  await stage.db.database.em.fork().execute(
    `with emails as (
       update invitation_emails set answered_at = answered_at - make_interval(secs => ?) where portal_user_id = ?
     )
     update portal_users
        set last_sent_at = last_sent_at - make_interval(secs => ?), queued_at = queued_at - make_interval(secs => ?)
      where id = ?`,
    [seconds, id, seconds, seconds, id],
  );
}

/** Puts a link's end into the past. */
export async function expireLink(stage: Stage, id: string): Promise<void> {
  await stage.db.database.em
    .fork()
    .execute("update portal_users set link_expires_at = now() - interval '1 second' where id = ?", [id]);
}

/** That an answer is an RFC 9457 problem with this code, and says nothing of our insides. */
export function expectProblem(answer: ApiAnswer, status: number, code: string, fields?: string[]): void {
  const { type, title } = answer.body;
  expect({ status: answer.status, code: answer.body.code, inBody: answer.body.status }).toEqual({
    status,
    code,
    inBody: status,
  });
  expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
  expect({ type, title }).toEqual({ type: `urn:portal-invitations:problem:${code}`, title: expect.any(String) });
  expect(JSON.stringify(answer.body)).not.toMatch(/\bat \S+:\d+|node_modules|select |insert |mikro|postgres/i);
  if (fields !== undefined) {
    expect((answer.body.errors ?? []).map(({ field }: { field: string }) => field)).toEqual(fields);
  }
}

/** How many rows each table has, once no e-mail is on its way: the same before and after says that nothing was written. */
export async function rowCounts(stage: Stage): Promise<Record<string, number>> {
  const tables = [
    'portals',
    'api_keys',
    'contacts',
    'portal_users',
    'invitation_emails',
    'events',
    'remembered_answers',
  ];
  const counts = tables.map((table) => `(select count(*)::int from ${table}) as ${table}`).join(', ');
  const em = stage.db.database.em.fork();
  const onTheirWay = "select 1 from portal_users where confirmation_status = 'not_confirmed' and delivery = 'queued'";
  await eventually(async () => (await em.execute<unknown[]>(onTheirWay)).length === 0, 'the e-mails');
  const [row] = await em.execute<Record<string, number>[]>(`select ${counts}`);
  return row!;
}
