import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { AccountEmail, Event, type Operator, type Portal, PortalOperator } from '../../db/entities/index.ts';
import { type ConsoleClient, consoleClient } from '../harness/console-client.ts';
import { eventually } from '../harness/eventually.ts';
import { endCooldown, operatorLink } from '../harness/operator-links.ts';
import { insertOperator, insertPortal, OPERATOR_PASSWORD } from '../harness/rows.ts';
import { type Stage, setStage } from '../harness/stage.ts';

let stage: Stage;
let portal: Portal;
let owner: Awaited<ReturnType<typeof insertOperator>>;
let client: ConsoleClient;
let list: string;
beforeAll(async () => {
  stage = await setStage();
});
beforeEach(async () => {
  portal = await insertPortal(stage.db.database);
  owner = await insertOperator(stage.db.database, portal.slug, 'owner');
  client = await signedIn(owner);
  list = `/console/${portal.slug}/settings/operators`;
});
afterAll(() => stage.close());

async function signedIn({ email }: Operator, password = OPERATOR_PASSWORD): Promise<ConsoleClient> {
  const browser = consoleClient(stage.url);
  await browser.signIn(email, password);
  return browser;
}

const em = () => stage.db.database.em.fork();

async function events() {
  const rows = await em().find(Event, { portal: portal.id }, { orderBy: { id: 'asc' } });
  return rows.map(({ type, actor, data }) => ({ type, actor, data }));
}

let people = 0;
function person(details: Record<string, string> = {}) {
  people += 1;
  return { email: `new.${people}@example.com`, name: `Nora New ${people}`, role: 'staff', ...details };
}

/** The part of the list that is about one operator. */
async function rowOf({ name }: { name: string }): Promise<string> {
  const { html } = await client.get(list);
  return (
    html
      .split('<tr>')
      .slice(2)
      .find((row) => row.includes(name)) ?? ''
  );
}

test('an added operator is shown as pending, with what became of the e-mail; nothing of a password is shown', async () => {
  const fields = person({ role: 'owner' });
  const { status, location } = await client.post(list, fields);
  expect([status, location]).toEqual([303, list]);
  const { html } = await client.get(list);
  expect(html).toContain(`${fields.name} was invited: a link is on its way to ${fields.email}.`);
  for (const part of ['Pending', 'The link expires', 'Owner', 'Re-invite']) expect(await rowOf(fields)).toContain(part);
  await operatorLink(stage, fields.email, 'invitation');
  await eventually(async () => (await rowOf(fields)).includes('E-mail sent'), 'the delivery');
  const { operator } = await em().findOneOrFail(PortalOperator, { email: fields.email });
  const data = { operatorId: operator.id, role: 'owner' };
  expect(await events()).toEqual([{ type: 'operator_added', actor: `operator/${owner.id}`, data }]);
});

test('the page and the list are the same for an address that works elsewhere and for an unknown one', async () => {
  const { email } = await insertOperator(stage.db.database, (await insertPortal(stage.db.database)).slug);
  const [known, unknown] = [
    { name: 'Nora Alike', email: email.toUpperCase(), role: 'staff' },
    { name: 'Nora Alike', email: 'UNKNOWN@example.com', role: 'staff' },
  ];
  const seen = [];
  for (const fields of [known, unknown]) {
    const added = await client.post(list, fields);
    await operatorLink(stage, fields.email, 'invitation');
    const { html } = await client.get(list);
    await eventually(async () => (await rowOf(fields)).includes('E-mail sent'), 'the delivery');
    const alike = (text: string) =>
      text
        .replaceAll(fields.email, 'ADDRESS')
        .replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'ID')
        .replaceAll(/<time.+?<\/time>/g, 'TIME');
    seen.push([added.status, added.location, alike(added.html), alike(html), alike(await rowOf(fields))]);
    const { id } = await em().findOneOrFail(PortalOperator, { email: fields.email });
    await client.post(`${list}/${id}/remove`);
  }
  expect(seen[1]).toEqual(seen[0]);
});

test('a bounce does not tell how another portal spelled the address', async () => {
  const { slug } = await insertPortal(stage.db.database);
  const elsewhere = await insertOperator(stage.db.database, slug, 'owner', { email: 'Olga.Elsewhere@Example.com' });
  const fields = person({ email: elsewhere.email.toLowerCase() });
  stage.sink.mood = { code: 550, text: `No mailbox <${fields.email}>`, at: 'RCPT' };
  await client.post(list, fields);
  await eventually(
    async () => (await rowOf(fields)).includes('No mailbox &lt;olga.elsewhere@example.com'),
    'the refusal',
  );
  stage.sink.mood = null;
  expect((await client.get(list)).html).not.toContain(elsewhere.email);
});

test('the addresses of the list do not tell how old an operator is elsewhere', async () => {
  const elsewhere = await insertOperator(stage.db.database, (await insertPortal(stage.db.database)).slug);
  await client.post(list, person({ email: elsewhere.email }));
  expect((await client.get(list)).html).not.toContain(elsewhere.id);
});

test('the second of a double click adds nobody again, and mails no second link', async () => {
  const { html } = await client.get(list);
  const formKey = /name="formKey" value="([^"]+)"/.exec(html)![1]!;
  const fields = { formKey, ...person({}) };
  for (const answer of await Promise.all([client.post(list, fields), client.post(list, fields)])) {
    expect([answer.status, answer.location]).toEqual([303, list]);
  }
  expect(await em().count(AccountEmail, { toAddress: fields.email })).toBe(1);
});

test('a pending operator is mailed a new link, not twice within a minute, and the list says what the mail server said', async () => {
  const fields = person();
  await client.post(list, fields);
  await operatorLink(stage, fields.email, 'invitation');
  const { id } = await em().findOneOrFail(PortalOperator, { email: fields.email });
  const soon = await client.post(`${list}/${id}/re-invite`);
  expect([soon.status, soon.html.includes('An e-mail was sent to this person a moment ago.')]).toEqual([429, true]);
  await endCooldown(stage);
  stage.sink.mood = { code: 550, text: 'No mailbox here', at: 'RCPT' };
  expect((await client.post(`${list}/${id}/re-invite`)).location).toBe(list);
  expect((await client.get(list)).html).toContain(`A new link is on its way to ${fields.email}.`);
  await eventually(async () => (await rowOf(fields)).includes('No mailbox here'), 'the refusal');
  stage.sink.mood = null;
  expect(await rowOf(fields)).toContain('The mail server refused the e-mail');
  expect((await client.post(`${list}/${owner.membershipId}/re-invite`)).status).toBe(409);
  expect((await client.get(`${list}/${id}/remove`)).html).toContain('stops working at once');
  await client.post(`${list}/${id}/remove`);
  expect((await client.get(list)).html).toContain(`The invitation of ${fields.name} was withdrawn`);
  expect((await client.post(`${list}/${id}/re-invite`)).status).toBe(404);
});
