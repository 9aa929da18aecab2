import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { Client } from '@temporalio/client';
import { lazyConnection } from '../../temporal/connection.ts';
import { createInvitations } from '../../temporal/invitations.ts';
import { PASSWORD, submitForm, submitPassword } from '../harness/confirm.ts';
import { eventually } from '../harness/eventually.ts';
import { type Relay, startRelay } from '../harness/relay.ts';
import { type Stage, setStage } from '../harness/stage.ts';

/** Longer than the API waits for Temporal. */
const LATE_MS = 1_300;

let stage: Stage;
let relay: Relay;
let connection: ReturnType<typeof lazyConnection>;
beforeAll(async () => {
  stage = await setStage();
  relay = await startRelay(process.env.TEST_TEMPORAL_ADDRESS!);
  connection = lazyConnection({ address: relay.address });
  const home = { taskQueue: stage.worker.taskQueue, publicUrl: stage.url };
  stage.services.invitations = createInvitations(new Client({ connection }), home);
  await stage.services.invitations.isReachable();
});
afterEach(() => {
  relay.delayMs = 0;
});
afterAll(async () => {
  await connection.close();
  await relay.close();
  await stage.close();
});

async function invited(email: string, settings: Record<string, unknown> = {}) {
  const { api, slug } = await stage.openPortal({ reInviteCooldownSeconds: 0, ...settings });
  const { id } = (await api.post('/users', { email, name: 'Jane' }).expecting(201)).body;
  const { link } = await stage.sink.mailTo(email);
  const user = async () => (await api.get(`/users/${id}`)).body;
  await eventually(async () => (await user()).invitation.emailsSent === 1, 'the delivery');
  return { api, slug, id, link, user };
}

test('a confirmation that Temporal answers late ends on the success page', async () => {
  const { link, user } = await invited('late-confirm@example.com');
  relay.delayMs = LATE_MS;
  expect((await submitPassword(link)).status).toBe(303);
  expect(await user()).toMatchObject({ confirmationStatus: 'confirmed' });
});

test('a confirmation by address that Temporal answers late ends on the success page', async () => {
  const site = { hasOwnSite: true, afterConfirmingUrls: ['https://acme.example/start'] };
  const { link, user } = await invited('late-address@example.com', site);
  relay.delayMs = LATE_MS;
  expect((await submitForm(link, { email: 'late-address@example.com' })).status).toBe(303);
  expect(await user()).toMatchObject({ confirmationStatus: 'confirmed' });
});

test('a re-invite that Temporal answers late is accepted', async () => {
  const { api, id, user } = await invited('late-re-invite@example.com');
  relay.delayMs = LATE_MS;
  await api.post(`/users/${id}/re-invite`).expecting(202);
  expect(await user()).toMatchObject({ invitation: { generation: 2 } });
});

test('a deactivation that Temporal answers late is told as done', async () => {
  const { api, id } = await invited('late-deactivate@example.com');
  relay.delayMs = LATE_MS;
  const { body } = await api.post(`/users/${id}/deactivate`).expecting(200);
  expect(body).toMatchObject({ confirmationStatus: 'deactivated' });
});

test('a form that is submitted twice at once ends on the success page twice', async () => {
  const { link, user } = await invited('twice@example.com');
  const answers = await Promise.all([submitPassword(link), submitPassword(link)]);
  expect(answers.map(({ status }) => status)).toEqual([303, 303]);
  expect(await user()).toMatchObject({ confirmationStatus: 'confirmed' });
});

test('a form that is submitted again is answered alike, unless the password is another', async () => {
  const { link } = await invited('again@example.com');
  expect((await submitPassword(link)).status).toBe(303);
  expect((await submitPassword(link)).status).toBe(303);
  expect((await submitPassword(link, `${PASSWORD} today`)).status).toBe(409);
});

test('a used link tells nothing of the password once a minute is over', async () => {
  const { link, id } = await invited('minute@example.com');
  expect((await submitPassword(link)).status).toBe(303);
  const later = "update portal_users set confirmed_at = confirmed_at - interval '61 seconds' where id = ?";
  await stage.db.database.em.fork().execute(later, [id]);
  expect((await submitPassword(link)).status).toBe(409);
});

test('of two passwords by one link, submitted at once, one counts and only its submitter is told so', async () => {
  const { link, slug } = await invited('race@example.com');
  const passwords = [PASSWORD, 'seven purple lamps hum quietly'];
  const answers = await Promise.all(passwords.map((password) => submitPassword(link, password)));
  const [won] = passwords.filter((_, index) => answers[index]!.status === 303);
  expect(answers.map(({ status }) => status).toSorted()).toEqual([303, 409]);
  const body = new URLSearchParams({ email: 'race@example.com', password: won! });
  const signIn = await fetch(`${stage.url}/p/${slug}/sign-in`, {
    method: 'POST',
    body,
    redirect: 'manual',
    headers: { origin: stage.url, 'sec-fetch-site': 'same-origin' },
  });
  expect(signIn.status).toBe(303);
});
