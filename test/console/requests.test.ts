import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { Attachment, type PortalRequest } from '../../db/entities/index.ts';
import { consoleClient } from '../harness/console-client.ts';
import { eventually } from '../harness/eventually.ts';
import { formKeyIn, HOSTILE, HOSTILE_SHOWN } from '../harness/open-console.ts';
import { emailOf, openRequests, textOf } from '../harness/open-requests.ts';
import { helpDesk, insertRequest } from '../harness/requests.ts';
import { serve } from '../harness/serve.ts';
import { type Stage, setStage } from '../harness/stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await setStage();
});
afterEach(() => {
  stage.sink.mood = null;
});
afterAll(() => stage.close());

const desk = () => helpDesk(stage.services);

test('a reply with a new status is shown, and mailed to the portal user in their language, once and in the thread', async () => {
  const { client, send, page, addUser, operator } = await openRequests(stage, 'staff');
  const jane = await addUser('Jane Doe', 'de');
  const request = await insertRequest(stage.db.database, jane);
  const first = await send(request, 'reply', { text: 'Nehmen Sie Wasser.\n\nKein Öl!', status: '' });
  expect([first.status, first.location]).toEqual([303, page(request)]);
  expect(textOf((await client.get(page(request))).html)).toContain('Your reply was added. Jane Doe is told by e-mail.');
  await send(request, 'reply', { text: 'Erledigt?', status: 'closed' });

  const [one, two] = [await stage.sink.mailTo(emailOf(jane), 2), await stage.sink.mailTo(emailOf(jane), 3)];
  expect(one.text).toContain(`${operator.name} hat Ihre Anfrage #1, „The printer is on fire“, beantwortet:`);
  expect(one.text).toContain('> Nehmen Sie Wasser.\n> \n> Kein Öl!');
  expect(one.text).not.toContain('ist jetzt');
  expect(two.text).toContain('> Erledigt?\n\nIhre Anfrage #1, „The printer is on fire“, ist jetzt geschlossen.');
  expect([two.inReplyTo, two.subject]).toEqual([one.messageId, one.subject]);
  expect(one.text).toMatch(new RegExp(`^${stage.url}/p/portal-\\d+/requests/${request.id}$`, 'm'));

  const sent = async () =>
    (await client.get(page(request))).html.match(/data-label="Delivery"><span class="tone-good">Sent/g)?.length === 2;
  await eventually(sent, 'both deliveries');
  const { html } = await client.get(page(request));
  expect(textOf(html)).toContain('Reply, now Closed');
  expect(html).toContain('<div class="written" dir="auto">Nehmen Sie Wasser.\n\nKein Öl!</div>');
  expect(textOf(html)).toContain(operator.name);
});

test('a change of the status alone is mailed once, and not at all where it changes nothing', async () => {
  const { client, send, page, addUser } = await openRequests(stage);
  const jane = await addUser();
  const request = await insertRequest(stage.db.database, jane);
  const { html } = await client.get(page(request));
  expect(textOf(html)).toMatch(/Put on hold Close /);
  const form = { formKey: formKeyIn(html), status: 'on_hold' };
  await client.post(`${page(request)}/status`, form);
  await client.post(`${page(request)}/status`, form); // the way back
  const mail = await stage.sink.mailTo(emailOf(jane), 2);
  expect(mail.text).toContain('Your request #1, “The printer is on fire”, is on hold now.');
  await send(request, 'status', { status: 'on_hold' });
  expect((await client.get(page(request))).html).toContain('The request was On Hold already.');
  expect(await desk().emails(request)).toHaveLength(1);
  expect((await client.post(`${page(request)}/status`, { status: 'lost' })).status).toBe(400);
  expect(textOf((await client.get(page(request))).html)).toMatch(/Reopen Close /);
});

test('a double click replies once, and the form with another text says so', async () => {
  const { client, page, addUser } = await openRequests(stage);
  const request = await insertRequest(stage.db.database, await addUser());
  const formKey = formKeyIn((await client.get(page(request))).html);
  const reply = (text: string) => client.post(`${page(request)}/reply`, { formKey, text, status: '' });
  expect((await Promise.all([reply('Once.'), reply('Once.')])).map(({ status }) => status)).toEqual([303, 303]);
  const other = await reply('Other.');
  expect(other.status).toBe(422);
  expect(other.html).toContain('This form was sent before with something else in it');
  expect(other.html).toContain('>Other.</textarea>');
  expect((await client.get(page(request))).html.match(/>Once\.</g)).toHaveLength(1);
  expect(await desk().emails(request)).toHaveLength(1);
});

test('a refused reply says why beside the field, keeps what was typed, and is not mailed', async () => {
  const { send, addUser } = await openRequests(stage);
  const request = await insertRequest(stage.db.database, await addUser());
  const empty = await send(request, 'reply', { text: '  ', status: 'closed' });
  expect(empty.status).toBe(400);
  expect(empty.html).toMatch(/id="text-error" role="alert">Must not be empty</);
  expect(empty.html).toContain('<option value="closed" selected>');
  const long = await send(request, 'reply', { text: 'x'.repeat(20_001), status: '' });
  expect([long.status, long.html.includes(`${'x'.repeat(20_001)}</textarea>`)]).toEqual([400, true]);
  expect((await send(request, 'reply', { text: 'x', status: 'lost' })).html).toContain('id="status-error"');
  expect(await desk().emails(request)).toEqual([]);
});

test('another portal’s request is not found, nor is its file', async () => {
  const mine = await openRequests(stage);
  const theirs = await openRequests(stage);
  const request = await insertRequest(stage.db.database, await theirs.addUser());
  const own = await insertRequest(stage.db.database, await mine.addUser());
  const file = await attach(request, 'secret.txt');
  for (const path of [request.id, `${request.id}/attachments/${file.id}`, `${own.id}/attachments/${file.id}`, 'x']) {
    expect([path, (await mine.client.get(`${mine.path}/${path}`)).status]).toEqual([path, 404]);
  }
  for (const action of ['reply', 'status']) {
    const { status } = await mine.client.post(`${mine.path}/${request.id}/${action}`, { text: 'x', status: 'closed' });
    expect(status).toBe(404);
  }
  const [user] = await theirs.users();
  expect((await mine.client.get(`${mine.path}?user=${user!.id}`)).status).toBe(404);
});

test('operators save the files that came with a request', async () => {
  const { client, page, addUser } = await openRequests(stage, 'staff');
  const request = await insertRequest(stage.db.database, await addUser());
  const { id } = await attach(request, 'what "burns" <b>.txt');
  const { html } = await client.get(page(request));
  expect(html).toContain('<bdi>what &quot;burns&quot; &lt;b&gt;.txt</bdi>');
  const file = await client.get(`${page(request)}/attachments/${id}`);
  expect([file.status, file.html]).toEqual([200, 'It burns.']);
  expect(file.headers.get('content-disposition')).toMatch(/^attachment;/);
  expect(file.headers.get('x-content-type-options')).toBe('nosniff');
});

test('with Temporal down a reply is taken and mailed later, and the page says so', async () => {
  const { slug, operator, addUser } = await openRequests(stage);
  const jane = await addUser();
  const request = await insertRequest(stage.db.database, jane);
  const down = async () => {
    throw new Error('Temporal is down');
  };
  await using api = await serve({
    ...stage.services,
    requestEmails: { start: down },
    invitations: { ...stage.services.invitations, isReachable: async () => false },
  });
  const client = consoleClient(api.url);
  await client.signIn(operator.email);
  const page = `/console/${slug}/requests/${request.id}`;
  const formKey = formKeyIn((await client.get(page)).html);
  expect((await client.post(`${page}/reply`, { formKey, text: 'Use water.', status: '' })).status).toBe(303);
  const { html } = await client.get(page);
  expect(textOf(html)).toContain('will be told by e-mail as soon as possible');
  expect(html).toContain('>Queued<');

  const aged = "update request_emails set queued_at = queued_at - interval '20 seconds' where request_id = ?";
  await stage.db.database.em.fork().execute(aged, [request.id]);
  const { client: temporal, taskQueue } = stage.worker;
  const options = { taskQueue, workflowId: `housekeeping/${request.id}`, args: [] };
  await temporal.workflow.execute('housekeeping', options);
  expect((await stage.sink.mailTo(emailOf(jane), 2)).text).toContain('> Use water.');
});

test('a bounce is shown with the mail server’s words, and who is deactivated is not mailed', async () => {
  const { client, send, page, api, addUser } = await openRequests(stage);
  const jane = await addUser();
  const request = await insertRequest(stage.db.database, jane);
  stage.sink.mood = { code: 550, text: 'No such <user>', at: 'RCPT' };
  await send(request, 'reply', { text: 'Use water.', status: '' });
  const shows = (text: string) => async () => (await client.get(page(request))).html.includes(text);
  await eventually(shows('No such &lt;user&gt;'), 'the bounce');
  stage.sink.mood = null;
  await api.post(`/users/${jane.id}/deactivate`).expecting(200);
  await send(request, 'status', { status: 'closed' });
  expect(textOf((await client.get(page(request))).html)).toContain('Jane Doe is deactivated and not mailed.');
  await eventually(shows('>Suppressed<'), 'the suppression');
});

test('a program’s reply is signed by the portal’s sender', async () => {
  const { addUser, slug } = await openRequests(stage);
  await stage.admin.patch(`/v1/portals/${slug}`, { senderName: 'Acme Support' }).expecting(200);
  const jane = await addUser();
  const request = await insertRequest(stage.db.database, jane);
  await desk().reply(request, 'Use water.', { by: 'api_key/019b2f6e-9d0c-7a55-b6f3-3a0f1c2d4e5f' });
  expect((await stage.sink.mailTo(emailOf(jane), 2)).text).toContain('Acme Support has answered your request #1');
});

test('hostile text is shown as it was typed, in the table, on the page and in the e-mail', async () => {
  const { client, path, page, send, addUser } = await openRequests(stage);
  const jane = await addUser(HOSTILE);
  const subject = HOSTILE.slice(0, 200);
  const request = await insertRequest(stage.db.database, jane, { subject, description: HOSTILE });
  await send(request, 'reply', { text: HOSTILE, status: '' });
  for (const address of [path, `${path}?user=${jane.id}`, page(request)]) {
    const { html } = await client.get(address);
    expect(html).toContain(HOSTILE_SHOWN);
    expect(html).not.toContain('<img src=x');
  }
  const mail = await stage.sink.mailTo(emailOf(jane), 2);
  expect(mail.html).toContain(HOSTILE_SHOWN);
  expect(mail.html).not.toContain('<img src=x');
  expect(mail.subject).toBe(`Re: [#1] ${subject}`);
});

/** A file that came with a request. */
async function attach(request: PortalRequest, fileName: string): Promise<Attachment> {
  const content = Buffer.from('It burns.');
  const id = randomUUID();
  const put = await stage.services.attachments.put(id, content);
  return stage.db.database.em.fork().transactional(async (em) => {
    await put.take(em);
    const row = { id, request: request.id, fileName, mediaType: 'text/plain', size: content.length };
    const attachment = em.create(Attachment, row);
    await em.flush();
    return attachment;
  });
}
