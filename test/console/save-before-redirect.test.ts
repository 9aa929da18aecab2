import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { consoleClient } from '../harness/console-client.ts';
import { eventually } from '../harness/eventually.ts';
import { newAddress } from '../harness/invite.ts';
import { insertOperator } from '../harness/rows.ts';
import { type Stage, setStage } from '../harness/stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await setStage();
});
afterAll(() => stage.close());

test('a browser is led on only when the next page knows what to say', async () => {
  const { slug } = await stage.openPortal();
  const client = consoleClient(stage.url);
  await client.signIn((await insertOperator(stage.db.database, slug)).email);
  const cookie = [...client.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  const em = stage.db.database.em.fork();
  let isLedOn = false;
  let answer: Promise<Response> | undefined;

  await em.transactional(async (locked) => {
    await locked.execute('select from sessions for update');
    answer = fetch(`${stage.url}/console/${slug}/contacts/new`, {
      method: 'POST',
      redirect: 'manual',
      headers: { cookie, 'sec-fetch-site': 'same-origin' },
      body: new URLSearchParams({ name: 'Jane', email: newAddress() }),
    });
    void answer.then(() => {
      isLedOn = true;
    });
    const waiting = `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
    await eventually(async () => (await em.fork().execute<unknown[]>(waiting)).length > 0, 'the session to be saved');
    expect(isLedOn).toBe(false);
  });
  const { status, headers } = await answer!;
  expect(status).toBe(303);
  expect((await client.get(headers.get('location')!)).html).toContain('Jane was added.');
});
