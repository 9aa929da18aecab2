import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { PasswordResetRequest } from '../../db/entities/index.ts';
import type { ApiClient } from '../harness/api-client.ts';
import { consoleClient } from '../harness/console-client.ts';
import { eventually } from '../harness/eventually.ts';
import { serve } from '../harness/serve.ts';
import { confirmed } from '../harness/sign-in-as.ts';
import { type Stage, setStage } from '../harness/stage.ts';

/** How many e-mails about forgotten passwords leave in a day, from networks that a proxy names. */
let stage: Stage;
let server: Awaited<ReturnType<typeof serve>>;
let slug: string;
let api: ApiClient;
beforeAll(async () => {
  stage = await setStage();
  server = await serve({ ...stage.services, trustProxy: 1 });
  ({ slug, api } = await stage.openPortal());
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await stage.close();
});
beforeEach(() => em().execute('delete from rate_limits'));

const em = () => stage.db.database.em.fork();
const [STRANGER, HOME, OFFICE, TRAIN] = ['198.51.100.1', '198.51.100.2', '198.51.100.3', '198.51.100.4'] as const;

/** Asks until a quarter of an hour allows no more, waits for the next one, and so on. */
async function askAllDay(email: string, network: string, quarters: number): Promise<void> {
  for (let quarter = 0; quarter < quarters; quarter += 1) {
    for (let i = 0; i < 4; i += 1) await ask(email, network);
    await nextQuarter();
  }
}

async function ask(email: string, network: string, at = slug): Promise<void> {
  const answer = await consoleClient(server.url).post(
    `/p/${at}/forgotten-password`,
    { email },
    { 'x-forwarded-for': network },
  );
  expect([answer.status, answer.location]).toEqual([303, `/p/${at}/forgotten-password?sent=1`]);
}

/** Ends every count that lasts a quarter of an hour. */
async function nextQuarter(): Promise<void> {
  const soon = Date.now() + 900_000;
  await em().execute('update rate_limits set expire = 1 where expire <= ?', [soon]);
}

const done = () =>
  eventually(async () => (await em().count(PasswordResetRequest, {})) === 0, 'the end of all password resets');

test('a person is mailed twenty links a day, eight of them for requests from one network', async () => {
  const { email, mails } = await confirmed(stage, api);
  const linksMailed = async () => {
    await done();
    return mails() - 1; // without the invitation
  };
  await askAllDay(email, STRANGER, 5);
  expect(await linksMailed()).toBe(8);
  await ask(email, HOME);
  expect(await linksMailed()).toBe(9); // a stranger elsewhere has not used it up
  await nextQuarter();
  await askAllDay(email, HOME, 4);
  await askAllDay(email, OFFICE, 4);
  await askAllDay(email, TRAIN, 4);
  expect(await linksMailed()).toBe(20);
}, 60_000);

test('a network asks for three hundred a day at a portal, and refused requests do not count for a person', async () => {
  const [one, other] = [await confirmed(stage, api), await confirmed(stage, api)];
  await ask('nobody@example.com', OFFICE);
  await em().execute("update rate_limits set points = 299 where key like 'password-network-day:%'");
  await ask(one.email, OFFICE);
  for (let i = 0; i < 5; i += 1) await ask(other.email, OFFICE);
  await done();
  expect([one.mails(), other.mails()]).toEqual([2, 1]);
  await ask(other.email, HOME);
  await done();
  expect(other.mails()).toBe(2);
  const elsewhere = await stage.openPortal();
  const third = await confirmed(stage, elsewhere.api);
  await ask(third.email, OFFICE, elsewhere.slug);
  await done();
  expect(third.mails()).toBe(2);
});
