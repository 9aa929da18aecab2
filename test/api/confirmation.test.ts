import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { PortalUser } from '../../db/entities/index.ts';
import type { ApiClient } from '../harness/api-client.ts';
import { PASSWORD, submitPassword } from '../harness/confirm.ts';
import { askForJson, coolDown, expectProblem, expireLink, invite, rowCounts } from '../harness/invite.ts';
import { type Stage, setStage } from '../harness/stage.ts';

let stage: Stage;
let api: ApiClient;
beforeAll(async () => {
  stage = await setStage();
  ({ api } = await stage.openPortal());
});
afterAll(() => stage.close());

type Person = Awaited<ReturnType<typeof invite>>;
interface DeadLink {
  state: string;
  /** Brings a person's first link into the state. */
  bring(person: Person, staff: ApiClient): Promise<unknown>;
  status: number;
  code: string;
  title: string;
  titleInGerman: string;
  offersNewLink: boolean;
}

const DEAD_LINKS: DeadLink[] = [
  {
    state: 'used',
    bring: ({ link }) => submitPassword(link),
    status: 409,
    code: 'already_confirmed',
    title: 'You are confirmed already',
    titleInGerman: 'Sie haben schon bestätigt',
    offersNewLink: false,
  },
  {
    state: 'expired',
    bring: ({ id }) => expireLink(stage, id),
    status: 410,
    code: 'link_expired',
    title: 'This link has expired',
    titleInGerman: 'Dieser Link ist abgelaufen',
    offersNewLink: true,
  },
  {
    state: 'superseded',
    bring: async ({ id, linkOf }, staff) => {
      await coolDown(stage, id);
      await staff.post(`/users/${id}/re-invite`).expecting(202);
      await linkOf(2);
    },
    status: 410,
    code: 'link_superseded',
    title: 'There is a newer link',
    titleInGerman: 'Es gibt einen neueren Link',
    offersNewLink: false,
  },
  {
    state: 'taken away',
    bring: ({ id }, staff) => staff.post(`/users/${id}/deactivate`).expecting(200),
    status: 410,
    code: 'deactivated',
    title: 'Your access has been withdrawn',
    titleInGerman: 'Ihr Zugang wurde aufgehoben',
    offersNewLink: false,
  },
];

/** Not the one that a used link confirmed with: that is answered like a form that is submitted twice. */
const OTHER_PASSWORD = 'seven purple lamps hum quietly';

test.each(DEAD_LINKS)(
  'a link that was $state has a page of its own, to whoever opens it and to whoever submits',
  async (dead) => {
    const person = await invite(stage, api);
    const german = await invite(stage, api, { locale: 'de-CH' });
    await Promise.all([dead.bring(person, api), dead.bring(german, api)]);
    const [before, row] = [await rowCounts(stage), await person.row()];

    for (const answer of [
      await fetch(person.link),
      await submitPassword(person.link, OTHER_PASSWORD),
      await submitPassword(person.link, 'short'),
    ]) {
      expect(answer.status).toBe(dead.status);
      expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
      const html = await answer.text();
      expect(html).toContain(`<h1>${dead.title}</h1>`);
      expect(html.includes('Send me a new link')).toBe(dead.offersNewLink);
      expect(html.includes('type="password"')).toBe(false);
    }
    const inGerman = await (await fetch(german.link)).text();
    expect(inGerman).toContain(`<h1>${dead.titleInGerman}</h1>`);
    expect(inGerman).toContain('<html lang="de">');

    expectProblem(await askForJson(person.link), dead.status, dead.code);
    const body = JSON.stringify({ password: OTHER_PASSWORD });
    const headers = { 'content-type': 'application/json' };
    expectProblem(await askForJson(person.link, { method: 'POST', body, headers }), dead.status, dead.code);
    expect(await rowCounts(stage)).toEqual(before);
    expect(await person.row()).toEqual(row);
  },
);

test('opening a link, or asking for its head, changes nothing, however often', async () => {
  const { link, row } = await invite(stage, api);
  const [before, rows] = [await row(), await rowCounts(stage)];
  for (let i = 0; i < 5; i += 1) {
    expect((await fetch(link)).status).toBe(200);
    const head = await fetch(link, { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
    expect((await askForJson(link)).status).toBe(200);
  }
  expect(await row()).toEqual(before);
  expect(await rowCounts(stage)).toEqual(rows);
});

test('the form shows who is invited where, with what was typed escaped', async () => {
  const { api: here } = await stage.openPortal({ name: `"Ümläut" & <i>Söhne</i>` });
  const { link, email } = await invite(stage, here, { name: '<script>alert(1)</script> {{email}} $t(sendNewLink)' });
  const html = await (await fetch(link)).text();
  expect(html).toContain('<form method="post">');
  expect(html).toContain(`value="${email}"`);
  expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt; {{email}} $t(sendNewLink)');
  expect(html).toContain('&quot;Ümläut&quot; &amp; &lt;i&gt;Söhne&lt;/i&gt;');
  expect(html).not.toMatch(/<script|<i>/);
});

test('a program gets JSON, a browser and anything else a page', async () => {
  const { link, email } = await invite(stage, api, { name: 'Jane <Doe>' });
  const { body, headers } = await askForJson(link);
  expect(body).toEqual({ portal: expect.any(String), email, name: 'Jane <Doe>', asksFor: 'password' });
  expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
  for (const accept of ['*/*', 'text/html, application/json;q=0.9', 'text/plain', 'nonsense', '']) {
    const page = await fetch(link, { headers: { accept } });
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
  }

  const form = { method: 'POST', body: JSON.stringify({ password: PASSWORD }) };
  const confirmed = await askForJson(link, { ...form, headers: { 'content-type': 'application/json' } });
  expect([confirmed.status, confirmed.body]).toEqual([303, { confirmationStatus: 'confirmed', portal: body.portal }]);
  const welcome = await askForJson(new URL(confirmed.headers.get('location')!, stage.url).href);
  expect(welcome).toMatchObject({ status: 200, body: { portal: body.portal } });
});

test("pages speak the portal user's language, else the portal's, else English", async () => {
  const { api: german } = await stage.openPortal({ defaultLocale: 'de' });
  for (const [who, locale, language, title] of [
    [german, undefined, 'de', 'Zugang bestätigen'],
    [german, 'en-GB', 'en', 'Confirm your access'],
    [german, 'fr', 'de', 'Zugang bestätigen'],
    [api, 'DE-at', 'de', 'Zugang bestätigen'],
    [api, 'pt-BR', 'en', 'Confirm your access'],
  ] as const) {
    const { id, link } = await invite(stage, who);
    const em = stage.db.database.em.fork();
    await em.nativeUpdate(PortalUser, { id }, { locale: locale ?? null }); // rows of earlier releases have any locale
    const html = await (await fetch(link, { headers: { 'accept-language': 'fr' } })).text();
    expect(html).toContain(`<html lang="${language}">`);
    expect(html).toContain(`<h1>${title}</h1>`);
    const confirmed = await submitPassword(link);
    const welcome = await (await fetch(new URL(confirmed.headers.get('location')!, stage.url))).text();
    expect(welcome).toContain(language === 'de' ? 'Ihr Zugang ist bestätigt' : 'You are confirmed');
  }
});
