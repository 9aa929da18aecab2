import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { AccountEmail, PortalUser } from '../../db/entities/index.ts';
import { passwordResetToken } from '../../links/password-reset-token.ts';
import type { ApiClient } from '../harness/api-client.ts';
import { PASSWORD } from '../harness/confirm.ts';
import { consoleClient } from '../harness/console-client.ts';
import { readPortalUser } from '../harness/rows.ts';
import { confirmed, signedInBrowser } from '../harness/sign-in-as.ts';
import { type Stage, setStage } from '../harness/stage.ts';

const NEW_PASSWORD = 'nine quiet owls read slowly';
const TYPED = { password: NEW_PASSWORD, passwordAgain: NEW_PASSWORD };

let stage: Stage;
let slug: string;
let api: ApiClient;
beforeAll(async () => {
  stage = await setStage();
  ({ slug, api } = await stage.openPortal({ color: '#0b6e4f', senderName: 'Acme Support' }));
});
afterAll(() => stage.close());

const em = () => stage.db.database.em.fork();
const notices = (portalUser: string) => em().count(AccountEmail, { portalUser });

async function resetLink(id: string): Promise<string> {
  const user = await readPortalUser(stage.db.database, id);
  return `/p/${slug}/reset/${passwordResetToken(stage.services.linkKeys, user, new Date(Date.now() + 3_600_000))}`;
}

test('a portal user is told of a password that was changed in the account, in their language, without a token', async () => {
  const { id, email } = await confirmed(stage, api, { locale: 'de', name: 'Jürgen <Äpfel>' });
  expect(await notices(id)).toBe(0); // the first one was chosen
  const { client } = await signedInBrowser(stage, slug, email);
  expect((await client.post(`/p/${slug}/account/password`, { currentPassword: PASSWORD, ...TYPED })).status).toBe(303);
  const mail = await stage.sink.mailTo(email, 2);
  expect(mail.subject).toBe('Ihr Passwort für Acme Help Center wurde geändert');
  expect(mail.from?.value).toEqual([{ name: 'Acme Support', address: 'invitations@portal.example' }]);
  expect(mail.text).toContain('Guten Tag Jürgen <Äpfel>,');
  expect(mail.html).toContain('Guten Tag Jürgen &lt;Äpfel&gt;,');
  expect(mail.html).toContain('background:#0b6e4f');
  expect(mail.text).toMatch(/wurde am .+ \(UTC\) geändert\. Wenn Sie es selbst/);
  expect(mail.text).toContain(`${stage.url}/p/${slug}/forgotten-password\n`);
  expect(mail.raw).not.toMatch(/\/(reset|confirm)\//);
});

test('a password that was replaced by a link is told, too, once', async () => {
  const { id, email } = await confirmed(stage, api);
  const link = await resetLink(id);
  expect((await consoleClient(stage.url).post(link, TYPED)).status).toBe(303);
  expect((await consoleClient(stage.url).post(link, TYPED)).status).toBe(410);
  expect((await stage.sink.mailTo(email, 2)).subject).toBe('Your password for Acme Help Center was changed');
  expect(await notices(id)).toBe(1);
});

test('nobody is told of a first password, or of one that was refused', async () => {
  const { id, email } = await confirmed(stage, api);
  const { client } = await signedInBrowser(stage, slug, email);
  const wrong = { currentPassword: 'not this one', ...TYPED };
  expect((await client.post(`/p/${slug}/account/password`, wrong)).status).toBe(422);
  await em().nativeUpdate(PortalUser, { id }, { passwordHash: null }); // confirmed by hand
  expect((await consoleClient(stage.url).post(await resetLink(id), TYPED)).status).toBe(303);
  expect(await notices(id)).toBe(0);
});
