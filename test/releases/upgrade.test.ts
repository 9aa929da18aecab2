/**
 * What earlier releases left behind goes on in this one. `test/releases/<name>/` has the database of a release, the histories of its
 * running workflows and what its people have; `record.ts` made them. Temporal's data does not come along here, so the housekeeping has
 * to start what is overdue; what a server that kept its data would go on with, the replay covers.
 */
import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import { Worker } from '@temporalio/worker';
import { migrate } from '../../db/migrate.ts';
import { type ApiClient, apiClient } from '../harness/api-client.ts';
import { PASSWORD, submitPassword } from '../harness/confirm.ts';
import { consoleClient } from '../harness/console-client.ts';
import { eventually } from '../harness/eventually.ts';
import { type DatabaseDump, loadDatabase } from '../harness/releases/database-dump.ts';
import { type Population, RELEASE_OPERATOR } from '../harness/releases/population.ts';
import { readPortalUser } from '../harness/rows.ts';
import { ADMIN_API_KEY, type Stage, setStage } from '../harness/stage.ts';
import { silenceTemporal } from '../harness/test-worker.ts';

const RELEASES = readdirSync(import.meta.dirname, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);
/** Whom the release owed an e-mail: a first one, a reminder, or one about a reply. Nobody else may get one. */
const OWED = ['deferred', 'queued', 'unstarted', 'overdue', 'confirmed'].map((who) => `${who}@example.com`);

silenceTemporal();

describe.each(RELEASES)('the release %s', (release) => {
  const read = (file: string) => JSON.parse(readFileSync(new URL(`${release}/${file}`, import.meta.url), 'utf8'));
  const dump: DatabaseDump = read('database.json');
  const { people, ...population }: Population = read('population.json');
  const histories: { workflowId: string; history: object }[] = read('histories.json');
  let stage: Stage;
  let api: ApiClient;

  beforeAll(async () => {
    const db = await loadDatabase(dump);
    await migrate(db.database);
    stage = await setStage({ db });
    api = apiClient(stage.url, ADMIN_API_KEY, '/v1/portals/acme');
  });
  afterAll(() => stage.close());

  const row = ({ id }: { id: string }) => readPortalUser(stage.db.database, id);
  /** Everybody who was mailed since the upgrade. */
  const mailed = () => stage.sink.mails.flatMap(({ recipients }) => recipients).toSorted();
  async function keepHouse(): Promise<void> {
    const { client, taskQueue } = stage.worker;
    const options = { taskQueue, workflowId: `housekeeping/${randomUUID()}`, args: [] };
    await client.workflow.execute('housekeeping', options);
  }
  const browser = (cookies: Record<string, string>) => {
    const client = consoleClient(stage.url);
    for (const [name, value] of Object.entries(cookies)) client.cookies.set(name, value);
    return client;
  };

  test('its database has the schema that the entities describe once it is migrated', async () => {
    const migrations = await stage.db.database.migrator.getExecuted();
    expect(migrations.map(({ name }) => name).slice(0, dump.migrations.length)).toEqual(dump.migrations);
    expect(await stage.db.database.schema.getUpdateSchemaSQL({ wrap: false })).toBe('');
  });

  test.each(histories.map(({ workflowId, history }) => [workflowId, history] as const))(
    'its running workflow %s replays',
    async (workflowId, history) => {
      const workflowBundle = { codePath: process.env.TEST_WORKFLOW_BUNDLE! };
      const replay = Worker.runReplayHistory({ workflowBundle }, historyFromJSON(history), workflowId);
      await expect(replay).resolves.toBeUndefined();
    },
  );

  test('the housekeeping has each e-mail sent that the release owed, once, and no other', async () => {
    await keepHouse();
    const sent = async () => (await Promise.all(Object.values(people).map(row))).map(({ delivery }) => delivery);
    for (const email of OWED) await stage.sink.mailTo(email);
    await eventually(async () => (await sent()).every((delivery) => delivery === 'sent'), 'the deliveries');
    const { members, id } = population.bulk;
    await eventually(async () => (await bulkAction(id)).finished, 'the end of the bulk action');
    await keepHouse();
    expect(mailed()).toEqual(OWED.toSorted());
    expect(await row(people.overdue)).toMatchObject({ emailsSent: 2, generation: 1, nextReminderAt: null });
    for (const member of members) expect((await row({ id: member })).confirmationStatus).toBe('deactivated');
    expect((await bulkAction(id)).outcomes).toEqual(members.map(() => 'done'));
  });

  async function bulkAction(id: string) {
    const em = stage.db.database.em.fork();
    const [action] = await em.execute<{ finished: boolean }[]>(
      'select finished_at is not null as finished from bulk_actions where id = ?',
      [id],
    );
    const rows = await em.execute<{ outcome: string }[]>(
      'select outcome from bulk_action_rows where bulk_action_id = ?',
      [id],
    );
    return { finished: action!.finished, outcomes: rows.map(({ outcome }) => outcome) };
  }

  test('its mailed links confirm; those that were replaced, used or taken away do not', async () => {
    const open = async (path: string) => (await fetch(stage.url + path)).status;
    const [first, second, third] = people.reInvited.links;
    expect(await Promise.all([first!, second!].map(open))).toEqual([410, 410]);
    expect(await open(people.confirmed.links[0]!)).toBe(409);
    expect(await open(people.deactivated.links[0]!)).toBe(410);
    for (const link of [people.invited.links[0]!, third!, people.overdue.links[0]!])
      expect((await submitPassword(stage.url + link)).status).toBe(303);
    for (const person of [people.invited, people.reInvited, people.overdue])
      expect(await row(person)).toMatchObject({ confirmationStatus: 'confirmed', hasPassword: true });
  });

  test('a re-invite replaces a link that it mailed', async () => {
    const { id, email, links } = people.toReInvite;
    await api.post(`/users/${id}/re-invite`).expecting(202);
    const { link } = await stage.sink.mailTo(email);
    expect((await fetch(stage.url + links[0])).status).toBe(410);
    expect((await submitPassword(link)).status).toBe(303);
    expect(stage.sink.mails.filter(({ recipients }) => recipients.includes(email))).toHaveLength(1);
  });

  test('a deactivated user can be reactivated, and confirms by the new link', async () => {
    const { id, email } = people.deactivated;
    await api.post(`/users/${id}/reactivate`).expecting(202);
    expect((await submitPassword((await stage.sink.mailTo(email)).link)).status).toBe(303);
  });

  test('its sessions and passwords open the console and the customer portal', async () => {
    const { cookies, request } = population;
    expect((await browser(cookies.operator).get('/console/acme/users')).status).toBe(200);
    expect((await browser(cookies.customer).get(`/p/acme/requests/${request}`)).html).toContain('Is it still burning?');
    const operator = consoleClient(stage.url);
    expect((await operator.signIn(RELEASE_OPERATOR.email, RELEASE_OPERATOR.password)).status).toBe(303);
    expect((await operator.get('/console/acme/users')).status).toBe(200);
    const customer = consoleClient(stage.url);
    const fields = { email: people.confirmed.email, password: PASSWORD };
    expect((await customer.post('/p/acme/sign-in', fields)).status).toBe(303);
    expect((await customer.get('/p/acme/account')).status).toBe(200);
  });

  test('an operator whom it added signs in with the password that it made, or accepts the invitation that it mailed', async () => {
    const { email, password, invitation } = population.staff;
    const client = consoleClient(stage.url);
    if (invitation !== undefined) {
      expect((await client.get('/console/acme/users')).status).toBe(303);
      await client.post(invitation, { password: PASSWORD, passwordAgain: PASSWORD });
    }
    const again = consoleClient(stage.url);
    expect((await again.signIn(email, password ?? PASSWORD)).status).toBe(303);
    expect((await again.get('/console/acme/users')).status).toBe(200);
  });

  test('its API key works, and a call that is repeated over the upgrade is not carried out twice', async () => {
    const byKey = apiClient(stage.url, population.apiKey, '/v1/portals/acme');
    const count = async () => (await byKey.get('/contacts?q=remembered').expecting(200)).body.data.length;
    expect(await count()).toBe(1);
    const { body, headers } = population.remembered;
    const { status } = await api.post('/users', body, headers);
    // The migration that encrypts remembered responses deletes those before it, and keeps their keys.
    expect(status).toBe(dump.migrations.includes('2026-11-27-sealed-answers') ? 201 : 422);
    expect(await count()).toBe(1);
  });
});
