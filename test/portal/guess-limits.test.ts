import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { hashed } from '../../commands/sign-in/rate-limiter.ts';
import type { ApiAnswer, ApiClient } from '../harness/api-client.ts';
import { expectProblem, expireLink, invite } from '../harness/invite.ts';
import { serve } from '../harness/serve.ts';
import { type Stage, setStage } from '../harness/stage.ts';

/** Guesses at the address that a link was mailed to, from networks that a proxy names. */
let stage: Stage;
let api: Awaited<ReturnType<typeof serve>>;
let portals: Record<string, ApiClient>;

beforeAll(async () => {
  stage = await setStage();
  api = await serve({ ...stage.services, trustProxy: 1 });
  const ownSite = await stage.openPortal({ hasOwnSite: true, afterConfirmingUrls: ['https://acme.example/'] });
  const portal = await stage.openPortal();
  portals = { 'confirming by address': ownSite.api, 'asking for a new link': portal.api };
});
afterAll(async () => {
  await api[Symbol.asyncDispose]();
  await stage.close();
});

const WAYS = ['confirming by address', 'asking for a new link'] as const;
let networks = 0;
function newNetwork(): string {
  networks += 1;
  return `198.51.${Math.floor(networks / 250)}.${networks % 250}`;
}

/** A person with a link that takes an address, and how to type one. */
async function opened(way: (typeof WAYS)[number], details: Record<string, unknown> = {}) {
  const person = await invite(stage, portals[way]!, details);
  const isLate = way === 'asking for a new link';
  if (isLate) await expireLink(stage, person.id);
  const path = new URL(person.link).pathname + (isLate ? '/new-link' : '');
  const send = (email: string, network: string, headers: Record<string, string> = {}) =>
    fetch(api.url + path, {
      method: 'POST',
      body: JSON.stringify({ email }),
      redirect: 'manual',
      headers: { 'content-type': 'application/json', 'x-forwarded-for': network, ...headers },
    });
  const guess = async (email: string, network: string): Promise<ApiAnswer> => {
    const answer = await send(email, network, { accept: 'application/json' });
    return { status: answer.status, headers: answer.headers, body: await answer.json() };
  };
  const done = isLate ? 202 : 303;
  return { ...person, send, guess, done };
}

test.each(WAYS)('after ten wrong addresses a network is refused when %s, and other networks are not', async (way) => {
  const { email, send, guess, done, row } = await opened(way, { locale: 'de' });
  const [stranger, home] = [newNetwork(), newNetwork()];
  for (let i = 0; i < 10; i += 1) expect((await guess(`guess.${i}@example.com`, stranger)).status).toBe(400);
  const before = await row();
  const refused = await guess(email, stranger);
  expectProblem(refused, 429, 'too_many_attempts');
  const wait = Number(refused.headers.get('retry-after'));
  expect([wait > 0, wait <= 900]).toEqual([true, true]);
  const page = await send(email, stranger);
  const html = await page.text();
  expect([page.status, Number(page.headers.get('retry-after')) > 0]).toEqual([429, true]);
  expect(html).toContain('<html lang="de">');
  expect(html).toMatch(
    /Es wurden zu viele falsche Adressen eingegeben\. Bitte versuchen Sie es in \d+ Minuten? noch einmal\./,
  );
  expect(html).not.toContain(email);
  expect(await row()).toEqual(before);
  expect((await guess(email, home)).status).toBe(done);
});

test.each(WAYS)('of forty wrong addresses at once ten are looked at when %s', async (way) => {
  const { guess } = await opened(way);
  const network = newNetwork();
  const answers = await Promise.all(Array.from({ length: 40 }, (_, i) => guess(`guess.${i}@example.com`, network)));
  expect(answers.filter(({ status }) => status === 400)).toHaveLength(10);
  expect(answers.filter(({ status }) => status === 429)).toHaveLength(30);
});

test.each(WAYS)('fifty wrong addresses from many networks close a link for an hour at most when %s', async (way) => {
  const { id, email, guess, row } = await opened(way);
  for (let i = 0; i < 50; i += 1) expect((await guess(`guess.${i}@example.com`, newNetwork())).status).toBe(400);
  const refused = await guess(email, newNetwork());
  expectProblem(refused, 429, 'too_many_attempts');
  expect(Number(refused.headers.get('retry-after'))).toBeLessThanOrEqual(3_600);
  expect(await row()).toMatchObject({ id, generation: 1, confirmationStatus: 'not_confirmed' });
});

test('a network that guesses at many links is refused at the next one', async () => {
  const network = newNetwork();
  for (let person = 0; person < 10; person += 1) {
    const { guess } = await opened('confirming by address');
    for (let i = 0; i < 10; i += 1) expect((await guess(`guess.${i}@example.com`, network)).status).toBe(400);
  }
  const { email, guess } = await opened('confirming by address');
  expectProblem(await guess(email, network), 429, 'too_many_attempts');
  expect((await guess(email, newNetwork())).status).toBe(303);
  const elsewhere = await opened('asking for a new link');
  expect((await elsewhere.guess(elsewhere.email, network)).status).toBe(202); // another portal's
});

test('right addresses use up nothing: a whole office confirms from one network', async () => {
  const network = newNetwork();
  const { email, guess, done, row } = await opened('confirming by address');
  expect((await guess('somebody.else@example.com', network)).status).toBe(400);
  expect((await guess(email, network)).status).toBe(done);
  const em = stage.db.database.em.fork();
  const rows = await em.execute<{ key: string; points: number }[]>('select key, points from rate_limits');
  const key = `guess-network:${hashed(`${(await row()).portal.id}/${network}`)}`;
  expect(rows.find((count) => count.key === key)?.points).toBe(1);
  expect(JSON.stringify(rows)).not.toMatch(/@|198\.51/);
});
