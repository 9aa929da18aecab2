import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { recordRequestDelivery, recordRequestEmailDeferred } from '../../activities/emails/send-request-email.ts';
import { createActivities } from '../../activities/index.ts';
import { Contact, Portal, PortalRequest, PortalUser, RequestEmail } from '../../db/entities/index.ts';
import { FAILURES } from '../../vocabulary/workflows.ts';
import { activityEnvironment } from '../harness/activity-environment.ts';
import { helpDesk, insertRequest } from '../harness/requests.ts';
import { insertPortal, insertPortalUser } from '../harness/rows.ts';
import { type Engine, PUBLIC_URL, startEngine } from '../harness/workflow-engine.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine();
});
afterEach(() => {
  engine.sink.mood = null;
});
afterAll(() => engine.close());

const activities = () => createActivities(engine.worker.dependencies);
const send = (requestEmailId: string) => activityEnvironment().run(activities().sendRequestEmail, { requestEmailId });

/** A request whose e-mails are put down, but sent by nobody else. */
async function openRequest(policy: Partial<Portal> = {}) {
  const { database } = engine.db;
  const portal = await insertPortal(database, policy);
  const user = await insertPortalUser(database, portal);
  const request = await insertRequest(database, user);
  const desk = helpDesk({
    database,
    publicUrl: PUBLIC_URL,
    requestEmails: { start: async () => {} },
    logger: pino({ level: 'silent' }),
  });
  const { email } = user.contact.getEntity();
  return {
    portal,
    user,
    request,
    email,
    /** Replies, and tells the id of the e-mail about it. */
    reply: async (text: string) => {
      await desk.reply(request, text);
      return (await desk.emails(request)).at(-1)!.id;
    },
    changeStatus: async (status: 'open' | 'closed') => {
      await desk.changeStatus(request, status);
      return (await desk.emails(request)).at(-1)!.id;
    },
    mails: () => engine.sink.mails.filter(({ recipients }) => recipients.includes(email)),
  };
}

const rowOf = (id: string) => engine.db.database.em.fork().findOneOrFail(RequestEmail, id);

test('sending twice in a row mails once and answers the same', async () => {
  const { reply, mails } = await openRequest();
  const id = await reply('Use water.');
  expect(await send(id)).toEqual({ delivery: 'sent' });
  expect(await send(id)).toEqual({ delivery: 'sent' });
  expect(mails()).toHaveLength(1);
  expect(await rowOf(id)).toMatchObject({ delivery: 'sent', reply: null, answeredAt: expect.any(Date) });
});

test('a thread does not name an e-mail that was never sent', async () => {
  const { user, reply, mails } = await openRequest();
  const first = await reply('Use water.');
  await send(first);
  const em = engine.db.database.em.fork();
  await em.nativeUpdate(PortalUser, user.id, { confirmationStatus: 'deactivated' });
  const unsent = await reply('Or sand.');
  expect(await send(unsent)).toEqual({ delivery: 'suppressed' });
  await em.nativeUpdate(PortalUser, user.id, { confirmationStatus: 'confirmed' });
  expect(await send(await reply('Or foam.'))).toEqual({ delivery: 'sent' });

  const [sent, next] = mails();
  expect(next!.inReplyTo).toBe(sent!.messageId);
  expect(JSON.stringify(next!.references)).not.toContain(unsent);
});

test('an e-mail that the mail server has put off for as long as the portal retries it is given up', async () => {
  const { reply, mails } = await openRequest({ giveUpAfterSeconds: 3_600 });
  const id = await reply('Use water.');
  engine.sink.mood = { code: 451, text: '4.7.1 Later', at: 'RCPT' };
  await expect(send(id)).rejects.toMatchObject({ type: FAILURES.emailDeferred });
  const hourLater = "update request_emails set queued_at = queued_at - interval '1 hour' where id = ?";
  await engine.db.database.em.fork().execute(hourLater, [id]);
  expect(await send(id)).toEqual({ delivery: 'bounced' });
  engine.sink.mood = null;
  expect(await send(id)).toEqual({ delivery: 'bounced' });
  expect(await rowOf(id)).toMatchObject({ delivery: 'bounced', reply: expect.stringContaining('4.7.1 Later') });
  expect(mails()).toEqual([]);
});

test('killed between the mail server’s yes and the record, it is sent again the same to the byte, whatever was changed', async () => {
  const { portal, user, request, reply, mails } = await openRequest({ replyTo: 'help@acme.example', color: '#00ff7f' });
  const id = await reply('Use water.\n\nNot <b>oil</b>!');
  const { mailer } = engine.worker.dependencies;
  engine.worker.dependencies.mailer = {
    ...mailer,
    async send(message, portalId, signal) {
      await mailer.send(message, portalId, signal);
      throw new Error('killed');
    },
  };
  await expect(send(id)).rejects.toThrow('killed');
  engine.worker.dependencies.mailer = mailer;
  expect(await rowOf(id)).toMatchObject({ delivery: 'queued', answeredAt: null });
  const em = engine.db.database.em.fork();
  await em.nativeUpdate(Portal, portal.id, { name: 'Renamed', color: '#ff0000', replyTo: null, languages: ['de'] });
  await em.nativeUpdate(Contact, user.contact.id, { name: 'Jane Roe', email: 'jane.roe@example.com' });
  await em.nativeUpdate(PortalRequest, request.id, { subject: 'Another' });
  await reply('And call the fire brigade.');
  expect(await send(id)).toEqual({ delivery: 'sent' });

  const [first, second, ...more] = mails();
  expect(more).toEqual([]);
  expect(second!.raw).toBe(first!.raw);
  expect(first!.text).toContain('> Use water.\n> \n> Not <b>oil</b>!');
  expect(first!.html).toContain('Use water.<br><br>Not &lt;b&gt;oil&lt;/b&gt;!');
  expect(first!.html).toContain('background:#00ff7f');
});

test('a worker that is told to stop between the mail server’s yes and its record writes it down all the same', async () => {
  const { reply, mails } = await openRequest();
  const id = await reply('Use water.');
  const stopping = activityEnvironment();
  const { mailer } = engine.worker.dependencies;
  engine.worker.dependencies.mailer = {
    ...mailer,
    async send(message, portalId, signal) {
      const answer = await mailer.send(message, portalId, signal);
      stopping.cancel();
      return answer;
    },
  };
  expect(await stopping.run(activities().sendRequestEmail, { requestEmailId: id })).toEqual({ delivery: 'sent' });
  engine.worker.dependencies.mailer = mailer;
  expect(await send(id)).toEqual({ delivery: 'sent' });
  expect(mails()).toHaveLength(1);
});

test('an e-mail that was put off is accepted later with the same Message-ID, and its address stays out of the failure', async () => {
  const { reply, mails, email } = await openRequest();
  const id = await reply('Use water.');
  engine.sink.mood = { code: 451, text: `Later, <${email}>`, at: 'RCPT' };
  const failure = await send(id).catch((error: unknown) => error);
  expect(failure).toMatchObject({ type: FAILURES.emailDeferred, nonRetryable: false });
  expect(JSON.stringify(failure) + String(failure)).not.toContain(email);
  expect(await rowOf(id)).toMatchObject({ delivery: 'deferred', reply: expect.stringContaining('Later') });

  engine.sink.mood = null;
  expect(await send(id)).toEqual({ delivery: 'sent' });
  expect(mails().map(({ messageId }) => messageId)).toEqual([`<${id}@portal.example>`]);
  expect(await rowOf(id)).toMatchObject({ delivery: 'sent', reply: null });
});

test('a refusal is for good, with the mail server’s words', async () => {
  const { reply, mails } = await openRequest();
  const id = await reply('Use water.');
  engine.sink.mood = { code: 550, text: 'No such user', at: 'RCPT' };
  expect(await send(id)).toEqual({ delivery: 'bounced' });
  engine.sink.mood = null;
  expect(await send(id)).toEqual({ delivery: 'bounced' });
  expect(mails()).toEqual([]);
  expect(await rowOf(id)).toMatchObject({ delivery: 'bounced', reply: expect.stringContaining('No such user') });
});

test('an answer that was recorded is not changed by another attempt’s', async () => {
  const { database } = engine.db;
  const { reply } = await openRequest();
  const id = await reply('Use water.');
  await send(id);
  await recordRequestEmailDeferred(database, id, '451 Later');
  expect(await recordRequestDelivery(database, id, { delivery: 'bounced', reply: '550 No' })).toEqual({
    delivery: 'sent',
  });
  expect(await rowOf(id)).toMatchObject({ delivery: 'sent', reply: null });
});

test('nobody who was deactivated is mailed, not even what was put off before', async () => {
  const { user, reply, mails } = await openRequest();
  const id = await reply('Use water.');
  engine.sink.mood = { code: 451, text: 'Later', at: 'DATA' };
  await send(id).catch(() => {});
  engine.sink.mood = null;
  await engine.db.database.em.fork().nativeUpdate(PortalUser, user.id, { confirmationStatus: 'deactivated' });
  expect(await send(id)).toEqual({ delivery: 'suppressed' });
  expect(await send(id)).toEqual({ delivery: 'suppressed' });
  expect(mails()).toEqual([]);
  expect(await rowOf(id)).toMatchObject({ delivery: 'suppressed', answeredAt: expect.any(Date) });
});

test('who was erased is mailed nothing, and it ends quietly, also amid the sending', async () => {
  const { user, reply, mails } = await openRequest();
  const id = await reply('Use water.');
  const erase = () => engine.db.database.em.fork().nativeDelete(Contact, user.contact.id);
  engine.sink.onMail = async () => void (await erase());
  expect(await send(id)).toEqual({ delivery: 'erased' });
  delete engine.sink.onMail;
  expect(await send(id)).toEqual({ delivery: 'erased' });
  expect(mails()).toHaveLength(1);
});

test('all e-mails of a request are one thread', async () => {
  const { request, reply, changeStatus, mails } = await openRequest();
  const ids = [await reply('Use water.'), await reply('Or sand.'), await changeStatus('closed')];
  for (const id of ids) await send(id);
  const [root, first, second, third] = [request.id, ...ids].map((id) => `<${id}@portal.example>`);
  expect(mails().map(({ messageId, inReplyTo, references }) => ({ messageId, inReplyTo, references }))).toEqual([
    { messageId: first, inReplyTo: root, references: root },
    { messageId: second, inReplyTo: first, references: [root, first] },
    { messageId: third, inReplyTo: second, references: [root, first, second] },
  ]);
  expect(new Set(mails().map(({ subject }) => subject))).toEqual(new Set(['Re: [#1] The printer is on fire']));
});

test('an e-mail waits for the request’s earlier one, but not for ever', async () => {
  const { reply, mails } = await openRequest();
  const [first, second] = [await reply('Use water.'), await reply('Or sand.')];
  const failure = await send(second).catch((error: unknown) => error);
  expect(failure).toMatchObject({ type: FAILURES.earlierEmailUnanswered, nonRetryable: false });
  expect(mails()).toEqual([]);

  await engine.db.database.em
    .fork()
    .execute("update request_emails set queued_at = queued_at - interval '61 minutes' where id = ?", [first]);
  expect(await send(second)).toEqual({ delivery: 'sent' });
  expect(await send(first)).toEqual({ delivery: 'sent' });
  expect(mails().map(({ text }) => text!.includes('sand'))).toEqual([true, false]);
});

test('e-mails that nobody started are started once they have waited a while', async () => {
  const { reply } = await openRequest();
  const [forgotten, fresh] = [await reply('Use water.'), await reply('Or sand.')];
  const { database } = engine.db;
  await database.em
    .fork()
    .execute("update request_emails set queued_at = queued_at - interval '20 seconds' where id = ?", [forgotten]);
  const started: string[] = [];
  engine.worker.dependencies.requestEmails = { start: async (id) => void started.push(id) };
  await activityEnvironment().run(activities().startMissingRequestEmails);
  expect(started).toContain(forgotten);
  expect(started).not.toContain(fresh);
});
