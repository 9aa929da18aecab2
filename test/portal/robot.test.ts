import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { PasswordResetRequest } from '../../db/entities/index.ts';
import { passwordResetToken } from '../../links/password-reset-token.ts';
import type { ApiClient } from '../harness/api-client.ts';
import { launchBrowser } from '../harness/browser.ts';
import { submitForm, submitPassword } from '../harness/confirm.ts';
import { eventually } from '../harness/eventually.ts';
import { expireLink, invite, mailed } from '../harness/invite.ts';
import { letRobotLoose } from '../harness/robot.ts';
import { readPortalUser } from '../harness/rows.ts';
import { type Stage, setStage } from '../harness/stage.ts';

let stage: Stage;
let browser: Browser;
beforeAll(async () => {
  [stage, browser] = await Promise.all([setStage(), launchBrowser()]);
}, 120_000);
afterAll(async () => {
  await browser.close();
  await stage.close();
});

const KINDS = [
  ['a portal that people sign in to', { afterConfirmingUrls: ['https://acme.example/'] }],
  ['a portal with a site of its own', { afterConfirmingUrls: ['https://acme.example/'], hasOwnSite: true }],
] as const;

/** A link in each state that an invitation's link can be in. */
async function invitationLinks(api: ApiClient, hasOwnSite: boolean) {
  const invited = () => invite(stage, api);
  const [fresh, late] = [await invited(), await invited()];
  const [superseded, supersededLate, corrected] = [await invited(), await invited(), await invited()];
  const [used, gone] = [await invited(), await invited()];
  for (const { id } of [superseded, supersededLate]) await api.post(`/users/${id}/re-invite`).expecting(202);
  await api.patch(`/users/${corrected.id}`, { email: `right.${corrected.email}` }).expecting(200);
  await Promise.all([superseded, supersededLate, corrected].map(({ id }) => mailed(stage, id, 2)));
  for (const { id } of [late, supersededLate]) await expireLink(stage, id);
  const confirmation = hasOwnSite ? submitForm(used.link, { email: used.email }) : submitPassword(used.link);
  expect((await confirmation).status).toBe(303);
  await api.post(`/users/${gone.id}/deactivate`).expecting(200);
  return { fresh, late, superseded, supersededLate, corrected, used, gone };
}

/** All that a robot must not change. */
async function everything() {
  const em = stage.db.database.em.fork();
  await eventually(async () => (await em.count(PasswordResetRequest, {})) === 0, 'the end of all password resets');
  const users = await em.execute('select * from portal_users order by id');
  const emails = await em.execute('select id, generation, delivery from invitation_emails order by id');
  const events = await em.execute('select id, type from events order by id');
  const sessions = await em.execute('select count(*) from sessions');
  return { users, emails, events, sessions, mails: stage.sink.mails.length };
}

test.each(KINDS)(
  'a robot that clicks and submits everything that an e-mail from %s opens changes nothing',
  async (_kind, settings) => {
    const hasOwnSite = 'hasOwnSite' in settings;
    const { api, slug } = await stage.openPortal({ reInviteCooldownSeconds: 0, ...settings });
    const people = await invitationLinks(api, hasOwnSite);
    const row = await readPortalUser(stage.db.database, people.used.id);
    const reset = passwordResetToken(stage.services.linkKeys, row, new Date(Date.now() + 3_600_000));
    const links = Object.values(people).map(({ link }) => link);
    const resets = [`${stage.url}/p/${slug}/reset/${reset}`, `${stage.url}/p/${slug}/reset/${reset.slice(0, -2)}xx`];
    const welcome = `${stage.url}/p/${slug}/welcome?language=en&to=7`;
    const before = await everything();

    const { pages, forms } = await letRobotLoose(browser, [...links, ...resets, welcome]);

    expect(await everything()).toEqual(before);
    for (const address of [...links, ...resets]) expect([...pages]).toContain(new URL(address).pathname);
    const sent = [people.fresh.link, `${people.late.link}/new-link`, ...(hasOwnSite ? [] : [resets[0]!])];
    for (const address of sent) expect([...forms]).toContain(new URL(address).pathname);
    if (!hasOwnSite)
      expect([...forms]).toEqual(expect.arrayContaining([`/p/${slug}/sign-in`, `/p/${slug}/forgotten-password`]));
  },
  300_000,
);
