import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { type ApiClient, apiClient } from '../api-client.ts';
import { PASSWORD, submitPassword } from '../confirm.ts';
import { type ConsoleClient, consoleClient } from '../console-client.ts';
import { eventually } from '../eventually.ts';
import { FAULTS_ADMIN_KEY, type FaultStage } from '../faults/fault-stage.ts';

export const RELEASE_OPERATOR = { email: 'olga@example.com', password: 'seven purple lamps hum quietly' };

/** A portal user, with the paths of the links in their e-mails, oldest first. */
export interface RecordedPerson {
  id: string;
  email: string;
  links: string[];
}

/** What is known of a release's population beside the database: what its people have, and what is to be done yet. */
export type Population = Awaited<ReturnType<typeof populate>> & {
  /** Added while Temporal was down. */
  people: { unstarted: RecordedPerson };
};

const LATER = { code: 451, text: 'Later', at: 'RCPT' } as const;
const BULK_SIZE = 4;
/** The shortest that the API takes. */
const REMINDED_AFTER_SECONDS = 60;

/**
 * Adds portal users, operators, a request, a bulk action and sessions in each state that matters, over HTTP only. Ends with the
 * worker killed, so that an e-mail is deferred, another queued, a bulk action half done, and a reminder due in a minute.
 */
export async function populate(stage: FaultStage) {
  const { admin, sink, url } = stage;
  const policy = { name: 'Acme Help Center', reInviteCooldownSeconds: 0, reInviteDailyCap: 20 };
  const at = (slug: string) => apiClient(url, FAULTS_ADMIN_KEY, `/v1/portals/${slug}`);
  await admin.post('/v1/portals', { slug: 'acme', replyTo: 'help@example.com', ...policy }).expecting(201);
  const remindersAfterSeconds = [REMINDED_AFTER_SECONDS];
  await admin.post('/v1/portals', { slug: 'hurried', ...policy, remindersAfterSeconds }).expecting(201);
  const apiKey: string = (await at('acme').post('/api-keys', { name: 'billing' }).expecting(201)).body.key;
  const api = at('acme');

  const invited = await add(stage, api, 'invited');
  const toReInvite = await add(stage, api, 'to-re-invite');
  const reInvited = await add(stage, api, 're-invited');
  for (const n of [2, 3]) {
    await api.post(`/users/${reInvited.id}/re-invite`).expecting(202);
    reInvited.links.push(await linkOf(stage, reInvited, n));
  }
  const confirmed = await add(stage, api, 'confirmed');
  await submitPassword(url + confirmed.links[0]);
  await until(stage, confirmed, { confirmation_status: 'confirmed' });
  const deactivated = await add(stage, api, 'deactivated');
  await api.post(`/users/${deactivated.id}/deactivate`).expecting(200);

  const key = { 'idempotency-key': randomUUID() };
  const remembered = { headers: key, body: { email: 'remembered@example.com', name: 'Person remembered' } };
  const { body } = await api.post('/users', remembered.body, key).expecting(201);
  await linkOf(stage, { id: body.id, email: remembered.body.email }, 1);

  const request = await addRequest(stage, api, confirmed);
  const customer = consoleClient(url);
  await customer.post('/p/acme/sign-in', { email: confirmed.email, password: PASSWORD });
  const operator = consoleClient(url);
  await operator.signIn(RELEASE_OPERATOR.email, RELEASE_OPERATOR.password);
  const staff = await addOperator(stage);

  const bulkMembers = [];
  for (let n = 1; n <= BULK_SIZE; n += 1) bulkMembers.push(await add(stage, api, `member-${n}`));
  const overdue = await add(stage, at('hurried'), 'overdue');
  sink.mood = LATER;
  const deferred = await addQueued(api, 'deferred');
  await until(stage, deferred, { delivery: 'deferred' });
  const bulk = await interruptBulkAction(stage, operator, bulkMembers);
  sink.mood = null;

  await api.post(`/requests/${request}/replies`, { text: 'Is it still burning?' }).expecting(201);
  const queued = await addQueued(api, 'queued');
  return {
    people: { invited, toReInvite, reInvited, confirmed, deactivated, deferred, overdue, queued },
    bulk: { id: bulk, members: bulkMembers.map(({ id }) => id) },
    ...{ request, remembered, apiKey, staff },
    cookies: { operator: Object.fromEntries(operator.cookies), customer: Object.fromEntries(customer.cookies) },
  };
}

/** A portal user whose e-mail is not sent. */
export async function addQueued(api: ApiClient, who: string): Promise<RecordedPerson> {
  const email = `${who}@example.com`;
  const { body } = await api.post('/users', { email, name: `Person ${who}` }).expecting(201);
  return { id: body.id, email, links: [] };
}

async function add(stage: FaultStage, api: ApiClient, who: string): Promise<RecordedPerson> {
  const person = await addQueued(api, who);
  person.links.push(await linkOf(stage, person, 1));
  return person;
}

/** The path of the link in the n-th e-mail, once that e-mail is recorded as sent. */
async function linkOf(stage: FaultStage, person: Omit<RecordedPerson, 'links'>, n: number): Promise<string> {
  const { link } = await stage.sink.mailTo(person.email, n);
  await until(stage, person, { emails_sent: n });
  return new URL(link).pathname;
}

async function until({ sql }: FaultStage, { id, email }: Omit<RecordedPerson, 'links'>, state: object): Promise<void> {
  const query = 'select 1 from portal_users u where id = $1 and to_jsonb(u) @> $2';
  await eventually(
    async () => (await sql(query, [id, JSON.stringify(state)])).length > 0,
    `${JSON.stringify(state)} of ${email}`,
  );
}

/** @returns the id of a request with a reply from the help desk, which was mailed */
async function addRequest({ sink, sql }: FaultStage, api: ApiClient, asks: RecordedPerson): Promise<string> {
  const input = { portalUserId: asks.id, subject: 'The printer is on fire', description: 'It burns.\nWhat now?' };
  const { body } = await api.post('/requests', input).expecting(201);
  await api.post(`/requests/${body.id}/replies`, { text: 'Try water.', status: 'on_hold' }).expecting(201);
  await sink.mailTo(asks.email, 2);
  const answered = 'select 1 from request_emails where answered_at is not null';
  await eventually(async () => (await sql(answered)).length > 0, 'the e-mail about the reply');
  return body.id;
}

/** An operator with the password that the release made, or with the path of the link in their invitation. */
async function addOperator({ admin, sink }: FaultStage) {
  const email = 'staff@example.com';
  const { body } = await admin.post('/v1/portals/acme/operators', { email, name: 'Sam Staff' }).expecting(201);
  if (body.initialPassword !== undefined) return { email, password: body.initialPassword as string };
  const { text } = await sink.mailTo(email);
  return { email, invitation: new URL(/^http\S+\/console\/sign-in\/invitation\/\S+$/m.exec(text!)![0]).pathname };
}

/** A deactivation of some portal users that is cut in the middle: the last one's row is locked until the worker is dead. */
async function interruptBulkAction(
  { postgres, processes, sql }: FaultStage,
  operator: ConsoleClient,
  members: RecordedPerson[],
): Promise<string> {
  const id = randomUUID();
  const lock = new pg.Client({ connectionString: postgres.url });
  await lock.connect();
  try {
    await lock.query('begin');
    await lock.query('select from portal_users where id = $1 for no key update', [members.at(-1)!.id]);
    const fields = { id, action: 'deactivate', ids: members.map((member) => member.id) };
    const { status } = await operator.post('/console/acme/bulk-actions', fields);
    if (status !== 303) throw new Error(`The bulk action: ${status}`);
    const deactivated = `select 1 from portal_users where id = any($1) and confirmation_status = 'deactivated'`;
    const ids = [members.map((member) => member.id)];
    await eventually(async () => (await sql(deactivated, ids)).length === members.length - 1, 'half the bulk action');
    await processes.kill('worker');
  } finally {
    await lock.end();
  }
  return id;
}
