import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { createApp } from '../../api/app.ts';
import type { ApiClient } from '../harness/api-client.ts';
import { PASSWORD, submitForm, submitPassword } from '../harness/confirm.ts';
import { askForJson, coolDown, expectProblem, invite, mailed, rowCounts } from '../harness/invite.ts';
import { type Stage, setStage } from '../harness/stage.ts';

let stage: Stage;
let api: ApiClient;
beforeAll(async () => {
  stage = await setStage();
  ({ api } = await stage.openPortal());
});
afterAll(() => stage.close());

const tokenOf = (link: string) => link.split('/').at(-1)!;

test('a token with any bit changed is not one of ours', async () => {
  const { link, row } = await invite(stage, api);
  const [token, before] = [tokenOf(link), await row()];
  const bytes = Buffer.from(token, 'base64url');
  const changed = Array.from(bytes, (_, at) => {
    const copy = Buffer.from(bytes);
    copy[at]! ^= 1 << (at % 8);
    return copy.toString('base64url');
  });
  const shaped = [
    token.slice(1),
    `${token}A`,
    token.toUpperCase(),
    `${token}%0A`,
    `%00${token.slice(3)}`,
    'A'.repeat(71),
    `${token}%ff`,
  ];
  for (const wrong of [...changed, ...shaped]) {
    const page = await fetch(`${stage.url}/confirm/${wrong}`);
    expect([wrong, page.status]).toEqual([wrong, 404]);
    expect(await page.text()).toContain('This link does not work');
  }
  for (const wrong of changed.slice(0, 10)) {
    expect((await submitPassword(`${stage.url}/confirm/${wrong}`)).status).toBe(404);
    const pressed = await submitForm(`${stage.url}/confirm/${wrong}/new-link`, {});
    expect(pressed.status).toBe(404);
  }
  expectProblem(await askForJson(`${stage.url}/confirm/${changed[30]}`), 404, 'not_found');
  expect(await row()).toEqual(before);
  expect((await fetch(link)).status).toBe(200);
});

test.each([
  ['no token', ''],
  ['an empty token', '/'],
  ['more than a token', '/a/b'],
  ['a malformed percent-encoding', '/%ff'],
  ['half a percent-encoding', '/%E0%A4%A'],
  ['a way upwards', '/..%2f..%2fetc'],
  ['an endless token', `/${'x'.repeat(7_000)}`],
])("a link with %s has the page of an unknown one, in the browser's language", async (_title, path) => {
  const page = await fetch(`${stage.url}/confirm${path}`, { headers: { 'accept-language': 'de-CH, en;q=0.5' } });
  expect(page.status).toBe(404);
  expect(await page.text()).toContain('Dieser Link funktioniert nicht');
});

test("an erased person's link is unknown, and so is the person", async () => {
  const { id, link } = await invite(stage, api);
  const { contactId } = (await api.get(`/users/${id}`).expecting(200)).body;
  await stage.db.database.em.fork().execute('delete from contacts where id = ?', [contactId]);
  for (const answer of [await fetch(link), await submitPassword(link), await submitForm(`${link}/new-link`, {})]) {
    expect(answer.status).toBe(404);
  }
  for (const call of [
    api.get(`/users/${id}`),
    api.post(`/users/${id}/re-invite`),
    api.post(`/users/${id}/deactivate`),
  ]) {
    expectProblem(await call, 404, 'not_found');
  }
  await stage.worker.client.workflow.getHandle(`invitation/${id}`).terminate('erased');
});

test('every answer to a link forbids scripts, storing, framing and telling where one came from', async () => {
  const { link } = await invite(stage, api);
  const confirmed = await invite(stage, api);
  expect((await submitPassword(confirmed.link)).status).toBe(303);
  for (const answer of [
    await fetch(link),
    await fetch(link, { method: 'HEAD' }),
    await submitPassword(link, 'short'),
    await fetch(confirmed.link),
    await fetch(`${stage.url}/confirm/nothing`),
    await fetch(link, { headers: { accept: 'application/json' } }),
  ]) {
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'cache-control': 'no-store',
      'referrer-policy': 'strict-origin',
      'x-content-type-options': 'nosniff',
      'x-robots-tag': 'noindex',
      'content-security-policy':
        "default-src 'none';style-src 'self';img-src 'self';form-action 'self';base-uri 'none';frame-ancestors 'none'",
    });
    expect(answer.headers.getSetCookie()).toEqual([]);
    expect(answer.headers.has('x-powered-by')).toBe(false);
    const html = await answer.text();
    expect(html).not.toMatch(/<script|<style| style=| on\w+=|<img|https?:/);
  }
  const style = await fetch(`${stage.url}/assets/style.css`);
  expect([style.status, style.headers.get('content-type')]).toEqual([200, 'text/css; charset=utf-8']);
});

test('no log line tells a token, a password, an address or a name, whatever happens', async () => {
  const lines: string[] = [];
  const logger = pino({ level: 'trace' }, { write: (line) => void lines.push(line) });
  const invitations = { ...stage.services.invitations };
  const server = createServer(createApp({ ...stage.services, invitations, logger }));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const { link, email } = await invite(stage, api, { name: 'Secret Name' });
  const here = link.replace(stage.url, origin);
  await fetch(here);
  await submitPassword(here, 'short');
  await submitForm(`${here}/new-link`, { email });
  await fetch(`${here}/nothing?password=${encodeURIComponent(PASSWORD)}`);
  await fetch(`${origin}/v1/portals/${email}?q=Secret%20Name`);
  invitations.confirm = () => Promise.reject(new Error(`Unforeseen: ${link} of Secret Name <${email}>, ${PASSWORD}`));
  const broken = await submitPassword(here);
  expect(broken.status).toBe(500);
  expect(await broken.text()).toContain('Something went wrong on our side');
  expectProblem(
    await askForJson(here, {
      method: 'POST',
      body: JSON.stringify({ password: PASSWORD }),
      headers: { 'content-type': 'application/json' },
    }),
    500,
    'internal_error',
  );
  invitations.confirm = stage.services.invitations.confirm;
  expect((await submitPassword(here)).status).toBe(303);
  server.close();
  server.closeAllConnections();

  const log = lines.join('');
  expect(lines.length).toBeGreaterThanOrEqual(9);
  expect(log).toContain('Unforeseen error');
  for (const secret of [tokenOf(link), PASSWORD, email, 'Secret', '$argon2']) expect(log).not.toContain(secret);
});

test("Temporal's history holds no token, password, address or name", async () => {
  const { id, link, email, linkOf } = await invite(stage, api, { name: 'Secret Name', metadata: { crm: 'Secret' } });
  await coolDown(stage, id);
  await api.post(`/users/${id}/re-invite`).expecting(202);
  const second = await linkOf(2);
  await mailed(stage, id, 2);
  await submitPassword(link);
  expect((await submitPassword(second)).status).toBe(303);

  const { events } = await stage.worker.client.workflow.getHandle(`invitation/${id}`).fetchHistory();
  const history = JSON.stringify(events, (key, value) =>
    key === 'data' && typeof value === 'string' ? Buffer.from(value, 'base64').toString() : value,
  );
  expect(history).toContain(id);
  expect(history).toContain('linkExpiresAt');
  for (const secret of [tokenOf(link), tokenOf(second), PASSWORD, email, 'Secret', '$argon2']) {
    expect(history).not.toContain(secret);
  }
});

test('opening links writes nothing, known or unknown', async () => {
  const { link } = await invite(stage, api);
  const before = await rowCounts(stage);
  await Promise.all([
    fetch(link),
    fetch(`${link}A`),
    fetch(`${stage.url}/p/nothing/welcome`),
    fetch(`${stage.url}/p/%00/welcome`),
  ]);
  expect((await fetch(`${stage.url}/p/%00/welcome`)).status).toBe(404);
  expect(await rowCounts(stage)).toEqual(before);
});
