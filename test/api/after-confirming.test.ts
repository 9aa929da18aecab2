import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { PortalUser } from '../../db/entities/index.ts';
import { PASSWORD, submitPassword } from '../harness/confirm.ts';
import { askForJson, expectProblem, invite, newAddress, rowCounts } from '../harness/invite.ts';
import { type Stage, setStage } from '../harness/stage.ts';

const START = 'https://acme.example/start';
const SHOP = 'https://shop.acme.example/';

let stage: Stage;
beforeAll(async () => {
  stage = await setStage();
});
afterAll(() => stage.close());

/** Where a person ends who confirms by this link: where our page leads on to, or that page itself. */
async function leadsTo(link: string): Promise<string> {
  const page = (await submitPassword(link)).headers.get('location')!;
  expect(page).toMatch(/^\/p\/[\w-]+\/welcome\?language=en(&to=\d)?$/);
  const html = await (await fetch(stage.url + page)).text();
  const [, address] = /<meta http-equiv="refresh" content="0; url=([^"]+)">/.exec(html) ?? [];
  if (address !== undefined) expect(html).toContain(`<a href="${address}">`);
  return address?.replaceAll('&#x3D;', '=') ?? page;
}
const fork = () => stage.db.database.em.fork();

test('a confirmation leads to the portal user’s own address, else to the portal’s first, else to our page', async () => {
  const { api, slug } = await stage.openPortal({ afterConfirmingUrls: [START, SHOP] });
  const [own, other] = [await invite(stage, api, { afterConfirmingUrl: SHOP }), await invite(stage, api)];
  expect(await own.read()).toMatchObject({ afterConfirmingUrl: SHOP });
  expect(await leadsTo(own.link)).toBe(SHOP);
  expect(await leadsTo(other.link)).toBe(START);

  const { link } = await invite(stage, api);
  await api.patch('', { afterConfirmingUrls: [] }).expecting(200);
  expect(await leadsTo(link)).toBe(`/p/${slug}/welcome?language=en`);
});

test('a program is led to the same place', async () => {
  const { api, slug } = await stage.openPortal({ afterConfirmingUrls: [START] });
  const { link } = await invite(stage, api);
  const body = JSON.stringify({ password: PASSWORD });
  const answer = await askForJson(link, { method: 'POST', body, headers: { 'content-type': 'application/json' } });
  expect([answer.status, answer.headers.get('location')]).toEqual([303, START]);
  expect(answer.body).toEqual({ confirmationStatus: 'confirmed', portal: slug });
});

test('an address that the portal no longer leads to is not led to', async () => {
  const { api } = await stage.openPortal({ afterConfirmingUrls: [START, SHOP] });
  const { link } = await invite(stage, api, { afterConfirmingUrl: SHOP });
  await api.patch('', { afterConfirmingUrls: [START] }).expecting(200);
  expect(await leadsTo(link)).toBe(START);
});

test.each([
  'javascript:alert(1)',
  '//evil.example',
  '/\\evil.example',
  'https://acme.example@evil.example/',
  'https://acme.example/start@evil.example',
  'https://acme.example/start/',
  'https://аcme.example/start', // its first letter is Cyrillic
  'https://evil.example/',
])('nobody is led to %j, whoever wrote it into their row', async (hostile) => {
  const { api } = await stage.openPortal({ afterConfirmingUrls: [START] });
  const { id, link } = await invite(stage, api);
  await fork().nativeUpdate(PortalUser, id, { afterConfirmingUrl: hostile });
  expect(await leadsTo(link)).toBe(START);
});

test.each([
  SHOP,
  'javascript:alert(1)',
  '//evil.example',
  'https://acme.example@evil.example/start',
  'https://user@acme.example/start',
  'http://acme.example/start',
  'https://аcme.example/start', // its first letter is Cyrillic
  'https://acme.example/start?next=//evil.example',
  '',
])('nobody is invited to be led to %j, which is not among the portal’s addresses', async (afterConfirmingUrl) => {
  const { api } = await stage.openPortal({ afterConfirmingUrls: [START] });
  const before = await rowCounts(stage);
  const answer = await api.post('/users', { email: newAddress(), name: 'Jane', afterConfirmingUrl });
  expectProblem(answer, 400, 'invalid_request', ['afterConfirmingUrl']);
  expect(await rowCounts(stage)).toEqual(before);
});

test('two spellings of an address are one, in the portal’s list and the portal user’s', async () => {
  const { api } = await stage.openPortal({
    afterConfirmingUrls: ['HTTPS://ACME.example:443/start', 'https://münchen.example'],
  });
  expect((await api.get('').expecting(200)).body.afterConfirmingUrls).toEqual([
    START,
    'https://xn--mnchen-3ya.example/',
  ]);
  const { link } = await invite(stage, api, { afterConfirmingUrl: 'https://MÜNCHEN.example/' });
  expect(await leadsTo(link)).toBe('https://xn--mnchen-3ya.example/');
});

test('our page leads to the portal’s addresses only, by their number', async () => {
  const { slug } = await stage.openPortal({ afterConfirmingUrls: [START, SHOP] });
  const open = async (query: string, at = slug) =>
    (await fetch(`${stage.url}/p/${at}/welcome?language=en${query}`)).text();
  expect(await open('&to=0')).toContain(`url=${START}"`);
  expect(await open('&to=1')).toContain(`url=${SHOP}"`);
  for (const to of ['2', '-1', '01234', '1.0', '', SHOP, 'https://evil.example/', '//evil.example', 'length']) {
    const html = await open(`&to=${encodeURIComponent(to)}`);
    expect([to, html.includes('http-equiv="refresh"'), html.includes('/sign-in"')]).toEqual([to, false, true]);
  }
  expect(await open('&to=0&to=1')).not.toContain('refresh');
  const ownSite = await stage.openPortal({ afterConfirmingUrls: [SHOP], hasOwnSite: true });
  for (const query of ['', '&to=7']) expect(await open(query, ownSite.slug)).toContain(`url=${SHOP}"`);
});
