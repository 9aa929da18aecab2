import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { keptRows } from '../harness/kept-rows.ts';
import { confirmedUser, type Opened, openCustomerPortal, sendForm } from '../harness/open-portal.ts';
import { serve } from '../harness/serve.ts';
import { type Stage, setStage } from '../harness/stage.ts';

let stage: Stage;
let opened: Opened;
beforeAll(async () => {
  stage = await setStage();
  opened = await openCustomerPortal(stage);
});
afterAll(() => stage.close());

const em = () => stage.db.database.em.fork();
const kilobytes = (n: number) => [{ name: 'a.txt', content: 'x'.repeat(n * 1_000) }];

/** Somebody who has sent nothing yet, and their forms to an API with these limits. */
async function sender(url: string) {
  const { id, client } = await confirmedUser(stage, opened.slug, opened.api);
  const typed = { subject: 'Typed', description: 'Please' };
  return {
    id,
    send: (files: { name: string; content: string }[] = [], formKey = '') =>
      sendForm({ url }, client, `${opened.path}/requests/new`, { formKey, ...typed }, files),
  };
}

test('the files of a day are limited for each portal user; what was typed is shown again', async () => {
  await using api = await serve({ ...stage.services, uploadQuota: { bytesADay: 100_000, formsAnHour: 60 } });
  const { id, send } = await sender(api.url);
  const [formKey, other] = ['019b2f6e-9d0c-7a55-b6f3-3a0f1c2d4e61', await sender(api.url)];
  expect((await send(kilobytes(60), formKey)).status).toBe(303);
  const before = await keptRows(stage);
  const refused = await send(kilobytes(41));
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '86400']);
  expect(refused.html).toContain('these would exceed it. Nothing was sent.');
  expect(refused.html).toContain('value="Typed"');
  expect(await keptRows(stage)).toEqual(before);

  expect((await send(kilobytes(60), formKey)).status).toBe(303); // the first form once more: it was accepted
  expect((await send()).status).toBe(303);
  expect((await send(kilobytes(40))).status).toBe(303);
  expect((await other.send(kilobytes(60))).status).toBe(303);
  const yesterday = `update attachments set created_at = created_at - interval '24 hours'
                     where request_id in (select id from requests where portal_user_id = ?)`;
  expect((await send(kilobytes(1))).status).toBe(429);
  await em().execute(yesterday, [id]);
  expect((await send(kilobytes(100))).status).toBe(303);
});

test('forms sent at once by one person, to two processes, do not pass the limit together', async () => {
  const uploadQuota = { bytesADay: 100_000, formsAnHour: 60 };
  await using one = await serve({ ...stage.services, uploadQuota });
  await using two = await serve({ ...stage.services, uploadQuota });
  const { id, client } = await confirmedUser(stage, opened.slug, opened.api);
  const send = ({ url }: { url: string }) =>
    sendForm({ url }, client, `${opened.path}/requests/new`, { subject: 'S', description: 'D' }, kilobytes(40));
  const statuses = (await Promise.all([one, two, one, two, one, two].map(send))).map(({ status }) => status);
  expect(statuses.toSorted()).toEqual([303, 303, 429, 429, 429, 429]);
  const sum =
    'select sum(size)::int as bytes from attachments a join requests r on r.id = a.request_id where r.portal_user_id = ?';
  expect((await em().execute(sum, [id]))[0]).toEqual({ bytes: 80_000 });
});

test('requests and replies of an hour are limited, too; what the help desk adds does not count', async () => {
  await using api = await serve({ ...stage.services, uploadQuota: { bytesADay: 100_000, formsAnHour: 2 } });
  const { id, send } = await sender(api.url);
  for (let n = 0; n < 3; n += 1) {
    await opened.api.post('/requests', { portalUserId: id, subject: 'By telephone', description: 'D' }).expecting(201);
  }
  expect([(await send()).status, (await send()).status]).toEqual([303, 303]);
  const refused = await send();
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '3600']);
  expect(refused.html).toContain('Please try again in an hour.');
  await em().execute("update events set occurred_at = occurred_at - interval '1 hour' where portal_user_id = ?", [id]);
  expect((await send()).status).toBe(303);
});
