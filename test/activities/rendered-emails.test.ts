import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { createActivities } from '../../activities/index.ts';
import { queueAccountEmail } from '../../commands/operators/queue-account-email.ts';
import type { CommandServices } from '../../commands/services.ts';
import { PortalUser } from '../../db/entities/index.ts';
import { prerenderInvitation } from '../../email/invitation.ts';
import { wordsWithToken } from '../../email/rendered-email.ts';
import { phrases } from '../../email/templates.ts';
import { FAILURES } from '../../vocabulary/workflows.ts';
import { activityEnvironment } from '../harness/activity-environment.ts';
import { helpDesk, insertRequest } from '../harness/requests.ts';
import { insertMembership, insertOperator, insertPortal, insertPortalUser } from '../harness/rows.ts';
import { type Engine, PUBLIC_URL, startEngine } from '../harness/workflow-engine.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine();
});
const english = structuredClone(phrases.getResourceBundle('en', 'translation')) as object;
afterEach(() => {
  engine.sink.mood = null;
  phrases.addResourceBundle('en', 'translation', english, true, true);
});
afterAll(() => engine.close());

const SENTENCE = 'Another release says this.';
const LOOKS = {
  language: 'en',
  portalName: 'Acme Help Center',
  color: '#1f5eff',
  logoUrl: null,
  senderName: 'Acme',
  replyTo: null,
  name: 'Olga',
} as const;

const database = () => engine.db.database;
const activities = () => createActivities(engine.worker.dependencies);

/** An e-mail of each kind, to be sent as often as one likes. */
interface Case {
  table: string;
  address: string;
  send(): Promise<unknown>;
}

async function invitation(reminder = 0): Promise<Case> {
  const user = await insertPortalUser(database(), await insertPortal(database()));
  await database().em.fork().nativeUpdate(PortalUser, user.id, { note: 'See you <soon> & $& $1' });
  const send = (which: number) =>
    activityEnvironment().run(activities().sendInvitationEmail, {
      portalUserId: user.id,
      generation: 1,
      reminder: which,
    });
  if (reminder > 0) await send(0);
  return { table: 'invitation_emails', address: user.contact.getEntity().email, send: () => send(reminder) };
}

async function aboutRequest(): Promise<Case> {
  const user = await insertPortalUser(database(), await insertPortal(database()));
  const request = await insertRequest(database(), user);
  const requestEmails = { start: async () => {} };
  const desk = helpDesk({
    database: database(),
    publicUrl: PUBLIC_URL,
    requestEmails,
    logger: pino({ level: 'silent' }),
  });
  await desk.reply(request, 'Use water.');
  const requestEmailId = (await desk.emails(request)).at(-1)!.id;
  const send = () => activityEnvironment().run(activities().sendRequestEmail, { requestEmailId });
  return { table: 'request_emails', address: user.contact.getEntity().email, send };
}

async function queueAccount(email: Parameters<typeof queueAccountEmail>[2]): Promise<Case> {
  const unit = { em: database().em.fork(), afterCommit: () => {} };
  const { id } = await queueAccountEmail(unit, { publicUrl: PUBLIC_URL } as CommandServices, email);
  const send = () => activityEnvironment().run(activities().sendAccountEmail, { accountEmailId: id });
  return { table: 'account_emails', address: email.toAddress, send };
}

async function operatorInvitation(): Promise<Case> {
  const operator = await insertOperator(database(), (await insertPortal(database())).slug);
  const { id: portalId } = await insertPortal(database());
  const membership = await insertMembership(database(), operator, portalId, { acceptedAt: null });
  const expiresAt = new Date(Date.now() + 86_400_000).toISOString();
  const content = { kind: 'operatorInvitation', ...LOOKS, role: 'staff', expiresAt } as const;
  const row = { kind: 'operator_invitation', membership, generation: 1 } as const;
  return queueAccount({ ...row, toAddress: operator.email, content });
}

async function passwordChanged(): Promise<Case> {
  const user = await insertPortalUser(database(), await insertPortal(database()));
  const link = `${PUBLIC_URL}/p/acme/forgotten-password`;
  const content = { kind: 'passwordChanged', ...LOOKS, changedAt: new Date().toISOString(), link } as const;
  const toAddress = user.contact.getEntity().email;
  return queueAccount({ kind: 'password_changed', portalUser: user.id, toAddress, content });
}

const KINDS: [string, () => Promise<Case>, string, boolean][] = [
  ['an invitation', invitation, 'invitation.body', true],
  ['a reminder', () => invitation(1), 'reminder.body', true],
  ['an e-mail about a request', aboutRequest, 'request.button', false],
  ['an invitation of an operator', operatorInvitation, 'operatorInvitation.body.staff', true],
  ['a notice of a changed password', passwordChanged, 'passwordChanged.body', false],
];

/** Sends an e-mail that the mail server accepts without a reply, then once more. @returns both as they arrived */
async function sendTwice({ address, send }: Case, between: () => unknown) {
  const before = engine.sink.mails.length;
  engine.sink.mood = 'cut';
  await expect(send()).rejects.toMatchObject({ type: FAILURES.emailDeferred });
  engine.sink.mood = null;
  await between();
  await send();
  const mails = engine.sink.mails.slice(before).filter(({ recipients }) => recipients.includes(address));
  expect(mails).toHaveLength(2);
  return mails;
}

const rowsTo = ({ table, address }: Case) =>
  database()
    .em.fork()
    .execute<object[]>(`select * from ${table} where to_address = ? order by queued_at desc`, [address]);

test.each(KINDS)('%s is the same to the byte if a release with other words sends it again', async (_kind, add, key) => {
  const email = await add();
  const [first, second] = await sendTwice(email, () => phrases.addResource('en', 'translation', key, SENTENCE));
  expect(second!.raw).toBe(first!.raw);
  expect(first!.text).not.toContain(SENTENCE);
  expect((await sendTwice(await add(), () => {}))[0]!.text).toContain(SENTENCE);
});

test.each(KINDS)('the row of %s has its words, and no token', async (_kind, add, _key, hasSecretLink) => {
  const email = await add();
  await email.send();
  const mail = engine.sink.mails.findLast(({ recipients }) => recipients.includes(email.address))!;
  const row = JSON.stringify((await rowsTo(email))[0]);
  expect(row).toContain(JSON.stringify(mail.subject ?? '').slice(1, -1));
  const token = /\/(?:confirm|sign-in\/invitation)\/([\w-]{71})$/m.exec(mail.text ?? '')?.[1];
  expect([token !== undefined, row.includes('"tokenPlaceholder":"')]).toEqual([hasSecretLink, hasSecretLink]);
  if (token !== undefined) expect(row).not.toContain(token);
});

test.each(KINDS)('%s that the previous release queued is rendered from its data', async (_kind, add, key) => {
  const email = await add();
  const forget = () =>
    database().em.fork().execute(`update ${email.table} set rendered = null where to_address = ?`, [email.address]);
  const [first, second] = await sendTwice(email, forget);
  expect(second!.raw).toBe(first!.raw);

  const other = await add();
  const [, changed] = await sendTwice(other, async () => {
    await database()
      .em.fork()
      .execute(`update ${other.table} set rendered = null where to_address = ?`, [other.address]);
    phrases.addResource('en', 'translation', key, SENTENCE);
  });
  expect(changed!.text).toContain(SENTENCE);
});

test('a token is put in place of the placeholder as it is: in text, and escaped in HTML', () => {
  const tokenPlaceholder = randomUUID();
  const [html, text] = [`<a href="/${tokenPlaceholder}">/${tokenPlaceholder}</a>`, `/${tokenPlaceholder}`];
  const rendered = { subject: 'Hello', html, text, tokenPlaceholder };
  const words = wordsWithToken(rendered, `$&<"'>`, () => {
    throw new Error('it is rendered already');
  });
  expect(words).toEqual({
    subject: 'Hello',
    html: '<a href="/$&amp;&lt;&quot;&#x27;&gt;">/$&amp;&lt;&quot;&#x27;&gt;</a>',
    text: `/$&<"'>`,
  });
});

test('each e-mail has a placeholder of its own, which no note can name', () => {
  const content = {
    ...LOOKS,
    kind: 'invitation',
    note: null,
    hasOwnSite: false,
    validitySeconds: 3_600,
    expiresAt: null,
  } as const;
  const [one, other] = [prerenderInvitation(content, PUBLIC_URL), prerenderInvitation(content, PUBLIC_URL)];
  expect(one.tokenPlaceholder).not.toBe(other.tokenPlaceholder);
  expect(one.text).toContain(`${PUBLIC_URL}/confirm/${one.tokenPlaceholder}\n`);
});
