import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { SENDING_LIMITS } from '../../activities/mail-server/sending-turns.ts';
import { submitPassword } from '../harness/confirm.ts';
import { consoleClient } from '../harness/console-client.ts';
import { eventually } from '../harness/eventually.ts';
import { insertOperator } from '../harness/rows.ts';
import { type Stage, setStage } from '../harness/stage.ts';

type Portal = Awaited<ReturnType<Stage['openPortal']>>;

let stage: Stage;
let replies = Promise.withResolvers<void>();
beforeAll(async () => {
  stage = await setStage();
});
afterEach(() => {
  delete stage.sink.onMail;
  replies.resolve();
});
afterAll(() => stage.close());

/** From now on the mail server never replies to e-mails whose address has `word` in it. */
function hang(word: string): void {
  replies = Promise.withResolvers();
  stage.sink.onMail = ({ recipients }) => (recipients[0]!.includes(word) ? replies.promise : undefined);
}

async function add({ api }: Portal, email: string) {
  const { id } = (await api.post('/users', { email, name: 'Jane' }).expecting(201)).body;
  return { id, email, user: async () => (await api.get(`/users/${id}`)).body };
}

async function mailed(portal: Portal, email: string) {
  const added = await add(portal, email);
  const { link } = await stage.sink.mailTo(email);
  await eventually(async () => (await added.user()).invitation.emailsSent === 1, 'the delivery');
  return { ...added, link };
}

const hanging = (word: string) => stage.sink.mails.filter(({ recipients }) => recipients[0]!.includes(word)).length;

test('while the mail server hangs, confirmations, a bulk action and the housekeeping go on', async () => {
  const [one, other] = [await stage.openPortal(), await stage.openPortal()];
  const confirming = await mailed(one, 'confirming@example.com');
  const leaving = await mailed(one, 'leaving@example.com');
  hang('all-hang');
  for (let i = 0; i < SENDING_LIMITS.ofMailServer; i += 1) {
    await add(one, `one.${i}@all-hang.example`);
    await add(other, `other.${i}@all-hang.example`);
  }
  await eventually(() => hanging('all-hang') >= SENDING_LIMITS.ofMailServer, 'the sends that hang');

  expect((await submitPassword(confirming.link)).status).toBe(303);
  const console = consoleClient(stage.url);
  await console.signIn((await insertOperator(stage.db.database, one.slug)).email);
  const fields = { id: randomUUID(), action: 'deactivate', ids: [leaving.id] };
  const { location } = await console.post(`/console/${one.slug}/bulk-actions`, fields);
  await eventually(async () => (await console.get(location!)).html.includes('Finished: 1 of 1'), 'the bulk action');
  expect((await leaving.user()).confirmationStatus).toBe('deactivated');
  const { client, taskQueue } = stage.worker;
  const housekeeping = { taskQueue, workflowId: `housekeeping/${randomUUID()}`, args: [] };
  expect(await client.workflow.execute('housekeeping', housekeeping)).toMatchObject({ started: expect.any(Number) });
  expect(hanging('all-hang')).toBe(SENDING_LIMITS.ofMailServer);
});

test('a portal whose e-mails hang leaves the mail server to the others', async () => {
  const [one, other] = [await stage.openPortal(), await stage.openPortal()];
  hang('@hang.example');
  for (let i = 0; i < SENDING_LIMITS.ofMailServer; i += 1) await add(one, `${i}@hang.example`);
  await eventually(() => hanging('@hang.example') === SENDING_LIMITS.ofPortal, 'the sends that hang');
  await mailed(other, 'other@example.com');
  expect(hanging('@hang.example')).toBe(SENDING_LIMITS.ofPortal);
});

test('a re-invite while the e-mail hangs mails the new link at once, and the hanging send ends', async () => {
  const portal = await stage.openPortal({ reInviteCooldownSeconds: 0 });
  hang('twice');
  const { id, user } = await add(portal, 'twice@example.com');
  const { link } = await stage.sink.mailTo('twice@example.com');
  delete stage.sink.onMail;
  await portal.api.post(`/users/${id}/re-invite`).expecting(202);
  const newLink = (await stage.sink.mailTo('twice@example.com', 2)).link;
  expect(newLink).not.toBe(link);
  await eventually(async () => (await user()).invitation.emailsSent === 1, 'the delivery');
  expect((await submitPassword(newLink)).status).toBe(303);
});
