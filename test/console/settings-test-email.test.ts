import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { createTestEmails } from '../../temporal/test-emails.ts';
import { testEmailWorkflowId } from '../../vocabulary/workflows.ts';
import { eventually } from '../harness/eventually.ts';
import { openSettings } from '../harness/open-settings.ts';
import { type Stage, setStage } from '../harness/stage.ts';

const HTMX = { 'hx-request': 'true' };
const INVITATION = { kind: 'invitation', language: 'en', page: '' };

let stage: Stage;
beforeAll(async () => {
  stage = await setStage();
});
afterEach(() => {
  stage.sink.mood = null;
  delete stage.sink.onMail;
});
afterAll(() => stage.close());

const sentTo = (address: string) => stage.sink.mails.filter(({ recipients }) => recipients.includes(address));

test('an owner is sent the e-mail by the saved settings, marked as a test and with a dead link', async () => {
  const settings = { name: 'Acme', senderName: 'Olga', replyTo: 'help@acme.example', color: '#00ff7f' };
  const { client, path, operator } = await openSettings(stage, settings);
  const answer = await client.post(`${path}/test-email`, { ...INVITATION, page: '/emails' });
  expect([answer.status, answer.location]).toEqual([303, `${path}/emails`]);
  const { html } = await client.get(`${path}/emails`);
  expect(html).toContain(`Sent to ${operator.email}: the mail server took it.`);

  const [mail] = sentTo(operator.email);
  expect(mail!.subject).toBe('[Test] Your access to Acme');
  expect(mail!.from!.value[0]).toMatchObject({ name: 'Olga' });
  expect(mail!.replyTo!.value[0]).toMatchObject({ address: 'help@acme.example' });
  expect(mail!.html).toContain('background:#00ff7f');
  expect(mail!.text).toContain(`Hello ${operator.name},`);
  expect(mail!.link).toBe(`${stage.url}/confirm/…`);
  const dead = await fetch(mail!.link);
  expect([dead.status, (await dead.text()).includes('This link does not work')]).toEqual([404, true]);
});

test('a test of the reminder is sent in the language that was chosen, and answered in place', async () => {
  const { client, path, operator } = await openSettings(stage);
  const answer = await client.post(`${path}/test-email`, { kind: 'reminder', language: 'de', page: '' }, HTMX);
  expect([answer.status, answer.html]).toEqual([
    200,
    `<p class="notice" role="status">Sent to ${operator.email}: the mail server took it.</p>`,
  ]);
  expect(sentTo(operator.email)[0]!.subject).toBe('[Test] Erinnerung: Ihr Zugang zu Acme Help Center');
});

test.each([
  [{ code: 550, text: 'No such mailbox', at: 'RCPT' }, 'refused', 'for good, with the code 550.'],
  [{ code: 451, text: 'Greylisted', at: 'DATA' }, 'did not take', 'this time: 451.'],
] as const)('what the mail server says is told: %j', async (mood, verb, outcome) => {
  const { client, path, operator } = await openSettings(stage);
  stage.sink.mood = mood;
  const { html } = await client.post(`${path}/test-email`, INVITATION, HTMX);
  expect(html).toContain(
    `<p class="notice problem" role="status">The mail server ${verb} the e-mail to ${operator.email}`,
  );
  expect(html).toContain(outcome);
  expect(html).not.toContain(mood.text);
});

test('of several clicks at once one e-mail comes, and each is told what became of it', async () => {
  const { client, path, operator } = await openSettings(stage);
  stage.sink.onMail = () => sleep(500); // while it is on its way, the others ask
  const answers = await Promise.all([1, 2, 3].map(() => client.post(`${path}/test-email`, INVITATION, HTMX)));
  for (const { html } of answers) expect(html).toContain('the mail server took it');
  expect(sentTo(operator.email)).toHaveLength(1);

  await client.post(`${path}/test-email`, INVITATION, HTMX);
  expect(sentTo(operator.email)).toHaveLength(2);
});

test('neither address nor name of the operator is in Temporal', async () => {
  const { client, path, operator, portal } = await openSettings(stage);
  stage.sink.mood = { code: 550, text: `No mailbox <${operator.email}>`, at: 'RCPT' };
  await client.post(`${path}/test-email`, INVITATION);
  const handle = stage.worker.client.workflow.getHandle(
    testEmailWorkflowId(operator.id, (await portal()).id, 'invitation/en'),
  );
  const history = historyToJSON(await handle.fetchHistory());
  const payloads = [...history.matchAll(/"data":\s*"([A-Za-z0-9+/=]+)"/g)].map(([, data]) =>
    Buffer.from(data!, 'base64').toString(),
  );
  const readable = `${history}${payloads.join()}${JSON.stringify((await handle.describe()).raw)}`;
  expect(readable).toContain(operator.id);
  for (const secret of [operator.email, operator.name, 'No mailbox']) expect(readable).not.toContain(secret);
});

test('an order that no worker takes is given up, and said to be unknown', async () => {
  const { operator, portal } = await openSettings(stage);
  const order = { portalId: (await portal()).id, operatorId: operator.id, kind: 'invitation', language: 'en' } as const;
  const testEmails = createTestEmails(stage.worker.client, 'nobody-polls-this', 1_000);
  expect(await testEmails.send(order)).toEqual({ kind: 'unknown' });
  const handle = stage.worker.client.workflow.getHandle(
    testEmailWorkflowId(order.operatorId, order.portalId, 'invitation/en'),
  );
  await eventually(async () => (await handle.describe()).status.name === 'TIMED_OUT', 'the end of the order');
});

test.each([{ kind: 'other' }, { language: 'fr' }, { page: '//evil.example' }])(
  'an order with %j is refused',
  async (wrong) => {
    const { client, path, operator } = await openSettings(stage);
    expect((await client.post(`${path}/test-email`, { ...INVITATION, ...wrong })).status).toBe(400);
    expect(sentTo(operator.email)).toEqual([]);
  },
);
